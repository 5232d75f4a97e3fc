"""我能享受什么？ The law's answer in words for an elder, and how far each application is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from heling.contexts.entitlements import law
from heling.contexts.entitlements.access import Perm
from heling.contexts.entitlements.domain.asking import Asked, questions
from heling.contexts.entitlements.domain.objections import Outcome
from heling.contexts.entitlements.domain.standing import (
    amount_text,
    missing_facts,
    outcome_of,
)
from heling.contexts.entitlements.domain.states import CASE, TURNS, UNDECIDED, Channel, State
from heling.contexts.entitlements.models import Application, Decision, Item
from heling.contexts.entitlements.queries.explaining import article_url
from heling.contexts.places import public as places
from heling.contexts.registry import public as registry
from heling.engines.law import Determination, GrantResult, Status
from heling.engines.law.plain import elder_sentence
from heling.kernel.actor import Actor
from heling.kernel.errors import NotFound

_ORDER = (Outcome.GRANTED, Outcome.PENDING, Outcome.OPEN, Outcome.DENIED)
_BETTER = (Status.GRANTED, Status.OPEN)
HEADINGS = {
    Outcome.GRANTED: "可以享受",
    Outcome.OPEN: "等具体办法出来",
    Outcome.PENDING: "还差一点情况",
    Outcome.DENIED: "现在还不能享受",
}
_NEXT = {
    State.DRAFT: "请您确认是否需要",
    State.SUBMITTED: "街道正在看材料",
    State.CORRECTION: "请补充材料",
    State.ACCEPTED: "街道正在审核",
    State.FIRST_PASSED: "区县正在复核",
    State.REFUSAL_PROPOSED: "区县正在复核",
    State.SECOND_PASSED: "马上要公示",
    State.REFUSAL_CONFIRMED: "马上会通知您结果",
    State.PUBLISHED: "正在公示",
    State.OBJECTED: "有人提出疑问，正在核实",
    State.GRANTED: "已经批准",
    State.DENIED: "没有批准",
    State.WITHDRAWN: "您已撤回",
    State.TERMINATED: "已经结束",
}


@dataclass(frozen=True, slots=True)
class Benefit:
    """One grant in plain words. ``running`` says where it stands with the office, if it does."""

    grant: str
    plain: str
    outcome: str
    heading: str
    amount: str
    sentence: str
    questions: tuple[str, ...]
    would_change: tuple[str, ...]
    running: str
    application_id: int | None
    may_apply: bool
    cite: str
    article_url: str


@dataclass(frozen=True, slots=True)
class Benefits:
    elder: registry.ElderCard
    on: date
    groups: tuple[tuple[str, str, tuple[Benefit, ...]], ...]
    body_name: str
    body_phone: str


@dataclass(frozen=True, slots=True)
class Progress:
    """One application in plain words, for its applicant."""

    id: int
    version: int
    elder_name: str
    things: tuple[str, ...]
    state: str
    says: str
    next_by: date | None
    when: date | None
    asked: str
    may_confirm: bool
    may_withdraw: bool
    may_resubmit: bool
    may_object: bool
    may_renounce: bool
    decisions: tuple[Decision, ...]


def elders_of(by: Actor) -> list[registry.ElderCard]:
    """The elders that this account speaks for."""
    by.require(Perm.OWN)
    return list(registry.elder_cards(by.elder_ids, by=by).values())


def own_card(elder_id: int, *, by: Actor) -> registry.ElderCard:
    """The card of an elder of one's own. NotFound for anybody else's."""
    by.require(Perm.OWN)
    if elder_id not in by.elder_ids:
        raise NotFound("没有找到这位老年人。", hint="请从首页重新进入。")
    return registry.elder_card(elder_id, by=by)


def benefits(elder_id: int, *, on: date, by: Actor) -> Benefits:
    """All that the law of the elder's city may give, best news first. Stores nothing."""
    own_card(elder_id, by=by)
    found = law.determine(elder_id, on=on, by=by)
    running = _running(elder_id, by=by)
    made = found.determination
    every = [_benefit(g, made, running.get(g.id)) for g in made.grants]
    groups = tuple(
        (outcome.value, HEADINGS[outcome], tuple(b for b in every if b.outcome == outcome))
        for outcome in _ORDER
    )
    body = places.body_of(found.card.code)
    return Benefits(
        elder=found.card,
        on=on,
        groups=tuple(g for g in groups if g[2]),
        body_name=body[0] if body else "社区居家养老服务窗口",
        body_phone=body[1] if body else "",
    )


def _running(elder_id: int, *, by: Actor) -> dict[str, Item]:
    items = Item.objects.visible_to(by).filter(elder_id=elder_id, live=True)
    return {item.grant: item for item in items.select_related("application").order_by("pk")}


def _benefit(grant: GrantResult, made: Determination, item: Item | None) -> Benefit:
    outcome = outcome_of(grant)
    plain = grant.plain or grant.benefit
    asks = {question.fact: question.ask for question in made.missing}
    better = [w for w in grant.would_change if w.status in _BETTER and len(w.changes) == 1]
    return Benefit(
        grant=grant.id,
        plain=plain,
        outcome=outcome.value,
        heading=HEADINGS[outcome],
        amount=amount_text(grant.amount, grant.unit, floor=grant.floor) if grant.enjoyed else "",
        sentence=_said(grant, made, plain, outcome),
        questions=tuple(asks.get(word, f"{word}的情况。") for word in missing_facts(made, grant)),
        would_change=()
        if outcome in (Outcome.GRANTED, Outcome.OPEN)
        else tuple(w.changes[0].plain for w in better),
        running=_NEXT[State(item.application.state)] if item else "",
        application_id=item.application_id if item else None,
        may_apply=item is None and _worth_applying(grant, outcome),
        cite=grant.cite.label,
        article_url=article_url(made.city, grant.cite),
    )


