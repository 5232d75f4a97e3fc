"""Export: a purpose, a job, a harmless file, a journal entry, and only its starter gets it."""

from __future__ import annotations

import csv
from datetime import timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from heling.kernel.actor import Actor
from heling.platform.jobs.models import Run
from heling.platform.jobs.work import carry_out
from heling.platform.journal.models import Entry
from heling.platform.lists import export
from heling.platform.lists.cells import RISKY, harmless, plain
from heling.platform.lists.definition import Column, Kind
from heling.platform.lists.tests import world
from heling.platform.lists.tests.world import OFFICIAL, entries, entry

URL = "/entries/"


def rebuilt(stored: Any) -> Actor:
    return world.people["again"]


@pytest.fixture(autouse=True)
def _worker(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ACTOR_REBUILDER = f"{__name__}.rebuilt"
    monkeypatch.setitem(world.people, "again", OFFICIAL)
    monkeypatch.setattr("heling.platform.jobs.work.import_string", lambda _: rebuilt)


def exported(client: Client, form: str = "csv", query: str = "", purpose: str = "季度探访") -> Run:
    data = {"do": "export", "format": form, "purpose": purpose}
    response = client.post(URL + query, data)
    assert response.status_code == 302, response.content.decode()
    return carry_out(Run.objects.latest("pk").pk)


def fetched(client: Client, run: Run) -> bytes:
    response = client.get(f"/jobs/{run.pk}/file/")
    assert response.status_code == 200
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_a_csv_holds_what_the_screen_shows(client: Client) -> None:
    entry("韦秀英", elder_id=3, payload={"fen": -120_50})
    entry("别岗", role="b")
    run = exported(client, query="?role=a&sort=-name")
    assert run.state == "done", run.message
    assert run.result["rows"] == 1
    table = list(csv.reader(StringIO(fetched(client, run).decode("utf-8-sig"))))
    assert table == [
        ["姓名", "老年人", "事件", "时间", "金额"],
        ["韦秀英", "3", "x", "2026-10-01 12:00", "-120.50"],
    ]


def test_an_xlsx_keeps_numbers_and_tells_who_took_it(client: Client) -> None:
    entry("=1+1", elder_id=3, payload={"fen": 300_00})
    run = exported(client, "xlsx", query="?role=a")
    book = CalamineWorkbook.from_filelike(BytesIO(fetched(client, run)))
    data = book.get_sheet_by_name("数据").to_python()
    assert data[1] == ["'=1+1", 3.0, "x", "2026-10-01 12:00", 300.0]
    notes = dict(row[:2] for row in book.get_sheet_by_name("说明").to_python())
    assert notes["导出人"] == "覃工"
    assert notes["用途"] == "季度探访"
    assert notes["条件"] == "岗位：甲岗"
    assert notes["条数"] == "1"


def test_all_chunks_are_written(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    entries(11)
    real = export.chunks
    monkeypatch.setattr(export, "chunks", lambda rows: real(rows, size=4))
    run = exported(client)
    assert run.result["rows"] == 11
    assert (run.done, run.total) == (11, 11) or Run.objects.get(pk=run.pk).done == 11


def test_it_is_in_the_journal_with_its_purpose(client: Client) -> None:
    entries(2)
    run = exported(client, query="?role=a")
    logged = Entry.objects.get(kind="lists.ListExported")
    assert logged.payload["purpose"] == "季度探访"
    assert logged.payload["rows"] == 2
    assert logged.payload["query"] == "role=a"
    assert (logged.user_id, logged.subject_id) == (7, run.pk)
    fetched(client, run)
    assert Entry.objects.get(kind="lists.ExportDownloaded").user_id == 7


@pytest.mark.parametrize("purpose", ["", "看看吧", "长" * 201])
def test_without_a_purpose_nothing_starts(client: Client, purpose: str) -> None:
    data = {"do": "export", "format": "csv", "purpose": purpose}
    html = client.post(URL, data, follow=True).content.decode()
    assert "请写明导出的用途" in html
    assert not Run.objects.exists()


def test_a_right_taken_away_meanwhile_stops_the_job(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries(1)
    less = Actor(7, "覃工", "street", frozenset({"t.see"}), territory=OFFICIAL.territory)
    monkeypatch.setitem(world.people, "again", less)
    run = exported(client)
    assert run.state == "failed"
    assert "没有导出权限" in run.message
    assert not list(Path(settings.FILES_ROOT).rglob("*.csv"))


def test_without_the_right_the_page_refuses(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    less = Actor(7, "覃工", "street", frozenset({"t.see"}), territory=OFFICIAL.territory)
    monkeypatch.setitem(world.people, "official", less)
    entries(1)
    assert 'id="export"' not in client.get(URL).content.decode()
    data = {"do": "export", "format": "csv", "purpose": "季度探访"}
    assert client.post(URL, data).status_code == 403


def test_somebody_else_does_not_get_the_file(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries(1)
    run = exported(client)
    other = Actor(8, "别人", "street", OFFICIAL.permissions, territory=OFFICIAL.territory)
    monkeypatch.setitem(world.people, "official", other)
    assert client.get(f"/jobs/{run.pk}/file/").status_code == 404
    assert client.get(f"/jobs/{run.pk}/").status_code == 404


def test_after_three_days_the_file_is_gone(client: Client) -> None:
    entries(1)
    run = exported(client)
    Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(days=3, minutes=1))
    response = client.get(f"/jobs/{run.pk}/file/")
    assert response.status_code == 404
    assert "只保留三天" in response.content.decode()
    assert not list(Path(settings.FILES_ROOT).rglob("*.csv"))


def test_the_sweep_takes_old_files_only(client: Client) -> None:
    import os

    exported(client)
    old = export.folder() / "old.csv"
    old.write_text("x")
    past = (timezone.now() - timedelta(days=4)).timestamp()
    os.utime(old, (past, past))
    assert export.sweep() == 1
    assert len(list(export.folder().iterdir())) == 1


def test_too_many_rows_for_excel_are_refused(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "XLSX_ROWS", 2)
    entries(3)
    run = exported(client, "xlsx")
    assert run.state == "failed"
    assert "请改选 CSV" in run.message
    assert exported(client, "csv").state == "done"


def test_a_failed_export_leaves_no_file(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    entries(1)

    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(export, "plain", broken)
    monkeypatch.setattr("heling.platform.jobs.work.log.exception", lambda *_: None)
    run = exported(client)
    assert run.state == "failed"
    assert not list(export.folder().iterdir())


def test_the_job_page_shows_progress_then_the_file(client: Client) -> None:
    entries(1)
    client.post(URL, {"do": "export", "format": "csv", "purpose": "季度探访"})
    run = Run.objects.latest("pk")
    waiting = client.get(f"/jobs/{run.pk}/").content.decode()
    assert 'hx-trigger="every 1s"' in waiting
    assert "排队中" in waiting
    carry_out(run.pk)
    part = client.get(f"/jobs/{run.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "hx-trigger" not in part
    assert f'href="/jobs/{run.pk}/file/"' in part
    assert "导出列表" in client.get("/jobs/").content.decode()


def test_a_waiting_job_can_be_cancelled(client: Client) -> None:
    client.post(URL, {"do": "export", "format": "csv", "purpose": "季度探访"})
    run = Run.objects.latest("pk")
    client.post(f"/jobs/{run.pk}/cancel/")
    assert carry_out(run.pk).state == "cancelled"


@given(st.text(), st.sampled_from(RISKY))
def test_no_text_starts_a_formula(text: str, sign: str) -> None:
    assert not harmless(sign + text).startswith(RISKY)
    assert harmless(sign + text) == f"'{sign}{text}"


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Kind.TEXT, "@x", "'@x"),
        (Kind.TEXT, "x=1", "x=1"),
        (Kind.TEXT, "", None),
        (Kind.NUMBER, 0, 0),
        (Kind.NUMBER, -5, -5),
        (Kind.MONEY, 1, Decimal("0.01")),
        (Kind.MONEY, None, None),
        (Kind.TEXT, True, "是"),
        (Kind.TAG, ("good", "+在册"), "'+在册"),
    ],
)
def test_values_in_a_file(kind: Kind, value: Any, expected: Any) -> None:
    column = Column(key="c", label="c", kind=kind, value=lambda _: value)
    assert plain(column, object()) == expected


def test_the_worker_knows_the_job_and_the_nightly_sweep() -> None:
    from heling.platform.jobs.schedules import _schedules
    from heling.platform.jobs.work import _jobs

    assert {export.JOB, "lists.sweep"} <= set(_jobs)
    assert "lists.sweep" in _schedules
