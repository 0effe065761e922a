"""When things are: stages, windows and the clock. Pure."""
