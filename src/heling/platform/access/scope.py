"""The transaction's scope: the second net under ``visible_to``.

Row-level policies read three settings that are valid only in the transaction that set
them: a value left over by a pooled connection, or set for the session by mistake,
yields an empty range (measured in shared/trust.md A3). Code that forgets to set a
scope therefore sees nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from heling.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Scope:
    """Half-open range of 12-digit division codes, plus single elders."""

    lo: str
    hi: str
    elders: tuple[int, ...] = ()


EVERYTHING = Scope("", "~")
NOTHING = Scope("~", "")


def scope_of(actor: Actor) -> Scope:
    if actor.territory is not None:
        return Scope(actor.territory.lo, actor.territory.hi)
    if actor.role == "system":
        return EVERYTHING
    return Scope("~", "", actor.elder_ids)


@contextmanager
def scoped(scope: Scope | Actor, *, savepoint: bool = True) -> Iterator[None]:
    """Open (or join) a transaction in which row-level security lets ``scope`` through.

    Scopes nest: leaving an inner one restores the outer one of the same transaction, or
    nothing at all where the transaction had none. An inner scope is undone as a whole by
    an error; without ``savepoint`` the error undoes the outer transaction too, which
    saves two round trips where nobody would go on after it anyway.
    """
    new = scope_of(scope) if isinstance(scope, Actor) else scope
    nested = connection.in_atomic_block
    outer = _in_force()
    try:
        with transaction.atomic(savepoint=savepoint):
            if new != outer:
                _apply(new)
            yield
            if nested and not connection.needs_rollback and _in_force() != outer:
                _apply(outer)
    finally:
        # After an exception the settings go back by themselves, with the savepoint.
        connection.heling_scope = outer  # type: ignore[attr-defined]


def narrow(scope: Scope | Actor) -> None:
    """From here to the end of the surrounding ``scoped`` block, let only ``scope`` through.

    Not inside a savepoint of one's own: undoing it would widen the scope again unnoticed.
    """
    _apply(scope_of(scope) if isinstance(scope, Actor) else scope)


def lets_through(*, code: str, elder_id: int | None) -> bool:
    """Whether the scope in force shows a row with this division and elder."""
    scope = _in_force()
    return scope.lo <= code < scope.hi or elder_id in scope.elders


def _in_force() -> Scope:
    """The scope of the open transaction; outside of one, and before one is set, nothing."""
    scope: Scope = getattr(connection, "heling_scope", NOTHING)
    return scope if connection.in_atomic_block else NOTHING


def _apply(scope: Scope) -> None:
    connection.heling_scope = scope  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('app.lo', %s, true), set_config('app.hi', %s, true),"
            " set_config('app.elders', %s, true),"
            " set_config('app.ts', extract(epoch from now())::text, true)",
            [scope.lo, scope.hi, "{" + ",".join(map(str, scope.elders)) + "}"],
        )
