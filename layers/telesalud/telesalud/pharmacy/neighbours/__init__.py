"""Calls to the other contexts, over their public API."""
