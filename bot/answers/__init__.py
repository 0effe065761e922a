"""How to say it: a Decision in, a Reply out. Pure."""
