"""Prescriptions and the checks before their signature."""
