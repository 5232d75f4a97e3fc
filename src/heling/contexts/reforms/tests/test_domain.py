"""Levers, texts and figures without a browser: what is written is read, what is shown adds up."""

from __future__ import annotations

import re
import threading
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heling.contexts.reforms import showing, studio
from heling.contexts.reforms.domain.figures import figures
from heling.contexts.reforms.domain.levers import levers_of, tidy
from heling.contexts.reforms.domain.months import check_count, first_of, months_from
from heling.contexts.reforms.domain.writing import LONGEST, Moves, moves_of, read, write
from heling.contexts.reforms.web.forms import Moving
from heling.engines.law import FactColumn, load_city
from heling.engines.law.bitstore import BitStore
from heling.engines.law.compare import compare
from heling.engines.law.library import cities, default_root
from heling.engines.law.reform import apply
from heling.kernel.errors import BadInput

ON = date(2026, 11, 1)
NINGBO = load_city("330200")
LEVERS = levers_of(NINGBO, ON)
NUMBERS = [lever for lever in LEVERS.numbers if not lever.truth]
WORDS = st.text("甲乙丙: #'\"\n{}[]&*!|>%@`,?-0", min_size=1, max_size=40)


@given(
    name=WORDS.filter(lambda t: bool(t.strip())),
    reason=WORDS,
    numbers=st.dictionaries(
        st.sampled_from([lever.word for lever in NUMBERS]), st.integers(0, 1_000_000), min_size=1
    ),
    texts=st.dictionaries(
        st.sampled_from([(c.word, c.field) for c in LEVERS.conditions]),
        WORDS.map(tidy).filter(bool),
    ),
)
def test_what_is_written_is_read(
    name: str, reason: str, numbers: dict[str, int], texts: dict[tuple[str, str], str]
) -> None:
    """Whatever a planner types: no anchor, no quote, no colon changes it. (A word that has a
    number and a condition at once does not exist.)"""
    moves = Moves(numbers=numbers, texts=texts)
    text = write(
        " ".join(name.split()), "330200", moves, starts=ON, reason=" ".join(reason.split())
    )
    reform = read(text)
    assert reform is not None
    assert reform.name == " ".join(name.split())
    found = moves_of(reform)
    assert (dict(found.numbers), dict(found.texts)) == (numbers, texts)
    assert {v.period.start for c in reform.changes for v in c.versions} == {ON}


@given(st.data())
def test_the_form_moves_only_what_differs(data: st.DataObject) -> None:
    shown = Moving.initial_of(LEVERS, Moves()) | {"title": "方案", "seen": 1}
    moved = data.draw(
        st.dictionaries(
            st.sampled_from([lever.word for lever in NUMBERS]), st.integers(0, 1_000_000)
        )
    )
    by_word = {lever.word: lever for lever in NUMBERS}
    for word, value in moved.items():
        shown[f"n-{word}"] = str(by_word[word].shown(value))
    form = Moving(shown, levers=LEVERS)
    assert form.is_valid(), form.errors
    wanted = {w: v for w, v in moved.items() if v != by_word[w].today}
    assert form.moves() == Moves(numbers=wanted)


def test_every_city_has_levers_that_its_form_takes_back_unchanged() -> None:
    for city in cities(default_root()):
        levers = levers_of(load_city(city), ON)
        assert levers.numbers
        form = Moving(Moving.initial_of(levers, Moves()) | {"title": "方案"}, levers=levers)
        assert form.is_valid(), form.errors
        assert not form.moves()
        for lever in levers.numbers:
            assert lever.low < lever.high
            if lever.today is not None and not lever.truth:
                assert lever.low <= lever.shown(lever.today) <= lever.high
                assert lever.counted(lever.shown(lever.today)) == lever.today


@pytest.mark.parametrize("length", [LONGEST - 1, LONGEST, LONGEST + 1])
def test_the_longest_expression(length: int) -> None:
    name = f"{LEVERS.conditions[0].field}-{LEVERS.conditions[0].word}"
    shown = Moving.initial_of(LEVERS, Moves()) | {"title": "方案", name: "低" * length}
    assert Moving(shown, levers=LEVERS).is_valid() == (length <= LONGEST)


def test_levers_say_what_they_are() -> None:
    hours, price = (next(x for x in NUMBERS if x.word == w) for w in ("重度时数", "小时价格"))
    assert (hours.today, hours.floor, hours.open, hours.unit) == (45, True, False, "小时/月")
    assert (price.today, price.open, price.unit, price.money) == (None, True, "元/小时", True)
    assert price.filled_by
    assumed = levers_of(load_city("330200", measures=True), ON)
    price = next(x for x in assumed.numbers if x.word == "小时价格")
    assert (price.today, price.shown(4001), price.unverified) == (4000, Decimal("40.01"), True)


