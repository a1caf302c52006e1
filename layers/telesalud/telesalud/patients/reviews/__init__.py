"""Accesses that an auditor has to look at."""
