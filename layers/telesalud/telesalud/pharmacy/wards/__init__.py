"""What wards ask for, and what became of it with a patient."""
