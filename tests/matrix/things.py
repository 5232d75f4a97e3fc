"""One object of each kind in the home village, made once, with its URL arguments.

Add a function ``@thing("name")`` that makes the object and returns ``Thing(kwargs,
code=…, elder=…)``; rows name it by ``thing="name"``. ``code`` is where it lies, ``elder`` whose
it is; without both everybody reaches it. A URL with one argument takes the first of kwargs. ``world.elder`` is the elder with
the secret name; ``world.users["county"]`` is that persona's account.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils import timezone
from tests.matrix.personas import HOME, NEXT_COUNTY, OTHER_CITY, PERSONAS, SIBLING
from tests.matrix.rows import Reach, held

from heling.contexts.assessment import testing as assessing
from heling.contexts.assessment.actions import add_risk_event, set_adjustments
from heling.contexts.entitlements import testing as entitling
from heling.contexts.entitlements.actions import open_cycle, raise_objection
from heling.contexts.identity import testing as people
from heling.contexts.identity.public import RoleKey
from heling.contexts.identity.testing import Relation
from heling.contexts.lawbook import testing as lawbook
from heling.contexts.lawbook.actions import begin_draft, take_in
from heling.contexts.lawbook.models import Edition
from heling.contexts.places.testing import plant
from heling.contexts.reforms import actions as reforms
from heling.contexts.reforms import testing as reforming
from heling.contexts.registry import testing as registering
from heling.contexts.registry.actions import add_supporter
from heling.contexts.registry.actions.supporters import SupporterInput
from heling.contexts.registry.imports.actions import upload_roster
from heling.kernel.actor import Actor, system
from heling.kernel.identifiers import Territory
from heling.platform.jobs.models import Run

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
    neighbour: int = 0
    things: dict[str, Thing] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """The persona's actor, as a request would build it."""
        persona, user = PERSONAS[name], self.users[name]
        return Actor(
            user_id=user.pk,
            name=user.name,
            role=persona.role or "",
            permissions=held(persona),
            territory=Territory(persona.code) if persona.code else None,
        )

    @cached_property
    def office(self) -> entitling.Office:
        """Clerk, street, counties and city that do the work on the cases."""
        return entitling.office(HOME)

    @cached_property
    def team(self) -> assessing.Pair:
        """The persona of the assessor and a colleague."""
        return assessing.Pair(self.actor("assessor"), assessing.assessor(HOME[:6]))


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
    world.neighbour = registering.elder(birth=born, code=HOME, hukou_code=HOME, name=SECRET)
    elders = {"elder": world.elder, "other": other}
    for persona in PERSONAS.values():
        if not persona.logged_in:
            continue
        user = world.users[persona.name] = people.person(persona.name, name=f"测试{persona.says}")
        if persona.code and persona.role is not None:
            code = persona.code[:4] if persona.inside else persona.code
            people.post(user, persona.role, code, medical=persona.name == "assessor")
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
    session = people.staff_session(world.users["inside"], HOME[:6])
    return Thing({"pk": session.pk})


@thing("passkey")
def _passkey(world: World) -> Thing:
    return Thing({"pk": 1})


# --- registry -------------------------------------------------------------------------------
def _of_elder(pk: int) -> Thing:
    """Something that belongs to the secret elder."""
    return Thing({"pk": pk}, HOME, "elder")


@thing("elder")
def _elder(world: World) -> Thing:
    return _of_elder(world.elder)


@thing("elder anywhere")
def _elder_anywhere(world: World) -> Thing:
    return Thing({"pk": world.elder})


@thing("two elders")
def _two_elders(world: World) -> Thing:
    return Thing({"keep_id": world.elder, "merge_id": world.neighbour}, HOME)


@thing("status")
def _status(world: World) -> Thing:
    return _of_elder(registering.status(world.elder, code=HOME))


@thing("supporter")
def _supporter(world: World) -> Thing:
    return _of_elder(
        add_supporter(
            elder_id=world.elder,
            supporter=SupporterInput(
                name="欧阳小", relation="son", lives="city", phone="13900000004"
            ),
            by=world.actor("committee"),
        )
    )


@thing("representation")
def _representation(world: World) -> Thing:
    given = people.represent(people.person(), world.elder, HOME)
    return Thing({"pk": world.elder, "representation_id": given.pk}, HOME)


@thing("roster")
def _roster(world: World) -> Thing:
    line = f"{SECRET},{registering.resident_id(date(1941, 3, 5))},{HOME},{HOME},\n"
    text = "姓名,身份证号,居住村（社区）,户籍所在村（社区）,联系电话\n" + line
    by = world.actor("committee")
    return Thing({"pk": upload_roster(name="a.csv", chunks=[text.encode()], by=by)}, HOME)


# --- assessment -------------------------------------------------------------------------------
@thing("assessment")
def _assessment(world: World) -> Thing:
    found, _ = assessing.filled(world.neighbour, world.team, by=world.actor("street"))
    return Thing({"pk": found.pk}, HOME)


@thing("assessment item")
def _assessment_item(world: World) -> Thing:
    code = next(iter(assessing.answers()))
    return Thing(world.things["assessment"].kwargs | {"code": code}, HOME)


