"""Teleconsultations: from creation over waiting room and session limit to finish and export."""
