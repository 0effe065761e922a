"""Plays the platform against a running server."""
