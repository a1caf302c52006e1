"""Vaccines: national schedules as data, and what is done, due and late for a person."""
