"""One table gives the rule, the buttons, the database's pairs and the diagram."""

from enum import StrEnum

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from heling.kernel.errors import Refused
from heling.kernel.machine import Machine, Step


class Light(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


LABELS = {Light.DRAFT: "草稿", Light.OPEN: "办理中", Light.CLOSED: "已办结"}
STEPS = (
    Step("submit", (Light.DRAFT,), Light.OPEN, "提交"),
    Step("close", (Light.OPEN,), Light.CLOSED, "办结"),
    Step("withdraw", (Light.DRAFT, Light.OPEN), Light.CLOSED, "撤回"),
)
MACHINE = Machine(Light, LABELS, STEPS)


@pytest.mark.parametrize(
    ("step", "current", "target"),
    [
        ("submit", "draft", Light.OPEN),
        ("close", "open", Light.CLOSED),
        ("withdraw", "draft", Light.CLOSED),
        ("withdraw", Light.OPEN, Light.CLOSED),
    ],
)
def test_arrows_of_the_table(step: str, current: str, target: Light) -> None:
    assert MACHINE.next(step, current) is target


def test_refusal_says_where_one_is_and_from_where_it_goes() -> None:
    with pytest.raises(Refused) as refusal:
        MACHINE.next("withdraw", "closed")
    assert refusal.value.message == "现在是“已办结”，不能撤回。"
    assert refusal.value.hint == "只有“草稿”、“办理中”时才可以。"


def test_buttons_are_the_steps_that_may_start_here_in_table_order() -> None:
    assert [s.name for s in MACHINE.available("draft")] == ["submit", "withdraw"]
    assert [s.name for s in MACHINE.available("open")] == ["close", "withdraw"]
    assert MACHINE.available("closed") == ()


def test_unknown_words_are_programming_errors() -> None:
    with pytest.raises(KeyError):
        MACHINE.next("fly", "draft")
    with pytest.raises(ValueError, match="nowhere"):
        MACHINE.next("submit", "nowhere")


def test_pairs_for_the_database() -> None:
    assert MACHINE.pairs() == (("draft", "closed"), ("draft", "open"), ("open", "closed"))


def test_diagram_names_every_arrow_once() -> None:
    lines = MACHINE.mermaid().splitlines()
    assert lines[0] == "stateDiagram-v2"
    assert sorted(lines[1:]) == sorted(
        [
            "    草稿 --> 办理中: 提交",
            "    办理中 --> 已办结: 办结",
            "    草稿 --> 已办结: 撤回",
            "    办理中 --> 已办结: 撤回",
        ]
    )


def test_a_table_must_be_whole() -> None:
    with pytest.raises(ValueError, match="submit is written twice"):
        Machine(Light, LABELS, (STEPS[0], STEPS[0]))
    with pytest.raises(ValueError, match=r"without a Chinese label.*closed"):
        Machine(Light, {Light.DRAFT: "草稿", Light.OPEN: "办理中"}, STEPS)


class Walk(RuleBasedStateMachine):
    """Whatever is tried in whatever order, only the arrows of ``pairs`` are ever walked."""

    def __init__(self) -> None:
        super().__init__()
        self.state = Light.DRAFT

    @rule(name=st.sampled_from([s.name for s in STEPS]))
    def attempt(self, name: str) -> None:
        before = self.state
        offered = name in {s.name for s in MACHINE.available(before)}
        try:
            self.state = MACHINE.next(name, before)
        except Refused:
            assert not offered
        else:
            assert offered
            assert (before, self.state) in MACHINE.pairs()


Walk.TestCase.settings = settings(max_examples=30, stateful_step_count=10)
TestWalk = Walk.TestCase