@pytest.mark.parametrize("text", ["2026-13", "2026", "", "1999-12", "2100-01", "二〇二六-11"])
def test_months_that_are_none(text: str) -> None:
    with pytest.raises(BadInput):
        first_of(text)


def test_months() -> None:
    assert first_of("2000-01") == date(2000, 1, 1)
    assert first_of("2099-12") == date(2099, 12, 1)
    assert months_from(date(2026, 11, 1), 3) == (
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
    )
    for months, fits in ((0, False), (1, True), (24, True), (25, False)):
        if fits:
            assert check_count(months) == months
        else:
            with pytest.raises(BadInput):
                check_count(months)


# Figures


def _store(size: int, seed: int) -> BitStore:
    rng = np.random.default_rng(seed)
    facts = {
        "出生日期": FactColumn(rng.integers(-16_000, -1_000, size)),
        "户籍地": FactColumn(np.full(size, 330200)),
        "居住地": FactColumn(np.full(size, 330200)),
        "居家": FactColumn(rng.random(size) < 0.9, rng.random(size) < 0.9),
        "低保": FactColumn(rng.random(size) < 0.3),
        "失能等级": FactColumn(rng.integers(0, 5, size).astype(np.uint8), rng.random(size) < 0.9),
        "护理补贴": FactColumn(np.zeros(size, np.int32)),
    }
    districts = 330203 + np.arange(size) % 3
    return BitStore(NINGBO.facts, facts, size, districts, np.arange(size))


@given(hours=st.integers(0, 100), price=st.integers(0, 10_000), seed=st.integers(0, 50))
def test_counties_add_up_and_money_is_exact(hours: int, price: int, seed: int) -> None:
    reform = read(
        write("试", "330200", Moves(numbers={"重度时数": hours, "小时价格": price}), starts=ON)
    )
    assert reform is not None
    found = compare(
        NINGBO, [(reform, apply(NINGBO, reform, thorough=False))], _store(60, seed), [ON]
    )
    said = figures(NINGBO, found, found.scenarios[0])
    care = next(g for g in said.grants if g.word == "失能免费服务")
    assert care.cost == tuple(a * price for a in care.amount if a is not None)
    assert said.after[-1] == sum(c.after or 0 for c in said.counties)
    assert said.before[-1] == sum(c.before or 0 for c in said.counties)
    assert sum(c.people for c in said.counties) == said.people == 60
    assert sum(c.losers for c in said.counties) == said.last.losers
    assert said.valued
    for person in (*said.examples, *((said.worst,) if said.worst else ())):
        assert not any(re.search(r"\d{4}-\d{2}-\d{2}", fact) for fact in person.facts)


def test_what_waits_for_a_measure_today_costs_nobody_knows_what() -> None:
    moves = Moves(numbers={"高龄服务时数": 3, "小时价格": 4000})
    reform = read(write("试", "330200", moves, starts=ON))
    assert reform is not None
    found = compare(NINGBO, [(reform, apply(NINGBO, reform, thorough=False))], _store(60, 1), [ON])
    said = figures(NINGBO, found, found.scenarios[0])
    assert said.waiting == ("高龄免费服务",)
    assert said.before == (None,)
    assert said.after[0]
    assert said.total[0] is None
    assert showing.less(*said.total) is None


@given(st.integers(-(10**15), 10**15))
def test_money_in_words_loses_nothing(fen: int) -> None:
    assert showing.yuan(fen) * 100 == fen
    shown = Decimal(showing.wan(fen).replace(",", ""))
    assert abs(shown - Decimal(fen) / 1_000_000) <= Decimal("0.005")


# The engine room


def test_many_at_once_open_a_snapshot_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four threads ask at the same moment: one store is made, all get the same answer."""
    studio.empty()
    opened: list[int] = []

    def slow(*given: Any) -> BitStore:
        def make() -> BitStore:
            opened.append(1)
            return _store(60, 1)

        return studio._stores.once("one", make)

    monkeypatch.setattr(studio, "_store", slow)
    monkeypatch.setattr(studio, "rules_of", load_city)  # threads of a test have no database
    card = studio.entitlements.SnapshotCard(1, ON, 60, "x", None)  # type: ignore[arg-type]
    setting = studio.Setting(card, "330200", (ON,), certain=True, measures=False)
    reform = read(write("试", "330200", Moves(numbers={"重度时数": 60}), starts=ON))
    assert reform is not None
    answers: list[Any] = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(studio.answer(setting, reform, by=None))  # type: ignore[arg-type]
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opened == [1]
    assert len(answers) == 4
    assert all(a is answers[0] for a in answers)
    studio.empty()
