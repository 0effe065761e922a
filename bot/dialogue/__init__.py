"""What to do next: session and policy. Pure."""
