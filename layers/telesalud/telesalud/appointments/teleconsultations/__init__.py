"""The link from an appointment to its teleconsultation."""
