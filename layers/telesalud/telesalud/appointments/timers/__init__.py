"""What is due at a time, and who does it."""
