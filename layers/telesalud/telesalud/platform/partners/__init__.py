"""Calling other contexts and systems as an institution's own client."""
