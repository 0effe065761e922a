"""How good and how fast the matcher is, beside what people would pick instead, in one run."""
