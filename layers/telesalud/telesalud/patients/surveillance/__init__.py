"""Surveillance: diagnoses that the health authority must be told of."""
