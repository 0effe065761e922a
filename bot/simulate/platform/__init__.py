"""The twin: the platform's API side on loopback, with its quotas, windows, error codes and bad days."""
