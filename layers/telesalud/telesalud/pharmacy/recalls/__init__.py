"""Holding lots back, and finding who got them."""
