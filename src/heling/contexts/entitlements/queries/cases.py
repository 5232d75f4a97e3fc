"""The page of one case: where it stands, why, who is next, what this actor may do now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from heling.contexts.entitlements.access import Perm
from heling.contexts.entitlements.domain.objections import CAUSE_LABELS, Cause, ObjectionState
from heling.contexts.entitlements.domain.procedure import TERM_LABELS, procedure_on
from heling.contexts.entitlements.domain.states import (
    CASE,
    CHANNEL_LABELS,
    LIVE,
    OVER,
    OWNER_LABELS,
    TURNS,
    Channel,
    Ending,
    Owner,
    State,
)
from heling.contexts.entitlements.models import (
    Application,
    Award,
    Decision,
    Determination,
    Due,
    Entry,
    Notice,
    Objection,
    Review,
    StatusRow,
)
from heling.contexts.entitlements.queries.explaining import Explanation, explain
from heling.contexts.entitlements.sealing import opened
from heling.contexts.identity.public import ROLES
from heling.contexts.registry import public as registry
from heling.kernel.actor import Actor
from heling.kernel.errors import NotFound
from heling.platform.journal.record import record_reading

# The steps that everybody hopes for, as the strip on top of the page shows them.
_ROAD = (
    (State.SUBMITTED, "提交"),
    (State.ACCEPTED, "受理"),
    (State.FIRST_PASSED, "初审"),
    (State.SECOND_PASSED, "复核"),
    (State.PUBLISHED, "公示"),
    (State.GRANTED, "决定"),
)
_BEHIND = {
    State.DRAFT: 0,
    State.SUBMITTED: 1,
    State.CORRECTION: 1,
    State.ACCEPTED: 2,
    State.FIRST_PASSED: 3,
    State.REFUSAL_PROPOSED: 3,
    State.SECOND_PASSED: 4,
    State.REFUSAL_CONFIRMED: 4,
    State.PUBLISHED: 4,
    State.OBJECTED: 4,
    State.GRANTED: 6,
    State.DENIED: 6,
}
_STEP_LABELS = {
    "apply": "填写申请",
    "invite": "依据登记信息拟定，请本人确认",
    "redetermine": "重新认定",
    "change": "变更待遇",
    "merge": "登记合并，转到保留的登记下",
} | {name: step.label for name, step in CASE.steps.items()}
STATE_TAGS = {
    State.GRANTED: "good",
    State.DENIED: "bad",
    State.OBJECTED: "warn",
    State.CORRECTION: "warn",
    State.REFUSAL_PROPOSED: "warn",
    State.REFUSAL_CONFIRMED: "warn",
    State.WITHDRAWN: "plain",
    State.TERMINATED: "plain",
    State.DRAFT: "plain",
}
BAD_STEPS = {"fail_first", "fail_second", "deny", "terminate", "object", "uphold_objection"}


@dataclass(frozen=True, slots=True)
class RoadStep:
    label: str
    state: str  # done, now or empty
    note: str = ""


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the timeline."""

    title: str
    at: object
    who: str
    reason: str
    kind: str


@dataclass(frozen=True, slots=True)
class ObjectionCard:
    """An objection in clear, for those who may handle it."""

    id: int
    case: Application
    card: registry.ElderCard
    open: bool
    may_resolve: bool
    state: str
    state_label: str
    channel: str
    raised_at: object
    due_on: date
    objector: str
    contact: str
    content: str
    handler: str
    reason: str


@dataclass(frozen=True, slots=True)
class CasePage:
    case: Application
    card: registry.ElderCard
    explanation: Explanation
    road: tuple[RoadStep, ...]
    history: tuple[Happened, ...]
    reviews: tuple[Review, ...]
    decisions: tuple[Decision, ...]
    awards: tuple[Award, ...]
    notice: Notice | None
    objections: tuple[Objection, ...]
    dues: tuple[Due, ...]
    may: frozenset[str]
    blocked: str
    term_unverified: str
    overdue: bool
    state_label: str = field(default="")
    state_tag: str = field(default="")
    todo: str = field(default="")
    owner_label: str = field(default="")
    channel_label: str = field(default="")

    @property
    def resumes(self) -> date | None:
        """After a death recorded by mistake: the day on which what it ended would go on."""
        ended = [a.ends for a in self.awards if a.ending == Ending.DEATH and a.ends is not None]
        return max(ended) + timedelta(days=1) if ended else None


def find_case(application_id: int, *, by: Actor) -> Application:
    """The case for a stranger does not exist."""
    case = (
        Application.objects.visible_to(by)
        .select_related("determination")
        .filter(pk=application_id)
        .first()
    )
    if case is None:
        raise NotFound("没有找到这份申请。", hint="可能不在您的辖区内，请核对编号。")
    return case


