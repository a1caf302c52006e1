"""Qualified signatures: a service outside signs the bytes of a paper (docs/signing.md)."""
