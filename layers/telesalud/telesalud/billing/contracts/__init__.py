"""Payers, contracts and prices."""
