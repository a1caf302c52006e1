"""The life of an encounter: writing, signing, finalising, amending."""
