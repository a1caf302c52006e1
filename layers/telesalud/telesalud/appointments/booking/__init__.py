"""Booking one appointment and what becomes of it."""
