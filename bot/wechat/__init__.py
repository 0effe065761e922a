"""The platform, and only here."""
