"""Conditions that are posted, so that a whole ID or phone number stands in no address or log.

The answer is always a redirection: to the address of the conditions, in which ids stand for
what a number belongs to, or to the one row itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django_htmx.http import HttpResponseClientRedirect

from heling.platform.lists.definition import List
from heling.platform.lists.filters import Search
from heling.platform.lists.state import COLUMNS, SORT, State

ASK = "ask"
NOBODY = "0"  # the id that no row has


def is_posted(definition: List) -> bool:
    """Whether the list's conditions are posted: one of them may be private."""
    return any(True for _ in _searches(definition))


def answer(request: HttpRequest, state: State) -> HttpResponse:
    """On to where the posted conditions lead. Raises BadInput for a number that is none."""
    definition = state.definition
    for search in _searches(definition):
        text = search.text(request.POST)
        if search.is_private(text) and search.behind is not None:
            ids = search.behind(state.actor, text)
            return _to_rows(request, state, search, ids)
    query = _conditions(request, definition)
    for search in _searches(definition):
        if query.get(search.key):  # a new text takes the place of what was found before
            query.pop(f"{search.key}_is", None)
    return HttpResponseRedirect(request.path + State(definition, state.actor, query).here)


def without_text(request: HttpRequest, state: State) -> State:
    """The posted conditions but for the text: links of a page that refuses it are made of these."""
    query = _conditions(request, state.definition)
    for search in _searches(state.definition):
        query.pop(search.key, None)
    return State(state.definition, state.actor, query)


def _to_rows(
    request: HttpRequest, state: State, search: Search, ids: Sequence[int]
) -> HttpResponse:
    """A number says who: all other conditions are dropped, lest they hide that one."""
    definition = state.definition
    if len(ids) == 1 and search.field == "pk" and definition.row_url is not None:
        row = definition.rows(state.actor).filter(pk=ids[0]).first()
        if row is not None:
            return _go(request, definition.row_url(row))
    query = _only(request.POST, [SORT, COLUMNS])
    query[f"{search.key}_is"] = ".".join(map(str, ids)) or NOBODY
    return HttpResponseRedirect(request.path + State(definition, state.actor, query).here)


def _go(request: HttpRequest, url: str) -> HttpResponse:
    """To another page, also from a request that swaps only a region."""
    swaps = bool(request.htmx)  # type: ignore[attr-defined]
    return HttpResponseClientRedirect(url) if swaps else HttpResponseRedirect(url)


def _searches(definition: List) -> list[Search]:
    return [one for one in definition.filters if isinstance(one, Search) and one.private]


def _conditions(request: HttpRequest, definition: List) -> QueryDict:
    params = (p for one in definition.filters for p in one.params)
    return _only(request.POST, [SORT, COLUMNS, *params])


def _only(data: QueryDict, names: list[str]) -> QueryDict:
    kept = QueryDict(mutable=True)
    for name in names:
        if values := [value for value in data.getlist(name) if value]:
            kept.setlist(name, values)
    return kept
