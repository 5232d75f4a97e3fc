"""Proof of a determination: which rules, which facts, which day, which result.

From a receipt and the packs it names, the determination is computed again and must match. If a
pack has changed since, the receipt says so by name instead of quietly giving another answer.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from heling.kernel.errors import BadInput

ENGINE = "heling.engines.law/2"
"""Changes when the meaning of the language or the shape of the result changes."""

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class PackStamp:
    """A pack as it was used: id and SHA-256 of its file, and of the law text it is built on."""

    id: str
    sha256: str
    text_sha256: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """``facts`` is the input as given (JSON, with provenance); ``result`` is the SHA-256 of
    every status, amount, effect, question and open term; reasons follow from these and the rules."""

    engine: str
    city: str
    on: date
    packs: tuple[PackStamp, ...]
    facts: dict[str, Any]
    result: str

    def to_json(self) -> dict[str, Any]:
        return {
            "engine": self.engine,
            "city": self.city,
            "on": self.on.isoformat(),
            "packs": [
                {"id": p.id, "sha256": p.sha256, "text_sha256": p.text_sha256} for p in self.packs
            ],
            "facts": self.facts,
            "result": self.result,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Receipt:
        """Inverse of :meth:`to_json`. Raises BadInput when the data is not a receipt."""
        try:
            return cls(
                engine=data["engine"],
                city=data["city"],
                on=date.fromisoformat(data["on"]),
                packs=tuple(
                    PackStamp(p["id"], p["sha256"], p["text_sha256"]) for p in data["packs"]
                ),
                facts=dict(data["facts"]),
                result=data["result"],
            )
        except (KeyError, TypeError, ValueError):
            raise BadInput.single("判定凭据", "内容不完整，不能据此复核") from None


def digest(data: object) -> str:
    """SHA-256 of canonical JSON (sorted keys, no spaces, UTF-8)."""
    return hashlib.sha256(_CANONICAL.encode(data).encode()).hexdigest()
