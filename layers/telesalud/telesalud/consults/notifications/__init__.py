"""Who outside is told of what."""
