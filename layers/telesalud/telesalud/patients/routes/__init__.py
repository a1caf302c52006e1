"""HTTP operations of the record by group; each module registers its own on the app's edge."""
