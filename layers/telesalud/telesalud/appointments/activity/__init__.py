"""What became of appointments, week by week."""
