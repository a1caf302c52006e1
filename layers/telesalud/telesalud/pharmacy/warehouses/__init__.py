"""Where it is kept, and to which site a place is leased."""
