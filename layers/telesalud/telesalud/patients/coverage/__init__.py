"""Which contracts pay for a patient."""
