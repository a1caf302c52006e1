"""What every context shares: store, vault, blobs, access, audit, events, settings, HTTP edge."""
