"""Giving medicines to patients against a signed prescription."""
