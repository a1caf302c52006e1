"""Calls to other contexts."""
