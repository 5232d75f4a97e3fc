"""The schema for editors knows every field of the packs, and refuses nothing that the reader takes."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from heling.engines.law import shapes
from heling.engines.law.pack_schema import pack_schema
from heling.engines.law.reader import read_pack
from heling.engines.law.shelf import default_root, shelf_of
from heling.engines.law.source import read_yaml
from heling.engines.law.trouble import Findings

PACKS = sorted(default_root().rglob("*.yaml"))
VALIDATOR = jsonschema.Draft202012Validator(pack_schema())
_STRANGE: tuple[Any, ...] = (
    [],
    {},
    "",
    "没有这个",
    -1,
    1.5,
    True,
    None,
    ["甲", "甲"],
    {"甲": "乙"},
)


def _plain(raw: bytes) -> Any:
    findings = Findings()
    cursor = read_yaml(raw, "pack.yaml", findings)
    findings.settle()
    assert cursor is not None
    return cursor.value()


def _reader_complains(data: Any) -> bool:
    raw = json.dumps(data, ensure_ascii=False, indent=1).encode()
    findings = Findings()
    return read_pack(raw, "pack.yaml", shelf_of(None), findings) is None or bool(findings.all())


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(pack_schema())


@pytest.mark.parametrize("file", PACKS, ids=lambda f: f"{f.parent.name}-{f.stem}")
def test_every_pack_of_the_house_validates(file: Path) -> None:
    assert not list(VALIDATOR.iter_errors(_plain(file.read_bytes())))


def _places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _places(value, (*path, key))


def _holder(data: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        data = data[key]
    return data


def _drop(data: Any, path: tuple[Any, ...], rng: random.Random) -> None:
    del rng
    del _holder(data, path)[path[-1]]


def _rename(data: Any, path: tuple[Any, ...], rng: random.Random) -> None:
    del rng
    holder = _holder(data, path)
    if isinstance(holder, dict):
        holder["colour"] = holder.pop(path[-1])


def _replace(data: Any, path: tuple[Any, ...], rng: random.Random) -> None:
    _holder(data, path)[path[-1]] = copy.deepcopy(rng.choice(_STRANGE))


MUTATIONS: tuple[Callable[..., None], ...] = (_drop, _rename, _replace)


@pytest.mark.parametrize("file", PACKS, ids=lambda f: f"{f.parent.name}-{f.stem}")
def test_what_the_schema_refuses_the_reader_refuses(file: Path) -> None:
    rng = random.Random(file.name)  # noqa: S311 - which places to break
    data = _plain(file.read_bytes())
    places = list(_places(data))
    refused = 0
    for _ in range(60):
        broken = copy.deepcopy(data)
        path = rng.choice(places)
        mutate = rng.choice(MUTATIONS)
        mutate(broken, path, rng)
        errors = list(VALIDATOR.iter_errors(broken))
        if errors:
            refused += 1
            assert _reader_complains(broken), (path, mutate, errors[0].message)
    assert refused > 20


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("colour",), "红"),
        (("grants", "失能免费服务", "duty"), "必须"),
        (("grants", "失能免费服务", "entity"), "compound"),
        (("constants", "重度时数", "open"), {"filled_by": "谁"}),
        (("constants", "重度时数", "versions", 0, "value"), -1),
        (("constants", "重度时数", "versions", 0, "from"), "2018"),
        (("constants", "重度时数", "cite"), "第二条"),
        (("constants", "重度时数", "type"), "date"),
        (("conflicts", "就高不重复", "choice"), None),
        (("norms",), {}),
        (("tests", 0, "of"), "somebody"),
        (("city", "code"), "33020"),
        (("in_force", "from"), "二〇一八"),
    ],
)
def test_mistakes_that_an_editor_shows(path: tuple[Any, ...], value: Any) -> None:
    data = _plain((default_root() / "330200" / "home-care-2018.yaml").read_bytes())
    if value is None:
        del _holder(data, path)[path[-1]]
    else:
        _holder(data, path)[path[-1]] = value
    assert list(VALIDATOR.iter_errors(data))
    assert _reader_complains(data)


def test_every_field_of_the_table_is_in_the_schema() -> None:
    properties = pack_schema()["properties"]
    assert properties.keys() == {*shapes.PACK.must, *shapes.PACK.may}
