"""Who may see which record, why, and who has seen it."""
