"""What we know: the model the core reads, and the code that reads knowledge/."""
