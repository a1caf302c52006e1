"""What every printed sheet needs: its fonts."""
