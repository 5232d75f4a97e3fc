"""What a list is: the frozen description that a context writes.

Nothing here talks to the database; ``rows`` is called with the actor for each request.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from heling.kernel.actor import Actor
from heling.kernel.errors import NotFound
from heling.platform.lists.filters import Filter

ROWS_PER_PAGE = 50
COUNT_LIMIT = 10_000


class Kind(StrEnum):
    """How a value looks on the screen and in a file."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    MONEY = "money"  # fen
    MINUTES = "minutes"
    TAG = "tag"  # a (kind, text) pair, kind as in <c-tag>


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column.

    ``value`` is an attribute path (``elder.name``) or a function of the row. ``sort`` is
    the model field that orders it (``""``: not sortable); give the fields of an index.
    ``template`` draws the cell with ``row`` and ``value`` instead of the plain text.
    """

    key: str
    label: str
    value: str | Callable[[Any], Any] = ""
    kind: Kind = Kind.TEXT
    sort: str = ""
    shown: bool = True
    exported: bool = True
    template: str = ""

    def of(self, row: Any) -> Any:
        """The value of this column for one row."""
        if callable(self.value):
            return self.value(row)
        found = row
        for name in (self.value or self.key).split("."):
            found = getattr(found, name, None) if found is not None else None
        return found


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a bulk action did. ``refused`` holds one sentence per row it would not do."""

    message: str
    refused: tuple[str, ...] = ()
    undo_url: str = ""  # a page where it can be taken back


@dataclass(frozen=True, kw_only=True)
class BulkAction:
    """Something done to many rows at once, after a preview page.

    ``run(by=actor, ids=(…), **cleaned_data_of_the_form)`` checks the rows again itself.
    """

    key: str
    label: str
    run: Callable[..., Outcome]
    permission: StrEnum | None = None
    explain: str = ""
    form: type[forms.Form] | None = None
    danger: bool = False

    def allowed_to(self, actor: Actor) -> bool:
        return self.permission is None or actor.may(self.permission)


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A link in the toolbar: 新登记, 批量导入."""

    label: str
    url: Callable[[], str]
    permission: StrEnum | None = None
    icon: str = ""
    primary: bool = False

    def allowed_to(self, actor: Actor) -> bool:
        return self.permission is None or actor.may(self.permission)


@dataclass(frozen=True, kw_only=True)
class List:
    """A list page. Creating one registers it under ``key`` (export jobs look it up).

    ``rows(actor)`` starts from ``visible_to(actor)``. ``order`` is a column key, with
    ``-`` for descending. ``prepare(rows)`` may attach to one page's rows what needs a
    query of its own (names of places, counts), so that no row asks for itself.
    """

    key: str
    title: str
    rows: Callable[[Actor], QuerySet[Any]]
    columns: tuple[Column, ...]
    order: str
    filters: tuple[Filter, ...] = ()
    row_url: Callable[[Any], str] | None = None
    row_name: str | Callable[[Any], Any] = ""
    actions: tuple[BulkAction, ...] = ()
    tools: tuple[Tool, ...] = ()
    prepare: Callable[[Sequence[Any]], None] | None = None
    permission: StrEnum | None = None
    export_permission: StrEnum | None = None
    exportable: bool = True
    unit: str = "条"
    empty_hint: str = "试试放宽条件，或清空全部条件。"
    per_page: int = ROWS_PER_PAGE
    template: str = "lists/list.html"
    by_key: dict[str, Column] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.by_key.update({column.key: column for column in self.columns})
        if self.order.lstrip("-") not in self.by_key:
            raise ValueError(f"{self.key}: default order {self.order!r} is no column")
        if not self.by_key[self.order.lstrip("-")].sort:
            raise ValueError(f"{self.key}: default order {self.order!r} cannot be sorted")
        _lists[self.key] = self

    def may_export(self, actor: Actor) -> bool:
        return self.exportable and (
            self.export_permission is None or actor.may(self.export_permission)
        )


_lists: dict[str, List] = {}
_A_KEY = 987654321


def page_by_key(name: str, field: str = "pk") -> Callable[[Any], str]:
    """``row_url`` for a page that takes a key in the row: reversed once, not for each row."""

    @cache
    def around() -> tuple[str, str]:
        before, _, after = reverse(name, args=[_A_KEY]).partition(str(_A_KEY))
        return before, after

    def url(row: Any) -> str:
        before, after = around()
        return f"{before}{getattr(row, field)}{after}"

    return url


def find(key: str) -> List:
    """The list registered under ``key``. Raises NotFound.

    A worker has imported no views yet; loading the URL configuration loads every list.
    """
    if key not in _lists:
        import_module(settings.ROOT_URLCONF)
    if key not in _lists:
        raise NotFound("没有这个列表。", hint="请从菜单重新进入。")
    return _lists[key]
