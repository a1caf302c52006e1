"""Teleconsultations that took place elsewhere and become encounters of the record."""
