"""Images: receive, check, derive, store, serve."""
