"""The waiting list and the offers of slots that became free."""
