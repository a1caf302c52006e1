"""The chart: what is known of a patient, entry by entry, and its summary."""
