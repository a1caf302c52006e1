"""What a context knows beside its code: tables and rules with source, version and confirmation.

Each context lists its own in `knowledge.py`. `docs/clinical/review.md` says of each what it does
not cover; a test holds list, files and document together.
"""
