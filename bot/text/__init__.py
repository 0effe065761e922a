"""What was said: text in, a Query out. Pure."""
