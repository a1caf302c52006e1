"""What is known of medicines: substances, classes, allergies, interactions, doses; and the engine
that compares a prescription with it."""
