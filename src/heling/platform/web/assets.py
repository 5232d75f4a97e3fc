"""Addresses of the built assets, with a fingerprint so that a new build is fetched at once."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static


@lru_cache(maxsize=8)
def asset(name: str) -> str:
    """URL of ``dist/<name>``. Unbuilt assets keep a plain address: the page works without."""
    path = f"dist/{name}"
    found = finders.find(path)
    if not isinstance(found, str):
        return static(path)
    fingerprint = hashlib.sha256(Path(found).read_bytes()).hexdigest()[:10]
    return f"{static(path)}?v={fingerprint}"
