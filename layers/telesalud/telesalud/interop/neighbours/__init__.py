"""Calls to the contexts that know the record."""
