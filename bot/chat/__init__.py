"""The H5 page in the look of a chat, and its JSON endpoint."""
