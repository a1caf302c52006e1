"""What rings until somebody acknowledges it: critical results, answers that need somebody now."""
