"""A backend in one process and one encrypted file, for places without a cloud."""
