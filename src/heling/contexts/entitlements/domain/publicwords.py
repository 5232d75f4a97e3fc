"""What a public notice calls a grant. A name that says why somebody gets it is not public."""

from __future__ import annotations

from functools import lru_cache

import yaml

from heling.contexts.entitlements.domain.procedure import FOLDER

NEUTRAL = "居家养老服务项目"


def public_category(pack: str, grant: str) -> str:
    """The word for a notice: as entered for the grant, else one that tells nothing."""
    return _words().get((pack, grant), NEUTRAL)


@lru_cache(maxsize=1)
def _words() -> dict[tuple[str, str], str]:
    raw = yaml.safe_load((FOLDER / "public_words.yaml").read_text("utf-8"))
    return {
        (pack, grant): str(word) for pack, grants in raw.items() for grant, word in grants.items()
    }
