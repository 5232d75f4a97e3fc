"""The generator of demonstration people may import no context, so it has the registry's words a
second time (``heling.demo.codes``). This is what keeps the two lists one."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest

from heling.contexts.registry.domain import words
from heling.demo import codes

# Words of the generator alone, and members of the registry's that it has no use for.
ITS_OWN = {"Role"}
NOT_GENERATED = {"Relation": {"grandchild", "sibling", "other"}}

Members = list[tuple[str, str, str]]


def lists_of(module: ModuleType) -> dict[str, Members]:
    """(name, value, label) of every member of every list of words in a module, in order."""
    return {
        name: [(m.name, m.value, m.label) for m in found]
        for name, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, module.Word) and found is not module.Word
    }


GENERATED, REGISTERED = lists_of(codes), lists_of(words)


def test_there_are_words_to_compare() -> None:
    assert len(GENERATED) - len(ITS_OWN) >= 10
    assert not ITS_OWN & set(REGISTERED), "a word of both is compared"
    assert set(GENERATED) - ITS_OWN <= set(REGISTERED)
    for name, values in NOT_GENERATED.items():
        assert values <= {value for _, value, _ in REGISTERED[name]}, "nothing out of date here"


@pytest.mark.parametrize("name", sorted(set(GENERATED) - ITS_OWN))
def test_the_generator_speaks_the_registry_s_words(name: str) -> None:
    without = NOT_GENERATED.get(name, set())
    assert GENERATED[name] == [m for m in REGISTERED[name] if m[1] not in without]
