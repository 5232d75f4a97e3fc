"""Questions that screens and other contexts ask. Each starts from ``visible_to``."""