def case_page(application_id: int, *, on: date, by: Actor) -> CasePage:
    """Everything that the page of a case shows."""
    case = find_case(application_id, by=by)
    state = State(case.state)
    turn = TURNS.get(state)
    reviews = tuple(case.reviews.order_by("pk"))
    may, blocked = _may(case, reviews, on=on, by=by)
    return CasePage(
        case=case,
        card=registry.elder_card(case.elder_id, by=by),
        explanation=explain(
            case.determination, list(case.items.order_by("pk").values_list("grant", flat=True))
        ),
        road=_road(case, on=on),
        history=_history(case),
        reviews=reviews,
        decisions=tuple(Decision.objects.filter(application=case).order_by("pk")),
        awards=tuple(Award.objects.filter(application=case).order_by("grant", "starts")),
        notice=Notice.objects.filter(pk=case.notice_id).first() if case.notice_id else None,
        objections=tuple(Objection.objects.filter(application=case).order_by("pk")),
        dues=tuple(Due.objects.filter(elder_id=case.elder_id, done_at=None).order_by("due_on")),
        may=may,
        blocked=blocked,
        term_unverified=_term_note(case, turn.term) if turn else "",
        overdue=case.due_on is not None and on > case.due_on,
        state_label=CASE.labels[state],
        state_tag=STATE_TAGS.get(state, "info"),
        todo=turn.todo if turn else "",
        owner_label=OWNER_LABELS[Owner(case.owner)],
        channel_label=CHANNEL_LABELS[Channel(case.channel)],
    )


def _term_note(case: Application, term: str) -> str:
    """How the due day was reckoned, when that is still 待核实."""
    procedure = procedure_on(case.city, case.submitted_on or case.created_at.date())
    if not procedure.unverified:
        return ""
    return f"{TERM_LABELS[term]}期限 {procedure.terms[term]}：{procedure.source}"


def _road(case: Application, *, on: date) -> tuple[RoadStep, ...]:
    state = State(case.state)
    if state in (State.WITHDRAWN, State.TERMINATED):
        return ()
    behind, ends = _BEHIND[state], case.publicity_ends
    if state is State.PUBLISHED and ends is not None and on > ends:
        behind += 1
    notes = {State.PUBLISHED: f"到 {ends:%-m月%-d日}"} if ends is not None else {}
    return tuple(
        RoadStep(
            label,
            "done" if place < behind else "now" if place == behind else "",
            notes.get(step, ""),
        )
        for place, (step, label) in enumerate(_ROAD)
    )


def _history(case: Application) -> tuple[Happened, ...]:
    rows = StatusRow.objects.filter(application=case).order_by("-pk")
    return tuple(
        Happened(
            title=_STEP_LABELS.get(row.step, row.step),
            at=row.at,
            who=f"{row.actor_name}（{_role(row.role)}）",
            reason=row.reason,
            kind="bad" if row.step in BAD_STEPS else "",
        )
        for row in rows
    )


def _role(key: str) -> str:
    role = ROLES.get(key)
    return role.label if role else {"system": "系统", "anonymous": "公众"}.get(key, key)


# Which steps of the table a permission opens on the page.
_DOORS: dict[str, Perm] = {
    "accept": Perm.ACCEPT,
    "request_correction": Perm.ACCEPT,
    "pass_first": Perm.FIRST_REVIEW,
    "fail_first": Perm.FIRST_REVIEW,
    "pass_second": Perm.SECOND_REVIEW,
    "fail_second": Perm.SECOND_REVIEW,
    "send_back": Perm.SECOND_REVIEW,
    "publish": Perm.PUBLISH,
    "object": Perm.RECORD_OBJECTION,
    "grant": Perm.DECIDE,
    "deny": Perm.DECIDE,
    "terminate": Perm.DECIDE,
}


def _may(
    case: Application, reviews: tuple[Review, ...], *, on: date, by: Actor
) -> tuple[frozenset[str], str]:
    """Steps this actor may take now, and a sentence when something stands in the way."""
    may = {
        step.name
        for step in CASE.available(case.state)
        if step.name in _DOORS and by.may(_DOORS[step.name])
    }
    reviewing = {"pass_first", "fail_first", "pass_second", "fail_second", "send_back"}
    blocked = ""
    if may & reviewing and case.applied_by == by.user_id:
        may -= reviewing
        blocked = "您代办了这份申请，审核要由同事办理。"
    elif may & reviewing and any(
        r.user_id == by.user_id and r.round == case.round for r in reviews
    ):
        may -= reviewing
        blocked = "您已在本轮签过字，初审和复核不能是同一人。"
    if "grant" in may and (case.publicity_ends is None or on <= case.publicity_ends):
        may.discard("grant")
        blocked = f"公示到 {case.publicity_ends} 结束，次日起可以决定。"
    if case.state in (*OVER, State.DRAFT):
        may.discard("terminate")
    may |= _clerk_doors(case, by=by)
    return frozenset(may), blocked


