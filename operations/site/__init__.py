"""The record in one process and one folder: a site without internet, or a small practice."""
