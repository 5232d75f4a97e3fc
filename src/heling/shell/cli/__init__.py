"""``heling``: the command line, as stable as the API (docs/cli.md)."""

from heling.shell.cli.main import main

__all__ = ["main"]
