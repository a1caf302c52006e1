"""What goes on, and how teleconsultations went: numbers without names."""