@thing("assessment fact")
def _assessment_fact(world: World) -> Thing:
    return Thing(world.things["assessment"].kwargs | {"key": "diagnoses"}, HOME)


@thing("risk event")
def _risk_event(world: World) -> Thing:
    kwargs, day = world.things["assessment"].kwargs, assessing.TODAY
    set_adjustments(assessment_id=kwargs["pk"], facts={"diagnoses": []}, by=world.team.nurse)
    event = add_risk_event(
        assessment_id=kwargs["pk"], kind="fall", on=day, today=day, by=world.team.nurse
    )
    return Thing(kwargs | {"event_id": event.pk}, HOME)


@thing("completed assessment")
def _completed_assessment(world: World) -> Thing:
    done = assessing.completed(world.elder, world.team, by=world.actor("street"))
    return _of_elder(done.pk)


# --- entitlements -----------------------------------------------------------------------------
@thing("application")
def _application(world: World) -> Thing:
    case = entitling.applied(world.elder, entitling.CALL, by=world.office, on=_today())
    return _of_elder(case.pk)


@thing("application step")
def _application_step(world: World) -> Thing:
    return Thing(world.things["application"].kwargs | {"step": "accept"}, HOME, "elder")


@thing("family step")
def _family_step(world: World) -> Thing:
    return Thing(world.things["application"].kwargs | {"step": "withdraw"}, HOME, "elder")


@thing("decision")
def _decision(world: World) -> Thing:
    long_ago = _today() - timedelta(days=30)
    case = entitling.granted(world.elder, entitling.INSURANCE, by=world.office, on=long_ago)
    return _of_elder(case.decisions.get().pk)


@thing("determination")
def _determination(world: World) -> Thing:
    decided = entitling.latest(world.elder)
    return _of_elder(decided.determination_id)


@thing("on the roll")
def _on_the_roll(world: World) -> Thing:
    entitling.rolled(world.elder, place=HOME)
    return Thing(world.things["elder"].kwargs, HOME, "elder")


@thing("published")
def _published(world: World) -> Thing:
    case = entitling.published(world.neighbour, by=world.office, on=_today())
    return Thing({"pk": case.entries.get().notice_id}, HOME[:6])


@thing("public line")
def _public_line(world: World) -> Thing:
    case = entitling.latest(world.neighbour)
    return Thing({"pk": case.entries.get().line_id})


@thing("public notice")
def _public_notice(world: World) -> Thing:
    return Thing(world.things["published"].kwargs)


@thing("objection")
def _objection(world: World) -> Thing:
    said = {"objector": "李邻居", "contact": "13800001111", "content": "他已经搬到外地和儿子同住了"}
    raised = raise_objection(
        application_id=entitling.latest(world.neighbour).pk,
        on=_today(),
        by=world.office.clerk,
        **said,
    )
    return Thing({"pk": raised.pk}, HOME)


@thing("cycle")
def _cycle(world: World) -> Thing:
    last_month = _today().replace(day=1) - timedelta(days=1)
    found = open_cycle(month=f"{last_month:%Y-%m}", on=_today(), by=world.office.city)
    return Thing({"pk": found.pk}, HOME[:4])


def _plan_of(world: World) -> int:
    """A plan of the city persona, shared, with a second scenario that moves something."""
    by = replace(world.office.city, user_id=world.users["city"].pk)
    found = reforming.plan(by, shared=True)
    reforms.add_scenario(plan_id=found.pk, by=by)
    reforming.moved(by, found, position=1, **{reforming.HOURS: 60})
    return int(found.pk)


@thing("plan")
def _plan(world: World) -> Thing:
    return Thing({"pk": _plan_of(world)}, HOME[:4])


@thing("plan file")
def _plan_file(world: World) -> Thing:
    entitling.count_city(world.office.city, on=_today())
    return Thing({"pk": _plan_of(world), "form": "xlsx"}, HOME[:4])


@thing("scenario")
def _scenario(world: World) -> Thing:
    return Thing({"pk": _plan_of(world), "position": 1}, HOME[:4])


def _today() -> date:
    return timezone.localdate()


# --- the rule book ------------------------------------------------------------------------------
@thing("pack")
def _pack(world: World) -> Thing:
    folder, name = lawbook.NORMS.split("/")
    take_in(at=timezone.now(), by=system("测试"))
    return Thing({"folder": folder, "name": name})


@thing("edition")
def _edition(world: World) -> Thing:
    return Thing({"pk": Edition.objects.get(pack=lawbook.PACK).pk})


@thing("draft")
def _draft(world: World) -> Thing:
    draft = begin_draft(pack=lawbook.PACK, at=timezone.now(), by=world.actor("city"))
    return Thing({"pk": draft.pk, "step": "withdraw"}, HOME[:4])


# --- jobs and the portal ------------------------------------------------------------------------
@thing("run")
def _run(world: World) -> Thing:
    user = world.users["county"].pk
    run = Run.objects.create(
        job="x", title="测试", user_id=user, actor={}, result={"secret": SECRET}
    )
    return Thing({"run_id": run.pk})


@thing("city")
def _city(world: World) -> Thing:
    law = {"slug": "home-care-2018", "number": 22, "address": "22/1"}
    return Thing({"code": HOME[:4] + "00"} | law)
