"""Papers as PDF: the sheet and its fonts."""
