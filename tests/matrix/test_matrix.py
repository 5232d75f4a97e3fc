"""Every URL × every persona × GET and POST, with both nets and with each alone.

The table is matrix.py, its words are rows.py, the people personas.py, the objects
things.py. Beside the outcome, no answer to anybody without a right to the secret elder
may contain that elder's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.matrix.matrix import ROWS
from tests.matrix.personas import HOME, PERSONAS, Persona
from tests.matrix.rows import Outcome, Reach, Row
from tests.matrix.things import FACTORIES, SECRET, Thing, World

from heling.contexts.identity.middleware import DOORS, Gate
from heling.platform.access import scope
from heling.platform.access.querysets import TerritoryQuerySet

NETS = ("both nets", "row security alone", "visible_to alone")
EXPLAIN = """
{count} URLs have no row in tests/matrix/matrix.py. Say there who may open each:
{lines}
console(…) takes the permissions of which one suffices; also family(…), account(), public(),
only(…): see rows.py. thing="…" names the function in things.py that makes the object."""


def urls(resolver: URLResolver | None = None, prefix: str = "/") -> Iterator[tuple[str, str]]:
    """(name, path) of every URL of the project."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from urls(pattern, path)
        elif isinstance(pattern, URLPattern):
            yield pattern.name or f"unnamed {path}", path


NAMES = dict(urls())


def test_every_url_has_a_row() -> None:
    lines = [
        f"""    "{name}": console("…"{', thing="…"' if "<" in path else ""}),  # {path}"""
        for name, path in NAMES.items()
        if name not in ROWS
    ]
    assert not lines, EXPLAIN.format(count=len(lines), lines="\n".join(lines))


def test_every_row_has_a_url_and_its_thing() -> None:
    assert not ROWS.keys() - NAMES.keys(), "rows without a URL: take them away"
    unknown = {r.thing for r in ROWS.values() if r.thing} - FACTORIES.keys()
    assert not unknown, f"no factory in tests/matrix/things.py for {unknown}"
    lacking = [n for n, r in ROWS.items() if "<" in NAMES[n] and not r.thing]
    assert not lacking, f'these URLs take arguments; give their rows thing="…": {lacking}'


@pytest.fixture(scope="module", params=NETS)
def net(request: pytest.FixtureRequest, keys: dict[str, str]) -> Iterator[str]:
    """One of the two nets taken away, or none; only after the world stands (``keys``)."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "row security alone":
            for queryset in (TerritoryQuerySet, *_below(TerritoryQuerySet)):
                if "visible_to" in queryset.__dict__:
                    patch.setattr(queryset, "visible_to", lambda self, actor: self.all())
        elif request.param == "visible_to alone":
            patch.setattr(scope, "scope_of", lambda actor: scope.EVERYTHING)
        yield request.param


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(ROWS.keys() & NAMES.keys()))
def test_access(name: str, net: str, world: World, keys: dict[str, str]) -> None:
    row = ROWS[name]
    if row.thing in world.broken:
        pytest.fail(f"things.py, {row.thing}: {world.broken[row.thing]}", pytrace=False)
    wrong = [
        line
        for persona in PERSONAS.values()
        # With one net: the neighbours, whom nothing stops but the net.
        if net == NETS[0] or neighbour(persona, row)
        if row.personal or net != NETS[1]
        for method in ("GET", "POST")
        for line in check(name, row, persona, method, world, keys)
    ]
    if wrong:
        pytest.fail(f"{NAMES[name]} with {net}:\n" + "\n".join(wrong), pytrace=False)


def check(
    name: str, row: Row, persona: Persona, method: str, world: World, keys: dict[str, str]
) -> Iterator[str]:
    """What is wrong with one cell, in a sentence."""
    thing = world.things.get(row.thing)
    url = reverse(name, kwargs=arguments(NAMES[name], thing))
    with undone():
        response = ask(url, posted(row, thing), method, keys.get(persona.name))
        body = b"".join(response) if response.streaming else response.content
    found = outcome(response)
    right = (
        row.expected(persona, method, thing.reach if thing else Reach())
        if persona.proved
        else expected_without_proof(name)
    )
    cell = f"  {method} as {persona.name} ({persona.says})"
    if found not in right:
        wanted = " or ".join(sorted(o.value for o in right))
        yield f"{cell}: expected {wanted}, got {found.value}"
    if SECRET.encode() in body and not knows_the_secret(persona):
        yield f"{cell}: the answer names an elder whom this persona must not know"


# One for all: each new client builds the whole middleware again.
CLIENT = Client(raise_request_exception=False)


def arguments(path: str, thing: Thing | None) -> dict[str, object]:
    """The URL's arguments by name; the only one of a URL is the object's first."""
    names = re.findall(r"<(?:\w+:)?(\w+)>", path)
    if thing is None or not names:
        return {}
    if len(names) == 1 and names[0] not in thing.kwargs:
        return {names[0]: next(iter(thing.kwargs.values()))}
    return {name: thing.kwargs[name] for name in names}


def posted(row: Row, thing: Thing | None) -> dict[str, object]:
    """The row's data; ``{pk}`` in a field's name is the object's."""
    kwargs = thing.kwargs if thing else {}
    return {key.format(**kwargs): value for key, value in row.data.items()}


def ask(url: str, data: dict[str, object], method: str, key: str | None) -> HttpResponseBase:
    CLIENT.cookies.clear()
    if key is not None:
        CLIENT.cookies["sessionid"] = key
    return CLIENT.get(url) if method == "GET" else CLIENT.post(url, data)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever the request writes is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def outcome(response: HttpResponseBase) -> Outcome:
    if response.status_code >= 500:
        return Outcome.BROKEN
    where = response.headers.get("Location", "")
    if where.startswith("/accounts/login/?next="):
        return Outcome.LOGIN
    if where.startswith("/accounts/2fa/?next="):
        return Outcome.GATE
    return {403: Outcome.FORBIDDEN, 404: Outcome.MISSING, 405: Outcome.METHOD}.get(
        response.status_code, Outcome.IN
    )


def expected_without_proof(name: str) -> set[Outcome]:
    """An official without second factor gets nowhere but to where one is set up."""
    if name in DOORS[Gate.NO_SECOND_FACTOR][1]:
        return {Outcome.IN, Outcome.MISSING, Outcome.METHOD}
    return {Outcome.GATE}


def neighbour(persona: Persona, row: Row) -> bool:
    """Somebody of the right face, properly logged in, who has no right to this elder."""
    return persona.face == row.face and persona.proved and not knows_the_secret(persona)


def knows_the_secret(persona: Persona) -> bool:
    return persona.covers(HOME) or persona.speaks_for == "elder"


def _below(kind: type) -> Iterator[type]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)
