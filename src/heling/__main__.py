"""``python -m heling`` is the ``heling`` command."""

import sys

from heling.shell.cli import main

sys.exit(main())
