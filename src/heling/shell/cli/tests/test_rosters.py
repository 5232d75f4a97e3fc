"""``heling registry import`` as a process: JSON alone on standard output, exit codes 0, 1, 2."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from jsonschema import Draft202012Validator

from heling.contexts.identity.public import RoleKey
from heling.contexts.identity.testing import person as account
from heling.contexts.identity.testing import post
from heling.contexts.places.testing import VILLAGE, plant
from heling.contexts.registry.imports.rows import COLUMNS
from heling.contexts.registry.models import Elder
from heling.contexts.registry.testing import resident_id
from heling.platform.access.scope import EVERYTHING, scoped
from heling.platform.embedded.postgres import APP
from heling.platform.testing.plugin import living_database
from heling.shell.cli import main
from heling.shell.cli.tests.test_data import heling
from heling.shell.configuration import REPO

SCHEMA = json.loads((REPO / "docs/schemas/roster-report.schema.json").read_text())


@pytest.fixture(scope="module")
def office(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, str]]:
    """Environment of a small database of our own, for commands in processes of theirs."""
    with django_db_blocker.unblock(), living_database() as name:
        with scoped(EVERYTHING):
            staff()
        connection.close()
        url = settings.CONFIG.server.url(name, APP)
        yield {**os.environ, "HELING_ENV": "test", "DATABASE_URL": url}


def staff() -> None:
    """One street with a clerk, and an auditor of its city."""
    plant(VILLAGE)
    post(account("clerk"), RoleKey.STREET, VILLAGE[:9])
    post(account("auditor"), RoleKey.AUDITOR, VILLAGE[:4])


def registered() -> int:
    with scoped(EVERYTHING):
        return Elder.objects.count()


def roster(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def person(name: str, **cells: str) -> dict[str, str]:
    number = resident_id(date(1941, 3, 5))
    home = {"居住村（社区）": VILLAGE, "户籍所在村（社区）": VILLAGE}
    return {"姓名": name, "身份证号": number, **home, **cells}


@pytest.mark.slow
def test_standard_output_is_the_report_and_nothing_else(
    office: dict[str, str], tmp_path: Path
) -> None:
    good = roster(tmp_path / "名册.csv", person("王小明"), person("李秀英"))
    bad = roster(tmp_path / "有误.csv", person("张建国", 居住情况="住院"), person("陈桂兰"))
    steps = [
        ((str(good), "--dry-run"), 0, {"new": 2, "error": 0}, False, 0),
        ((str(bad),), 1, {"new": 1, "error": 1}, True, 1),
    ]
    for arguments, code, counts, written, elders in steps:
        done = heling(office, "registry", "import", *arguments, "--account", "clerk")
        assert done.returncode == code, done.stderr
        assert reported(done.stdout, written=written) == NOTHING | counts
        assert registered() == elders
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs where scheduled_at is null")
        assert cursor.fetchone() == (0,), "no worker takes up what the command does itself"
    missing = heling(office, "registry", "import", "没有.csv", "--account", "clerk")
    assert missing.returncode == 2
    assert "没有这个文件" in json.loads(missing.stdout)["error"]
    assert "Traceback" not in missing.stderr


NOTHING = {"new": 0, "same": 0, "changed": 0, "similar": 0, "error": 0}


def reported(stdout: str, *, written: bool) -> dict[str, int]:
    """The counts of a report that keeps to the published schema."""
    report = json.loads(stdout)
    Draft202012Validator(SCHEMA).validate(report)
    assert report["written"] is written
    assert all((p["row"], p["where"]) == (2, "居住情况") for p in report["problems"])
    assert len(report["problems"]) == report["counts"]["error"]
    counts: dict[str, int] = report["counts"]
    return counts


@pytest.fixture
def here(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> None:
    """The same office in the test's own transaction, for commands run in this process."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://outside/the-one-of-this-test")
    settings.FILES_ROOT = tmp_path / "files"
    staff()


@pytest.mark.usefixtures("here")
def test_a_dry_run_writes_nothing_and_a_second_import_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = str(roster(tmp_path / "名册.csv", person("王小明"), person("李秀英")))
    bad = str(roster(tmp_path / "有误.csv", person("张建国", 居住情况="住院"), person("陈桂兰")))
    steps = [
        ((bad, "--dry-run"), 1, {"new": 1, "error": 1}, False, 0),
        ((good,), 0, {"new": 2}, True, 2),
        ((good,), 0, {"same": 2}, False, 2),
        ((good, "--dry-run"), 0, {"same": 2}, False, 2),
    ]
    for arguments, code, counts, written, elders in steps:
        assert main(["registry", "import", *arguments, "--account", "clerk"]) == code
        assert reported(capsys.readouterr().out, written=written) == NOTHING | counts
        assert registered() == elders


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("more", [(), ("--dry-run",)])
@pytest.mark.parametrize(
    ("file", "account", "sentence"),
    [
        ("没有.csv", "clerk", "没有这个文件"),
        ("名册.pdf", "clerk", "应为 .xlsx 或 .csv"),
        ("空.csv", "clerk", "是空的"),
        ("缺列.csv", "clerk", "没有找到列“身份证号"),
        ("名册.csv", "nobody", "没有在岗的账号"),
        ("名册.csv", "auditor", "没有这项权限"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_code_2(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    file: str,
    account: str,
    sentence: str,
    more: tuple[str, ...],
) -> None:
    roster(tmp_path / "名册.csv", person("王小明"))
    roster(tmp_path / "名册.pdf", person("王小明"))
    (tmp_path / "空.csv").write_text("")
    (tmp_path / "缺列.csv").write_text("姓名,居住村（社区）,户籍所在村（社区）\n王,甲,甲\n")
    path = str(tmp_path / file)
    assert main(["registry", "import", path, *more, "--account", account]) == 2
    out, err = capsys.readouterr()
    assert sentence in json.loads(out)["error"]
    assert sentence in err
    assert registered() == 0
