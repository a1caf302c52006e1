"""What is kept, its lots, and what bar codes say."""
