"""/console/: the pages with which staff see what candidates ask, change answers, and send reminders."""
