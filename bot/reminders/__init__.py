"""Reminders: who is told what and when, and that it happens once."""
