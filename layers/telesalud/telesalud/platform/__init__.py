"""What every context shares: store, vault, blobs, access, audit, events, settings and the HTTP edge."""
