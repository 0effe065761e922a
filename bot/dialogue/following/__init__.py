"""What a message of a talk leaves out, taken from what was said before: the whole question. Pure."""
