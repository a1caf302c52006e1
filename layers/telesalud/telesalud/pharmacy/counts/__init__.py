"""Counting what lies there, with frozen balances."""
