"""The demonstration city: people who do not exist, at work on real law."""

from heling.shell.city.demonstration import ensure_demonstration_city
from heling.shell.city.rosters import write_roster
from heling.shell.city.seeding import seed_population

__all__ = ["ensure_demonstration_city", "seed_population", "write_roster"]
