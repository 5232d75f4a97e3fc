"""What the URL of a list says: filters, order, columns, cursor. Everything is in the query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Problem
from heling.platform.lists.definition import Column, List
from heling.platform.lists.keyset import Order

# Parameters of the page itself; filters may not take these names.
SORT, COLUMNS, CURSOR, PRINT = "sort", "col", "at", "print"


@dataclass(frozen=True)
class State:
    """One request's reading of a list's URL."""

    definition: List
    actor: Actor
    query: QueryDict

    @property
    def sort(self) -> str:
        """Column key, with ``-`` for descending; the list's own order when unknown."""
        asked = self.query.get(SORT, "")
        column = self.definition.by_key.get(asked.removeprefix("-"))
        return asked if column is not None and column.sort else self.definition.order

    @property
    def order(self) -> Order:
        column = self.definition.by_key[self.sort.removeprefix("-")]
        return Order(column.sort, descending=self.sort.startswith("-"))

    @property
    def columns(self) -> tuple[Column, ...]:
        """The chosen columns in the list's own order; the default ones when none is chosen."""
        chosen = set(self.query.getlist(COLUMNS))
        picked = tuple(c for c in self.definition.columns if c.key in chosen)
        return picked or tuple(c for c in self.definition.columns if c.shown)

    def narrowed(self) -> QuerySet[Any]:
        """The actor's rows that pass every filter. Raises BadInput with every bad value."""
        rows, problems = self.definition.rows(self.actor), list[Problem]()
        for one in self.definition.filters:
            try:
                rows = one.narrow(rows, self.query)
            except BadInput as error:
                problems += error.problems
        if problems:
            raise BadInput(*problems)
        return rows

    def said(self) -> list[dict[str, str]]:
        """The filters in force, in words, each with the query that takes it away."""
        parts = []
        for one in self.definition.filters:
            try:
                text = one.said(self.query, self.actor)
            except BadInput:
                continue
            if text:
                without = dict.fromkeys(one.params)
                parts.append({"label": one.label, "text": text, "without": self.link(**without)})
        return parts

    @property
    def bookmark(self) -> str:
        """The query that shows this again later: everything but the place in it."""
        return self.link().removeprefix("?")

    @property
    def here(self) -> str:
        """This very page, without empty parameters."""
        return self.link(**{CURSOR: self.query.get(CURSOR)})

    def link(self, **changes: str | None) -> str:
        """This URL's query with changes, from the first page on. Empty parameters are dropped."""
        params = QueryDict(mutable=True)
        for name in self.query:
            values = [v for v in self.query.getlist(name) if v]
            if name not in {CURSOR, PRINT} and name not in changes and values:
                params.setlist(name, values)
        for name, value in changes.items():
            if value:
                params[name] = value
        return f"?{params.urlencode()}"

    def kept(self, *without: str) -> list[tuple[str, str]]:
        """Hidden fields for a form that changes only the parameters in ``without``."""
        skip = {CURSOR, PRINT, *without}
        return [
            (name, value)
            for name in self.query
            if name not in skip
            for value in self.query.getlist(name)
            if value
        ]
