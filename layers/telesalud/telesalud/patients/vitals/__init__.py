"""Vital signs: what is measured, in which units, what is possible, usual and normal, and growth."""
