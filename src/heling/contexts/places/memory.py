"""Divisions, remembered by each process for a minute.

Every page names a dozen divisions, and the tree changes a few times a year: asking the
database each time cost the elder list five of its sixteen queries. A renamed division is
shown under its old name for at most ``KEPT`` seconds; nothing is decided by a name.
"""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic

from heling.contexts.places.models import Division

KEPT = 60.0

_nodes: dict[str, tuple[float, Division]] = {}
_children: dict[str, tuple[float, tuple[Division, ...]]] = {}


def nodes(codes: Iterable[str]) -> dict[str, Division]:
    """Divisions by code, those not remembered in one query; unknown codes are left out."""
    now, found, missing = monotonic(), dict[str, Division](), list[str]()
    for code in set(codes):
        kept = _nodes.get(code)
        if kept is not None and kept[0] > now:
            found[code] = kept[1]
        else:
            missing.append(code)
    if missing:
        for division in Division.objects.filter(pk__in=missing):
            found[division.code] = division
            _nodes[division.code] = (now + KEPT, division)
    return found


def children(code: str) -> tuple[Division, ...]:
    """The nodes right below one, by code."""
    now = monotonic()
    kept = _children.get(code)
    if kept is None or kept[0] <= now:
        kept = (now + KEPT, tuple(Division.objects.filter(parent_id=code)))
        _children[code] = kept
    return kept[1]


def forget() -> None:
    """Ask the database again: the tree has changed, or this is another database."""
    _nodes.clear()
    _children.clear()
