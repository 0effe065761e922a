"""The commands, one module an area. Each has `register(commands)`; what a command needs it imports when it runs."""
