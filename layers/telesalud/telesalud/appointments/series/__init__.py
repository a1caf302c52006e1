"""Recurring appointments: their rule, their plan, its carrying out."""
