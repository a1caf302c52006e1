"""Vouchers and their numbers."""