def _clerk_doors(case: Application, *, by: Actor) -> set[str]:
    """What somebody at a counter may do for the applicant's side."""
    doors: set[str] = set()
    office = case.channel in (Channel.CLERK, Channel.AUTOMATIC)
    available = {step.name for step in CASE.available(case.state)}
    if office and by.may(Perm.APPLY_FOR):
        doors |= available & {"resubmit", "withdraw", "submit"}
    if case.channel == Channel.AUTOMATIC and case.state == State.DRAFT:
        doors -= {"submit", "withdraw"}
        if by.may(Perm.INVITE):
            doors |= {"confirm", "decline"}
    reviewer = any(by.may(p) for p in (Perm.FIRST_REVIEW, Perm.SECOND_REVIEW, Perm.DECIDE))
    if reviewer and case.state not in OVER:
        doors.add("redetermine")
    if by.may(Perm.DECIDE) and case.state == State.GRANTED:
        doors.add("change")
    return doors


def objection_page(objection_id: int, *, by: Actor) -> ObjectionCard:
    """One objection in clear, and the reading is logged. Only for those who handle them."""
    by.require(Perm.RESOLVE)
    row = (
        Objection.objects.visible_to(by)
        .select_related("application")
        .filter(pk=objection_id)
        .first()
    )
    if row is None:
        raise NotFound("没有找到这条异议。", hint="可能不在您的辖区内，请核对编号。")
    record_reading(
        by=by,
        elder_id=row.elder_id,
        code=row.code,
        fields=["异议人", "联系方式", "异议内容"],
        purpose=f"处理第 {row.pk} 号异议",
    )
    reviewed = row.application.reviews.filter(user_id=by.user_id).exists()
    return ObjectionCard(
        id=row.pk,
        case=row.application,
        card=registry.elder_card(row.elder_id, by=by),
        state=row.state,
        state_label=str(row.get_state_display()),
        channel=str(row.get_channel_display()),
        raised_at=row.raised_at,
        due_on=row.due_on,
        handler=row.handler_name,
        reason=row.reason,
        open=row.state == ObjectionState.OPEN,
        may_resolve=row.state == ObjectionState.OPEN and not reviewed,
        **opened(row),
    )


@dataclass(frozen=True, slots=True)
class ElderPage:
    """All that entitlements knows of one elder."""

    card: registry.ElderCard
    cases: tuple[tuple[Application, str, str], ...]
    awards: tuple[Award, ...]
    dues: tuple[tuple[Due, str], ...]
    determinations: tuple[Determination, ...]
    may_apply: bool
    may_redetermine: bool


def elder_page(elder_id: int, *, on: date, by: Actor) -> ElderPage:
    """Cases, awards and re-determinations of an elder. NotFound for a stranger."""
    card = registry.elder_card(elder_id, by=by)
    rows = Application.objects.visible_to(by).filter(elder_id=card.id)
    cases = list(rows.prefetch_related("items").order_by("-pk"))
    dues = Due.objects.visible_to(by).filter(elder_id=card.id, done_at=None)
    made = Determination.objects.visible_to(by).filter(elder_id=card.id)
    reviewer = any(by.may(p) for p in (Perm.FIRST_REVIEW, Perm.SECOND_REVIEW, Perm.DECIDE))
    return ElderPage(
        card=card,
        cases=tuple(
            (case, CASE.labels[State(case.state)], STATE_TAGS.get(State(case.state), "info"))
            for case in cases
        ),
        awards=tuple(current_awards(card.id, on=on, by=by)),
        dues=tuple((due, CAUSE_LABELS[Cause(due.cause)]) for due in dues.order_by("due_on")),
        determinations=tuple(made.defer("law", "provenance").order_by("-pk")[:20]),
        may_apply=card.active and by.may(Perm.APPLY_FOR),
        may_redetermine=reviewer and any(case.state in LIVE for case in cases),
    )


@dataclass(frozen=True, slots=True)
class NoticePage:
    notice: Notice
    running: bool
    entries: tuple[Entry, ...]


def notice_page(notice_id: int, *, on: date, by: Actor) -> NoticePage:
    """A notice with its cases: those entries that lie in the actor's territory."""
    notice = Notice.objects.filter(pk=notice_id).first()
    if notice is None:
        raise NotFound("没有找到这份公示。", hint="请从公示列表进入。")
    entries = Entry.objects.visible_to(by).filter(notice=notice).select_related("line")
    return NoticePage(
        notice=notice,
        running=notice.published_on <= on <= notice.ends,
        entries=tuple(entries.order_by("line__position")),
    )


def current_awards(elder_id: int, *, on: date, by: Actor) -> list[Award]:
    """What the elder enjoys on a day, by grant."""
    return [
        award
        for award in Award.objects.visible_to(by)
        .filter(elder_id=elder_id, starts__lte=on)
        .order_by("grant", "starts")
        if award.ends is None or award.ends >= on
    ]
