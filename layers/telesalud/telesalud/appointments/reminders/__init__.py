"""Reminding patients of their appointments."""
