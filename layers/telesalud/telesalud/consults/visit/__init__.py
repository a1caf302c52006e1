"""What happens from the first knock to the end: sessions, presence, live channel, limit."""
