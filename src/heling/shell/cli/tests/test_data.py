"""The commands that work on the database, as processes: exit codes and sentences."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from heling.platform.embedded.postgres import APP, OWNER
from heling.platform.testing.plugin import clone, ensure_template
from heling.shell.cli import main


@pytest.fixture(scope="module")
def environment(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, str]]:
    """A migrated database of our own, named by DATABASE_URL."""
    del django_db_setup
    name = f"heling_cli_{os.getpid()}"
    with django_db_blocker.unblock():
        clone(name, ensure_template())
        connection.close()
    server = settings.CONFIG.server
    yield {
        **os.environ,
        "HELING_ENV": "test",
        "DATABASE_URL": server.url(name, APP),
        "DATABASE_OWNER_URL": server.url(name, OWNER),
    }
    server.psql("postgres", f"drop database if exists {name} with (force)")


def heling(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "heling", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("seed", "--elders", "-5"), "老年人数：-5 不行"),
        (("seed", "--elders", "10", "--seed", "-1"), "随机种子：-1 不行"),
        (("seed", "--elders", "10", "--division", "南宁"), "应为 2、4、6、9 或 12 位数字"),
        (("seed", "--elders", "10", "--division", "999900"), "数据包里没有"),
        (("seed",), "请写明 --elders"),
        (("seed", "--elders", "5", "--roster", "x.csv"), "请写明 --elders"),
        (("seed", "--roster", "x.pdf"), ".xlsx 或 .csv"),
        (("city", "--elders", "3"), "至少要 100 人"),
        (("audit", "--city", "990100"), "没有区划 990100"),
        (("database", "start"), "外部数据库"),
    ],
)
def test_bad_input_is_answered_in_one_sentence(
    arguments: tuple[str, ...],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Exit code 2, a sentence on standard error, JSON as the last line of standard output."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://outside/the-one-of-this-test")
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert sentence in err
    assert sentence in json.loads(out.splitlines()[-1])["error"]


@pytest.mark.slow
def test_seed_registers_and_audit_finds_nothing_wrong(
    environment: dict[str, str], tmp_path: Path
) -> None:
    division = "450103002"
    done = heling(environment, "seed", "--elders", "50", "--division", division)
    assert done.returncode == 0, done.stderr
    assert "登记了 50 位老年人" in done.stdout
    again = heling(environment, "seed", "--elders", "50", "--division", division)
    assert again.returncode == 2
    assert "已经全部生成" in again.stderr
    report = heling(environment, "audit")
    assert report.returncode == 0, report.stderr
    assert json.loads(report.stdout)["clean"] is True
    roster = tmp_path / "花名册.csv"
    written = heling(
        environment, "seed", "--roster", str(roster), "--rows", "20", "--division", division
    )
    assert written.returncode == 0, written.stderr
    assert len(roster.read_text("utf-8-sig").splitlines()) == 21


@pytest.mark.slow
@pytest.mark.parametrize("after", [2, 12])
def test_the_worker_stops_in_order(environment: dict[str, str], after: int) -> None:
    """Two seconds: while it starts. Twelve: when it works, on any but the busiest machine."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "heling", "worker"], env=environment, stderr=subprocess.PIPE
    )
    try:
        time.sleep(after)
        assert worker.poll() is None, worker.stderr and worker.stderr.read()
        worker.send_signal(signal.SIGTERM)
        _, said = worker.communicate(timeout=60)
        assert worker.returncode == 0, said
        assert b"Traceback" not in said
    finally:
        worker.kill()
        worker.wait()
