"""Consent to teleconsultation: its texts by country, and the decisions as evidence."""
