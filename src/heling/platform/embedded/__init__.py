"""Servers that come in wheels. Nothing outside this folder knows where they come from."""
