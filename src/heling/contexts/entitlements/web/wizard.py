"""Applying one question at a time. What was answered travels in the form, not in the address
or the session: it is nobody's to keep until it is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from heling.contexts.entitlements.domain.asking import Asked

GRANTS, ANSWER, NOTE = "grants", "answer", "note"


@dataclass
class Wizard:
    """Where the applicant is: chosen grants and raw answers, in order."""

    page: str
    grants: list[str] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, data: QueryDict) -> Wizard:
        """From the hidden fields of the page before."""
        pairs = [tuple(entry.split("=", 1)) for entry in data.getlist("a") if "=" in entry]
        kinds = dict(entry.split("=", 1) for entry in data.getlist("k") if "=" in entry)
        page = data.get("page", GRANTS)
        return cls(
            page=page if page in (GRANTS, ANSWER, NOTE) else GRANTS,
            grants=data.getlist("grants"),
            answers=[(fact, raw) for fact, raw in pairs],
            kinds=kinds,
        )

    def add(self, asked: Asked, raw: str) -> None:
        self.answers.append((asked.fact, raw))
        self.kinds[asked.fact] = "money" if asked.money else "level" if asked.levels else "truth"

    def back(self) -> str:
        """Take the last answer back and return it; with none left, choose the grants again."""
        if self.answers:
            return self.answers.pop()[1]
        self.page = GRANTS
        return ""

    def facts(self) -> dict[str, Any]:
        """Answers as fact values; None for 说不准."""
        return {fact: self._worth(fact, raw) for fact, raw in self.answers}

    def _worth(self, fact: str, raw: str) -> Any:
        kind = self.kinds.get(fact, "truth")
        return Asked(fact, "", ("",) if kind == "level" else (), money=kind == "money").worth(raw)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The hidden fields of the next page."""
        return [
            *(("grants", grant) for grant in self.grants),
            *(("a", f"{fact}={raw}") for fact, raw in self.answers),
            *(("k", f"{fact}={kind}") for fact, kind in self.kinds.items()),
        ]
