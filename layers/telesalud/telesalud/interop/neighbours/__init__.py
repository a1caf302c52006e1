"""Other contexts, over their public API."""
