"""The letter of a decision, and the reasons drawn into it."""

from __future__ import annotations

from datetime import date

import pytest

from heling.contexts.entitlements import testing
from heling.contexts.entitlements.letter_drawing import Drawing
from heling.contexts.entitlements.letters import letter_pdf
from heling.contexts.entitlements.queries.explaining import determination_page
from heling.contexts.entitlements.testing import CALL, INSURANCE
from heling.engines.law import load_city
from heling.engines.law.diagram import Diagram, diagram


@pytest.fixture
def drawing() -> Diagram:
    facts = {"户籍地": "330200", "居住地": "330200", "居家": True, "出生日期": "1940-05-01"}
    made = load_city("330200").determine(facts, date(2026, 11, 1), outlook=False)
    return diagram(made.grant("失能免费服务"))


@pytest.mark.usefixtures("db")
def test_the_same_decision_gives_the_same_letter_with_a_page_of_drawings() -> None:
    case = testing.granted(testing.elder(), INSURANCE, CALL, by=testing.office())
    decision = case.decisions.get()
    first, again = (letter_pdf(decision, name="王桂兰", place="演示社区") for _ in range(2))
    assert first == again
    assert first.count(b"/Type /Page\n") == 2


@pytest.mark.usefixtures("db")
def test_the_page_draws_every_right() -> None:
    office = testing.office()
    case = testing.applied(testing.elder(), INSURANCE, CALL, by=office)
    page = determination_page(case.determination_id, by=office.county)
    drawings = [g.drawing for g in page.grants]
    assert all(d.startswith("<svg") and "<script" not in d for d in drawings)
    titles = [f'id="why-{n}-title"' for n in range(1, len(drawings) + 1)]
    assert all(t in d for t, d in zip(titles, drawings, strict=True))


def test_a_drawing_that_does_not_fit_goes_on_on_the_next_page(drawing: Diagram) -> None:
    whole = Drawing(drawing, width=440)
    _, height = whole.wrap(440, 1000)
    top, rest = whole.split(440, height / 2)
    sizes = [part.wrap(440, 1000)[1] for part in (top, rest)]
    assert sizes[0] <= height / 2
    # the line that joins both parts is drawn on both pages
    assert height <= sum(sizes) <= height + 26
    assert whole.split(440, 5) == []


def test_a_wide_drawing_is_made_to_fit(drawing: Diagram) -> None:
    assert Drawing(drawing, width=200).wrap(200, 1000)[0] == pytest.approx(200)
