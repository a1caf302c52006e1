"""Laboratory, imaging and service orders, from the draft to the result that was signed off."""
