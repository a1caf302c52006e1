"""A visit as a whole: what of the chart belongs to one encounter."""