def _said(grant: GrantResult, made: Determination, plain: str, outcome: Outcome) -> str:
    """The engine's sentence without the name, which stands above it as a heading."""
    if outcome is Outcome.PENDING and grant.status is Status.UNKNOWN:
        return "还差一点情况，请告诉我们："
    sentence = elder_sentence(grant, made)
    if outcome is Outcome.PENDING:
        return f"{sentence}还要请您告诉我们："
    return sentence.removeprefix(f"{plain}：")


def _worth_applying(grant: GrantResult, outcome: Outcome) -> bool:
    """Is there something to ask for? Not while it is open whether anybody has this right."""
    open_right = any(term.part == "condition" for term in grant.open_terms)
    return outcome is not Outcome.DENIED and not (outcome is Outcome.OPEN and open_right)


def questions_for(
    elder_id: int, grants: list[str], *, answers: Mapping[str, Any], on: date, by: Actor
) -> tuple[Asked, ...]:
    """What the applicant is still to be asked about the chosen grants, given earlier answers."""
    card = registry.elder_card(elder_id, by=by)
    declared = law.check_declared(card.code, answers, on=on)
    found = law.determine(elder_id, on=on, by=by, declared=declared)
    asked = questions(law.rules_for(card.code, on=on), found.determination, grants)
    return tuple(question for question in asked if question.fact not in answers)


def case_questions(
    application_id: int, *, on: date, by: Actor, answers: Mapping[str, Any] | None = None
) -> tuple[Asked, ...]:
    """What the law still wants to know about a case, to be asked when the applicant is heard.

    ``answers`` were given just now and are not stored yet.
    """
    case = Application.objects.visible_to(by).filter(pk=application_id).first()
    if case is None:
        raise NotFound("没有找到这份申请。", hint="可能不在您的辖区内，请核对编号。")
    grants = list(case.items.order_by("pk").values_list("grant", flat=True))
    claimed = dict.fromkeys(case.claimed, True)
    known = {**case.declared, **claimed, **(answers or {})}
    return questions_for(case.elder_id, grants, answers=known, on=on, by=by)


def offered(elder_id: int, *, on: date, by: Actor) -> list[tuple[str, str, str]]:
    """(grant, plain words, heading) of all that is not running yet, best news first.

    To a clerk everything: who insists on a reasoned refusal gets one. To the elder's own
    side only what there is something to ask for.
    """
    made = law.determine(elder_id, on=on, by=by).determination
    taken = set(_running(elder_id, by=by))
    office = by.territory is not None
    rows = [
        (outcome_of(grant), grant)
        for grant in made.grants
        if grant.id not in taken and (office or _worth_applying(grant, outcome_of(grant)))
    ]
    rows.sort(key=lambda row: _ORDER.index(row[0]))
    return [(g.id, g.plain or g.benefit, HEADINGS[outcome]) for outcome, g in rows]


def my_applications(*, on: date, by: Actor) -> list[Progress]:
    """All applications for the actor's elders, newest first."""
    by.require(Perm.OWN)
    cases = list(
        Application.objects.visible_to(by).prefetch_related("items", "decisions").order_by("-pk")
    )
    cards = registry.elder_cards({case.elder_id for case in cases}, by=by)
    return [_progress(case, cards[case.elder_id].name, on=on) for case in cases]


def my_application(application_id: int, *, on: date, by: Actor) -> Progress:
    """One of them. NotFound for anybody else's."""
    by.require(Perm.OWN)
    case = Application.objects.visible_to(by).filter(pk=application_id).first()
    if case is None or case.elder_id not in by.elder_ids:
        raise NotFound("没有找到这份申请。", hint="请从“办理进度”进入。")
    return _progress(case, registry.elder_card(case.elder_id, by=by).name, on=on)


def _progress(case: Application, name: str, *, on: date) -> Progress:
    state = State(case.state)
    steps = {step.name for step in CASE.available(state)}
    turn = TURNS.get(state)
    invited = case.channel == Channel.AUTOMATIC and state is State.DRAFT
    asked = ""
    if state is State.CORRECTION:
        last = case.steps.filter(step="request_correction").order_by("-pk").first()
        asked = last.reason if last else ""
    on_notice = case.publicity_ends is not None and on <= case.publicity_ends
    return Progress(
        id=case.pk,
        version=case.version,
        elder_name=name,
        things=tuple(item.plain for item in case.items.all()),
        state=state.value,
        says=_NEXT[state],
        next_by=case.due_on if turn else None,
        when=case.publicity_ends if state in (State.PUBLISHED, State.OBJECTED) else None,
        asked=asked,
        may_confirm=invited,
        may_withdraw=state in UNDECIDED and "withdraw" in steps and not invited,
        may_resubmit="resubmit" in steps,
        may_object=on_notice and "object" in steps,
        may_renounce=state is State.GRANTED,
        decisions=tuple(case.decisions.all()),
    )


def decision_for(decision_id: int, *, by: Actor) -> Decision:
    """A decision that the actor may read. NotFound for a stranger."""
    row = Decision.objects.visible_to(by).filter(pk=decision_id).first()
    if row is None:
        raise NotFound("没有找到这份决定书。", hint="请从办理进度进入。")
    return row
