"""Custody of a whole record: its export, legal holds, its shredding."""
