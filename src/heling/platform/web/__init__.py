"""What every page shares: components, tokens, presentation settings, error pages."""
