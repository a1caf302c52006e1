"""Sites, practitioners, categories and opening hours."""
