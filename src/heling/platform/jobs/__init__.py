"""Long work: shows progress, can be cancelled, acts with the rights of who started it."""
