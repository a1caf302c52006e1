"""What patients got."""
