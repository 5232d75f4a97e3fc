"""The view: one function for GET (look) and POST (save a view, preview, act, export)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Problem
from heling.platform.lists import asking, bulk, cells, export, saving
from heling.platform.lists.definition import List
from heling.platform.lists.keyset import Page, page_of
from heling.platform.lists.state import COLUMNS, CURSOR, PRINT, SORT, State

PRINT_ROWS = 500
REGION = "lists/list.html#list"
EMPTY = Page([], 0, "", "", 0, more_than=False)


def list_page(
    request: HttpRequest, definition: List, extra: dict[str, Any] | None = None
) -> HttpResponse:
    """Answer a list's URL. ``extra`` is context for a template that extends ``lists/list.html``.

    Raises Forbidden without the list's permission.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if definition.permission is not None:
        actor.require(definition.permission)
    state = State(definition, actor, request.GET)
    if request.method == "POST" and request.POST.get("do") == asking.ASK:
        return _ask(request, state, extra or {})
    if request.method == "POST":
        return _act(request, state)
    if PRINT in request.GET:
        return render(request, "lists/print.html", _context(state, size=PRINT_ROWS))
    context = _context(state, size=definition.per_page) | (extra or {})
    response = _answer(request, definition, context)
    if _wants_region(request):
        response["HX-Push-Url"] = f"{request.path}{state.here}"
    # The same address answers a whole page or its region: caches must tell them apart.
    patch_vary_headers(response, ["HX-Request", "Cookie"])
    return response


def _wants_region(request: HttpRequest) -> bool:
    return bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]


def _answer(
    request: HttpRequest, definition: List, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    template = REGION if _wants_region(request) else definition.template
    return render(request, template, context, status=status)


def _ask(request: HttpRequest, state: State, extra: dict[str, Any]) -> HttpResponse:
    """Posted conditions: on to their address, or the same page with what was typed and why not."""
    try:
        return asking.answer(request, state)
    except BadInput as error:
        kept, size = asking.without_text(request, state), state.definition.per_page
        context = _context(kept, size=size, typed=request.POST, problems=error.problems)
        return _answer(request, state.definition, context | extra, status=422)


def _act(request: HttpRequest, state: State) -> HttpResponse:
    doing = request.POST.get("do", "")
    if doing == "save-view":
        return saving.save(request, state)
    if doing == "delete-view":
        return saving.delete(request, state)
    if doing == "export":
        return export.ask(request, state)
    if doing.startswith("bulk:"):
        return bulk.answer(request, state, doing.removeprefix("bulk:"))
    return HttpResponseRedirect(request.get_full_path())


def _context(
    state: State,
    *,
    size: int,
    typed: QueryDict | None = None,
    problems: tuple[Problem, ...] = (),
) -> dict[str, Any]:
    """``typed``: what stands in the filters' fields when that is not the address's."""
    page, problems = (EMPTY, problems) if problems else _page(state, size)
    definition, actor = state.definition, state.actor
    actions = [a for a in definition.actions if a.allowed_to(actor)]
    return {
        "list": definition,
        "state": state,
        "page": page,
        "problems": problems,
        "lines": cells.lines(definition, state.columns, page.rows, pick=bool(actions)),
        "linked": definition.row_url is not None,
        "heads": _heads(state),
        "filters": [
            {"filter": one, "face": one.face(typed or state.query, actor)}
            for one in definition.filters
        ],
        "posted": asking.is_posted(definition),
        "kept_by_filters": state.kept(*(p for one in definition.filters for p in one.params)),
        "kept_by_columns": state.kept(COLUMNS),
        "print_url": state.link(**{PRINT: "1"}),
        "said": state.said(),
        "counted": _counted(page, definition.unit),
        "previous_url": state.link(**{CURSOR: page.previous}) if page.previous else "",
        "next_url": state.link(**{CURSOR: page.next}) if page.next else "",
        "column_choices": [(c, c in state.columns) for c in definition.columns],
        "actions": actions,
        "tools": [
            (t, t.url(), "primary" if t.primary else "secondary")
            for t in definition.tools
            if t.allowed_to(actor)
        ],
        "may_export": definition.may_export(actor),
        "views": saving.views_of(state),
        "bookmark": state.bookmark,
        "now": timezone.localtime(),
    }


def _page(state: State, size: int) -> tuple[Page, tuple[Problem, ...]]:
    try:
        rows = state.narrowed()
    except BadInput as error:
        return EMPTY, error.problems
    return page_of(rows, state.order, state.query.get(CURSOR, ""), size=size), ()


def _counted(page: Page, unit: str) -> str:
    """How many rows there are, as far as was counted."""
    return f"{'超过' if page.more_than else '共'} {page.count:,} {unit}"


def _heads(state: State) -> list[dict[str, Any]]:
    """Table heads; a sortable one links to its order, or to the other direction."""
    found = []
    for column in state.columns:
        now = state.sort.removeprefix("-") == column.key
        down = now and state.sort.startswith("-")
        turned = column.key if not now or down else f"-{column.key}"
        found.append(
            {
                "column": column,
                "number": column.kind in cells.NUMBERS,
                "href": state.link(**{SORT: turned}) if column.sort else "",
                "direction": ("descending" if down else "ascending") if now else "",
            }
        )
    return found
