"""The demonstration city: people who do not exist, at work on real law."""

from heling.shell.city.seeding import seed_population

__all__ = ["seed_population"]
