"""What this context asks of other contexts, over their public APIs."""
