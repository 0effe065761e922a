"""One check a module; its docstring is its manual page."""
