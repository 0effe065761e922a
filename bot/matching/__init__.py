"""Which entries fit a question. Pure."""
