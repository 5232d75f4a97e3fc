"""Every event that the journal keeps has a Chinese name: an auditor reads no class names."""

from __future__ import annotations

import pytest

import heling.shell.city.demonstration
import heling.shell.city.events  # noqa: F401  (defines events, as importing apps does)
from heling.platform.journal.record import Event

KINDS = sorted(kind for kind, event in Event.registry.items() if "tests" not in event.__module__)


def test_there_are_events() -> None:
    assert len(KINDS) > 30


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_is_named_in_chinese(kind: str) -> None:
    label = Event.registry[kind].label
    assert any("一" <= letter <= "鿿" for letter in label), f"{kind} has no Chinese label"
