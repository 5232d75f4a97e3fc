"""What shapes the schema, as one short hash: when it is unchanged, nothing needs migrating."""

from __future__ import annotations

import hashlib
from pathlib import Path

SRC = Path(__file__).resolve().parents[2]


def fingerprint() -> str:
    """Hash of the migration files and of what they call."""
    digest = hashlib.sha256()
    files = [*SRC.rglob("migrations/*.py"), SRC / "platform/access/rls.py"]
    for path in sorted(files):
        digest.update(path.relative_to(SRC).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
