"""Vital signs: recording them, and what they mean at a person's age."""
