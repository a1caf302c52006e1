"""The edges of the platform as protocols: what a backend must be able to do."""
