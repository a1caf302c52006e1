"""Where the two sides see each other: providers, rooms of the cluster, their events."""
