"""Days, terms, masks and the table of states, without a database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from heling.contexts.entitlements.domain.days import Counting, Term, WorkCalendar
from heling.contexts.entitlements.domain.months import (
    check_may_close,
    check_may_open,
    parse_month,
)
from heling.contexts.entitlements.domain.procedure import (
    FOLDER,
    TERMS,
    parse_procedures,
    procedure_on,
    work_calendar,
)
from heling.contexts.entitlements.domain.publicity import masked, publicity_span
from heling.contexts.entitlements.domain.publicwords import NEUTRAL, public_category
from heling.contexts.entitlements.domain.standing import amount_text
from heling.contexts.entitlements.domain.states import CASE, LIVE, OVER, TURNS, UNDECIDED, State
from heling.engines.law import load_city
from heling.engines.law.library import cities, default_root
from heling.kernel.errors import BadInput, Refused

NO_HOLIDAYS = WorkCalendar(frozenset(), frozenset(), frozenset({2026}))
DAYS = st.dates(date(2025, 1, 1), date(2026, 11, 30))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王", "王*"),
        ("王兰", "王*"),
        ("王秀兰", "王*兰"),
        ("欧阳秀兰", "欧**兰"),
        (" 王秀兰 ", "王*兰"),
    ],
)
def test_only_the_ends_of_a_name_are_shown(name: str, shown: str) -> None:
    assert masked(name) == shown


@given(st.text("甲乙丙丁戊", min_size=1, max_size=8))
def test_a_mask_never_shows_a_whole_name(name: str) -> None:
    assert masked(name) != name
    assert "*" in masked(name)


@given(DAYS, st.integers(1, 60))
def test_a_calendar_term_ends_on_a_working_day_not_before_its_length(
    start: date, days: int
) -> None:
    calendar = work_calendar()
    end = Term(days, Counting.CALENDAR).last_day(start, calendar)
    assert end >= start + timedelta(days=days)
    assert calendar.is_working(end)
    between = (start + timedelta(days=d) for d in range(days, (end - start).days))
    assert not any(calendar.is_working(day) for day in between)


@given(DAYS, st.integers(1, 60))
def test_a_working_term_holds_exactly_its_working_days(start: date, days: int) -> None:
    calendar = work_calendar()
    end = Term(days, Counting.WORKING).last_day(start, calendar)
    span = (start + timedelta(days=d) for d in range(1, (end - start).days + 1))
    assert sum(calendar.is_working(day) for day in span) == days


def test_make_up_days_work_and_holidays_do_not() -> None:
    calendar = work_calendar()
    assert not calendar.is_working(date(2026, 10, 1))
    assert calendar.is_working(date(2026, 10, 10))  # a Saturday made up
    assert calendar.knows(date(2026, 10, 1))
    assert not calendar.knows(date(2027, 1, 4))


@pytest.mark.parametrize(
    ("published", "ends"),
    [
        (date(2026, 11, 2), date(2026, 11, 9)),  # Monday + 7 = Monday
        (date(2026, 11, 6), date(2026, 11, 13)),
        (date(2026, 11, 7), date(2026, 11, 16)),  # + 7 is a Saturday: the Monday after
        (date(2026, 9, 26), date(2026, 10, 8)),  # + 7 lies in the national holidays
    ],
)
def test_publicity_starts_the_next_day_and_ends_on_a_working_day(
    published: date, ends: date
) -> None:
    span = publicity_span("330200", published)
    assert (span.starts, span.ends) == (published + timedelta(days=1), ends)
    assert span.unverified  # 7 days is nobody's rule yet
    assert "条例未规定" in span.source


def _version(**changes: object) -> dict[str, object]:
    terms = {name: {"days": 7, "counting": "calendar"} for name in TERMS}
    return {
        "from": date(2020, 1, 1),
        "status": "有效",
        "source": "甬民发〔2020〕1号",
        **terms,
        **changes,
    }


def test_a_city_brings_its_own_terms_by_date() -> None:
    raw = {
        "versions": [
            _version(to=date(2024, 12, 31)),
            _version(**{"from": date(2025, 1, 1), "publicity": {"days": 5, "counting": "working"}}),
        ]
    }
    first, second = parse_procedures(raw, where="test.yaml")
    assert str(first.terms["publicity"]) == "7日"
    assert str(second.terms["publicity"]) == "5个工作日"
    assert not first.unverified


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({}, "至少一个版本"),
        ({"versions": [_version(), _version()]}, "重叠"),
        (
            {"versions": [_version(to=date(2021, 1, 1)), _version(**{"from": date(2021, 1, 3)})]},
            "没有版本",
        ),
        ({"versions": [_version(publicity={"days": 0, "counting": "calendar"})]}, "天数 1 至 365"),
        (
            {"versions": [_version(publicity={"days": 7, "counting": "lunar"})]},
            "calendar 或 working",
        ),
        ({"versions": [_version(surprise=1)]}, "不认识的栏目“surprise”"),
        (
            {"versions": [{k: v for k, v in _version().items() if k != "objection"}]},
            "缺少“objection”",
        ),
    ],
)
def test_wrong_terms_are_told_by_name(raw: dict[str, object], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        parse_procedures(raw, where="test.yaml")


def test_a_day_without_terms_is_refused() -> None:
    with pytest.raises(BadInput, match="没有有效的办理期限"):
        procedure_on("330200", date(2014, 12, 31))
    assert procedure_on("330200", date(2015, 1, 1))


def test_public_words_tell_nothing_about_a_person() -> None:
    for city in cities(default_root()):
        for pack in load_city(city).packs:
            for grant in pack.grants:
                word = public_category(pack.id, grant.word)
                assert not any(
                    w in word for w in ("失能", "失智", "残疾", "低保", "病", "困难", "独居")
                )
    assert public_category("x", "y") == NEUTRAL


@pytest.mark.parametrize(
    ("amount", "unit", "floor", "text"),
    [
        (45, "小时/月", True, "每月不少于 45 小时"),
        (30, "小时/月", False, "每月 30 小时"),
        (300_000, "分/户", False, "每户 3,000 元"),
        (12_350, "分/月", False, "每月 123.50 元"),
        (90, "小时", False, "90 小时"),
        (None, "小时/月", True, ""),
    ],
)
def test_amounts_in_words(amount: int | None, unit: str, floor: bool, text: str) -> None:
    assert amount_text(amount, unit, floor=floor) == text


def test_months_open_when_begun_and_close_when_over() -> None:
    month = parse_month("2026-11")
    with pytest.raises(Refused, match="还没有开始"):
        check_may_open(month, date(2026, 10, 31))
    check_may_open(month, date(2026, 11, 1))
    with pytest.raises(Refused, match="还没有结束"):
        check_may_close(month, date(2026, 11, 30))
    check_may_close(month, date(2026, 12, 1))
    for text in ("2026-13", "十一月", "2026", "2026-11-01"):
        with pytest.raises(BadInput, match="不是月份"):
            parse_month(text)


def test_every_state_is_live_or_over_and_every_open_one_has_an_owner() -> None:
    assert {*LIVE, *OVER} == set(State)
    assert not {*LIVE} & {*OVER}
    assert set(TURNS) == set(UNDECIDED)
    assert all(turn.term in TERMS for turn in TURNS.values())
    # What is over stays over; only a termination is taken back, into the review's beginning.
    out = [(step.name, step.target) for state in OVER for step in CASE.available(state)]
    assert out == [("revive", State.SUBMITTED)]


def test_nobody_reaches_a_grant_but_by_two_reviews_and_publicity() -> None:
    def reaches(skip: str) -> bool:
        seen, todo = {State.DRAFT}, [State.DRAFT]
        while todo:
            for step in CASE.available(todo.pop()):
                if step.name != skip and step.target not in seen:
                    seen.add(step.target)
                    todo.append(step.target)
        return State.GRANTED in seen

    assert reaches("nothing")
    for needed in ("accept", "pass_first", "pass_second", "publish"):
        assert not reaches(needed), needed


class CaseLife(RuleBasedStateMachine):
    """Any order of steps: allowed ones move by the table, others are refused in words."""

    @initialize()
    def begin(self) -> None:
        self.state = State.DRAFT
        self.signed = 0

    @rule(name=st.sampled_from(sorted(CASE.steps)))
    def take(self, name: str) -> None:
        arrow = CASE.steps[name]
        if self.state in arrow.sources:
            self.state = CASE.next(name, self.state)
            assert self.state is arrow.target
            self.signed += name in ("pass_first", "pass_second")
            if name in ("send_back", "uphold_objection", "revive"):
                self.signed = 0
            return
        with pytest.raises(Refused) as refusal:
            CASE.next(name, self.state)
        assert CASE.labels[self.state] in str(refusal.value)

    @invariant()
    def two_have_signed(self) -> None:
        if self.state in (State.PUBLISHED, State.OBJECTED, State.GRANTED):
            assert self.signed >= 2


TestCaseLife = CaseLife.TestCase


def test_the_readme_draws_the_table() -> None:
    readme = FOLDER.parent / "README.md"
    assert CASE.mermaid() in readme.read_text("utf-8")
