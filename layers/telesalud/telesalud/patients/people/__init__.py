"""Persons: registering, finding, merging, and what identifies them."""
