"""SQL, and only here; takes and returns plain values."""
