"""``heling reform``: a comparison as JSON, and one sentence with exit code 2 for bad input."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from heling.engines.law import load_city
from heling.shell.cli.main import main
from heling.shell.cli.reforming import demo_population

ROOT = Path(__file__).resolve().parents[5]
GOOD = """reform: 重度六十小时
city: "330200"
reason: 家庭照护负担过重
changes:
  重度时数: {versions: [{from: 2026-01-01, value: 60}]}
"""
MONTH = ["--month", "2026-11"]


@pytest.fixture
def plan(tmp_path: Path) -> str:
    path = tmp_path / "方案.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return str(path)


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any, str]:
    code = main(["reform", *arguments])
    seen = capsys.readouterr()
    return code, json.loads(seen.out), seen.err


def test_twelve_months_of_generated_people(capsys: pytest.CaptureFixture[str], plan: str) -> None:
    code, found, _ = _run(capsys, plan, *MONTH, "--months", "12", "--measures", "--elders", "600")
    schema = json.loads((ROOT / "docs/schemas/law-reform.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(found, schema)
    assert code == 0
    assert found["people"] == 600
    assert len(found["baseline"]) == len(found["scenarios"][0]["months"]) == 12
    assert found["baseline"][11]["on"] == "2027-10-01"


def test_a_saved_population_gives_the_same(
    capsys: pytest.CaptureFixture[str], plan: str, tmp_path: Path
) -> None:
    saved = str(tmp_path / "人口.npz")
    first = _run(capsys, plan, plan, *MONTH, "--measures", "--elders", "300", "--save", saved)
    again = _run(capsys, plan, plan, *MONTH, "--measures", "--population", saved)
    assert first == again
    assert len(first[1]["scenarios"]) == 2


def test_generated_people_are_repeatable_and_varied() -> None:
    rules = load_city("330200")
    people = demo_population(rules, 2000, 1, date(2026, 11, 1))
    assert people.districts is not None
    assert len(set(people.districts.tolist())) > 3
    assert set(people.facts["失能等级"].values.tolist()) >= {0, 1, 2}
    assert 0 < people.facts["低保"].values.sum() < 1000
    assert rules.facts.keys() == people.facts.keys()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([*MONTH], "写且只写一个"),
        ([*MONTH, "--elders", "9", "--population", "a.npz"], "写且只写一个"),
        ([*MONTH, "--elders", "0"], "--elders"),
        (["--month", "2026-13", "--elders", "9"], "不是月份"),
        ([*MONTH, "--months", "0", "--elders", "9"], "--months"),
        ([*MONTH, "--population", "没有.npz"], "读不了"),
    ],
)
def test_bad_arguments(
    capsys: pytest.CaptureFixture[str], plan: str, arguments: list[str], says: str
) -> None:
    code, found, err = _run(capsys, plan, *arguments)
    assert code == 2
    assert says in err
    assert found.keys() == {"error", "hint"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD.replace("60}", "六十}"), "第 5 行"),
        (GOOD.replace("重度时数", "重时"), "没有“重时”"),
        (GOOD.replace("330200", "999999"), "没有城市 999999"),
        ("", "空的"),
    ],
)
def test_bad_reforms(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, says: str
) -> None:
    path = tmp_path / "方案.yaml"
    path.write_text(text, encoding="utf-8")
    code, _, err = _run(capsys, str(path), *MONTH, "--elders", "9")
    assert code == 2
    assert says in err


def test_a_reform_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = _run(capsys, "没有.yaml", *MONTH, "--elders", "9")
    assert code == 2
    assert "读不了" in err


def test_more_than_four(capsys: pytest.CaptureFixture[str], plan: str) -> None:
    code, _, err = _run(capsys, *[plan] * 5, *MONTH, "--elders", "9")
    assert code == 2
    assert "1 至 4 个" in err
