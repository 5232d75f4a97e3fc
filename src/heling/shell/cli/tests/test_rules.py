"""``heling law prove`` as a command: words or JSON on standard output, exit codes 0, 1, 2."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from heling.engines.law.library import default_root
from heling.shell.cli import main
from heling.shell.configuration import REPO

SCHEMA = json.loads((REPO / "docs/schemas/law-proofs.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The packs of the house, but one number is changed: the worse off get fewer hours."""
    root = tmp_path / "packs"
    shutil.copytree(default_root(), root)
    pack = root / "330200/home-care-2018.yaml"
    text = pack.read_text(encoding="utf-8")
    pack.write_text(text.replace("value: 45}", "value: 20}"), encoding="utf-8")
    monkeypatch.setenv("HELING_PACKS", str(root))
    return pack


def test_all_packs_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["law", "prove"]) == 0
    out = capsys.readouterr().out
    assert "✓ 性质“没有选择的就高”已证明" in out
    assert "✗" not in out


def test_one_folder_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["law", "prove", str(default_root() / "450100"), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    Draft202012Validator(SCHEMA).validate(data)
    assert {p["pack"].split("/")[0] for p in data["packs"]} == {"450100"}


def test_the_person_who_breaks_a_promise_goes_into_determine(
    broken: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["law", "prove", str(broken), "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    Draft202012Validator(SCHEMA).validate(data)
    proofs = {p["property"]: p for p in data["packs"][0]["proofs"]}
    person = proofs["失能加重不减时数"]["counterexample"]
    hours = []
    for more in ({}, person["twin"]):
        facts = tmp_path / "facts.json"
        facts.write_text(json.dumps({**person["facts"], **more}), encoding="utf-8")
        assert main(["law", "determine", "--city", "330200", "--on", person["on"], str(facts)]) == 0
        answer = json.loads(capsys.readouterr().out)
        hours.append(next(g["amount"] for g in answer["grants"] if g["id"] == "失能免费服务"))
    assert hours == [30, 20]


def test_check_proves_when_asked(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["law", "check", str(broken)])
    plain = json.loads(capsys.readouterr().out)["packs"][0]["findings"]
    assert main(["law", "check", "--prove", str(broken)]) == 1
    proved = json.loads(capsys.readouterr().out)["packs"][0]["findings"]
    added = [f for f in proved if f not in plain]
    assert {"失能加重不减时数", "失能时数不少于三十不多于四十五"} <= {f["word"] for f in added}
    assert all(f["line"] > 1 and f["article"].startswith("《") for f in added)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "找不到 nowhere"),
        (["--seconds", "0"], "应在 1 至 3600 之间"),
        (["--seconds", "3601"], "应在 1 至 3600 之间"),
    ],
)
def test_wrong_input(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["law", "prove", *arguments]) == 2
    out, err = capsys.readouterr()
    assert says in json.loads(out)["error"]
    assert says in err
