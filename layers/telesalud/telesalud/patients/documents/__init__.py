"""A patient's documents: uploaded, examined, versioned, voided; never erased by users."""
