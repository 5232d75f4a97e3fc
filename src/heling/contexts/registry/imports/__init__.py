"""Rosters in: look first (every problem, every row), then write all of it or nothing."""
