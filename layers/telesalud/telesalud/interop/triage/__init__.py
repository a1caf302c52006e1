"""What citizens ask for through channels outside, and what staff make of it."""
