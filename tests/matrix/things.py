"""One object of each kind in the home village, made once, with its URL arguments.

Add a function ``@thing("name")`` that makes the object and returns ``Thing(kwargs,
code=…, elder=…)``; rows name it by ``thing="name"``. ``world.elder`` is the elder with
the secret name; ``world.users["county"]`` is that persona's account.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from tests.matrix.personas import HOME, NEXT_COUNTY, OTHER_CITY, PERSONAS, SIBLING
from tests.matrix.rows import Reach

from heling.contexts.assessment import testing as assessing
from heling.contexts.entitlements import testing as entitling
from heling.contexts.identity import testing as people
from heling.contexts.identity.public import RoleKey
from heling.contexts.identity.testing import Relation
from heling.contexts.places.testing import plant
from heling.contexts.registry import testing as registering

SECRET = "欧阳阙如"  # nobody without a right to this elder may ever read it


@dataclass(frozen=True)
class Thing:
    kwargs: dict[str, Any]
    code: str | None = None
    elder: str = ""

    @property
    def reach(self) -> Reach:
        return Reach(self.code, self.elder)


@dataclass
class World:
    """What the factories find, and what they have made."""

    users: dict[str, Any] = field(default_factory=dict)
    elder: int = 0
    things: dict[str, Thing] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)


Factory = Callable[[World], Thing]
FACTORIES: dict[str, Factory] = {}


def thing(name: str) -> Callable[[Factory], Factory]:
    def register(factory: Factory) -> Factory:
        FACTORIES[name] = factory
        return factory

    return register


def build() -> World:
    """The world: divisions, elders, accounts, then one object of every kind."""
    world = World()
    for code in (HOME, SIBLING, NEXT_COUNTY, OTHER_CITY):
        plant(code)
    born = date(1940, 5, 1)
    world.elder = registering.elder(birth=born, code=HOME, hukou_code=HOME, name=SECRET)
    other = registering.elder(birth=born, code=HOME, hukou_code=HOME, name="司空见惯")
    elders = {"elder": world.elder, "other": other}
    for persona in PERSONAS.values():
        if not persona.logged_in:
            continue
        user = world.users[persona.name] = people.person(persona.name, name=f"测试{persona.says}")
        if persona.code and persona.role is not None:
            people.post(user, persona.role, persona.code[:4] if persona.inside else persona.code)
        if persona.speaks_for:
            own = Relation.SELF if persona.role == RoleKey.ELDER else Relation.CHILD
            people.represent(user, elders[persona.speaks_for], HOME, relation=own)
    for name, factory in FACTORIES.items():
        try:
            with transaction.atomic():
                world.things[name] = factory(world)
        except Exception as error:  # one broken factory fails its own rows, not all of them
            world.broken[name] = f"{type(error).__name__}: {error}"
    return world


# --- identity -----------------------------------------------------------------------------
@thing("post")
def _post(world: World) -> Thing:
    held = people.post(people.person(), RoleKey.STREET, HOME[:9])
    return Thing({"pk": held.pk}, HOME[:9])


@thing("role")
def _role(world: World) -> Thing:
    return Thing({"role": RoleKey.STREET.value})


@thing("staff_session")
def _staff_session(world: World) -> Thing:
    return Thing({"pk": people.staff_session(world.users["inside"], HOME[:6]).pk}, HOME[:6])


@thing("passkey")
def _passkey(world: World) -> Thing:
    return Thing({"pk": 1})


# --- registry -------------------------------------------------------------------------------
@thing("elder")
def _elder(world: World) -> Thing:
    return Thing({"elder_id": world.elder}, HOME, "elder")


# --- assessment -------------------------------------------------------------------------------
@thing("assessment")
def _assessment(world: World) -> Thing:
    found, _ = assessing.draft(world.elder, assessing.pair(HOME[:6]))
    return Thing({"pk": found.pk}, HOME, "elder")


# --- entitlements -----------------------------------------------------------------------------
@thing("application")
def _application(world: World) -> Thing:
    case = entitling.applied(world.elder, by=entitling.office(HOME), on=_today())
    return Thing({"pk": case.pk}, HOME, "elder")


def _today() -> date:
    return timezone.localdate() - timedelta(days=1)
