"""From the form to the grading: nothing guessed, nothing lost."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heling.contexts.assessment.domain import (
    GBT42195,
    LTC2021,
    RiskEvent,
    load_scale,
    score,
    score_json,
)
from heling.contexts.assessment.domain.filling import (
    adjustments_json,
    adjustments_of,
    answers_of,
    asked_fields,
    option_of,
    read_facts,
)
from heling.contexts.assessment.domain.interchange import result_json
from heling.contexts.assessment.domain.process import dispute_deadline
from heling.contexts.assessment.domain.scale import FieldKind
from heling.kernel.errors import BadInput

GBT, LTC = load_scale(GBT42195), load_scale(LTC2021)
ON = date(2026, 11, 1)
SHEETS = st.fixed_dictionaries(
    {i.code: st.sampled_from([o.key for o in i.options]) for i in GBT.items}
)
EVENTS = st.lists(
    st.builds(
        RiskEvent,
        kind=st.sampled_from(sorted(GBT.field("risk_events").codes)),
        on=st.dates(ON - timedelta(days=60), ON),
    ),
    max_size=5,
)
DIAGNOSES = st.none() | st.lists(
    st.sampled_from(sorted(GBT.field("diagnoses").codes)), unique=True, max_size=4
)


@given(sheet=SHEETS, events=EVENTS, diagnoses=DIAGNOSES)
def test_what_is_stored_grades_to_the_same_result_by_the_command_line(
    sheet: dict[str, str], events: list[RiskEvent], diagnoses: list[str] | None
) -> None:
    facts = {} if diagnoses is None else {"diagnoses": diagnoses}
    adjustments = adjustments_of(GBT, sheet, facts, events, on=ON)
    graded = result_json(score(GBT, answers_of(sheet), adjustments=adjustments))
    payload = {"answers": answers_of(sheet), "adjustments": adjustments_json(adjustments)}
    assert score_json(GBT42195, payload) == graded
    unstated = {line[:2] for line in graded["not_stated"]}
    assert unstated == {r for r, gap in (("R2", diagnoses is None), ("R3", not events)) if gap}


@given(sheet=SHEETS, events=EVENTS)
def test_saying_none_holds_exactly_while_no_event_lies_in_the_window(
    sheet: dict[str, str], events: list[RiskEvent]
) -> None:
    recent = [e for e in events if (ON - e.on).days <= 30]
    said = {"no_risk_events": True}
    if recent:
        with pytest.raises(BadInput, match="没有发生"):
            adjustments_of(GBT, sheet, said, events, on=ON)
    else:
        assert adjustments_of(GBT, sheet, said, events, on=ON).events == 0


def _values(kind: FieldKind, codes: list[str], alone: set[str]) -> st.SearchStrategy[Any]:
    if kind is FieldKind.TEXT:
        return st.text(max_size=200)
    if kind is FieldKind.SINGLE:
        return st.sampled_from(codes)
    several = st.lists(st.sampled_from([c for c in codes if c not in alone]), unique=True)
    return several | st.sampled_from([[c] for c in alone]) if alone else several


@given(st.data())
def test_every_allowed_filling_of_table_a_is_kept_as_it_is(data: st.DataObject) -> None:
    filled = {}
    for field in asked_fields(GBT):
        codes = [c.code for c in field.choices]
        alone = {c.code for c in field.choices if c.alone}
        if data.draw(st.booleans()):
            filled[field.key] = data.draw(_values(field.kind, codes, alone))
    assert read_facts(GBT, filled) == filled


@pytest.mark.parametrize(
    ("filled", "sentence"),
    [
        ({"wounds": ["none", "burn"]}, "选了“无”就不能再选其他"),
        ({"wounds": "burn"}, "请在给出的选项中选择"),
        ({"pain": "unheard"}, "请在给出的选项中选择"),
        ({"other_health": "长" * 201}, "200 字以内"),
        ({"coma": "present"}, "没有这一项"),
        ({"name": "某人"}, "没有这一项"),
        ({"no_risk_events": "yes"}, "没有这一项"),
    ],
)
def test_a_wrong_filling_is_named(filled: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        read_facts(GBT, filled)


def test_coma_is_read_from_its_item_and_nowhere_else() -> None:
    for key, expected in (("coma", True), ("stupor", False), ("2", False)):
        assert adjustments_of(GBT, {"B.3.9": key}, {}, [], on=ON).coma is expected
    assert adjustments_of(GBT, {}, {}, [], on=ON).coma is None


def test_the_care_insurance_scale_asks_for_no_adjustment() -> None:
    assert asked_fields(LTC) == ()
    assert adjustments_json(adjustments_of(LTC, {}, {}, [], on=ON)) == {}


@pytest.mark.parametrize(("item", "key"), [("9.9", "0"), ("1.1", "7"), ("1.1", "coma")])
def test_options_that_do_not_exist_are_refused(item: str, key: str) -> None:
    with pytest.raises(BadInput):
        option_of(LTC, item, key)


def test_the_deadline_counts_working_days_and_gbt_has_none() -> None:
    assert dispute_deadline(GBT, ON) is None
    found = {day: dispute_deadline(LTC, date(2026, 11, day)) for day in (1, 2, 6, 7)}
    assert {d: f and f.on.isoformat() for d, f in found.items()} == {
        1: "2026-11-13",
        2: "2026-11-16",
        6: "2026-11-20",
        7: "2026-11-20",
    }
    assert all(f and "待核实" in f.unverified[0] for f in found.values())


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_the_deadline_is_a_working_day_with_ten_of_them_behind_it(day: date) -> None:
    due = dispute_deadline(LTC, day)
    assert due is not None
    between = [day + timedelta(days=n) for n in range(1, (due.on - day).days + 1)]
    assert sum(d.weekday() < 5 for d in between) == 10
    assert due.on.weekday() < 5
