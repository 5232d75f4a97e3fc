"""Technical Django that knows nothing of elder care."""
