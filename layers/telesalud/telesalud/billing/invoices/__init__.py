"""Invoices, credit notes, payments."""
