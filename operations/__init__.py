"""What operators do from a terminal: one module a subject, each with `add(commands)`."""
