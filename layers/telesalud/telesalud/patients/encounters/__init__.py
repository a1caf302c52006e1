"""Encounters: their life from the first note to the last addendum, and reading them."""
