"""Creating, moving and cancelling teleconsultations, and the links into them."""
