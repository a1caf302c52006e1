"""What is known of tests and their units, and what a value means."""
