"""Adapters to the outside world, each with a fake that is itself verified."""
