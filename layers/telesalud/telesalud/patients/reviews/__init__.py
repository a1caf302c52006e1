"""Accesses that people opened for themselves, reported until an auditor has looked at them."""
