"""What appointments are made of: sites, practitioners, categories, opening hours."""
