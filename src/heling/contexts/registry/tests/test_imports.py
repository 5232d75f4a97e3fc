"""Rosters: every problem said, nothing half-written, the same file twice changes nothing."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.db import connection

from heling.contexts.identity.public import RoleKey
from heling.contexts.places.testing import OTHER_CITY, OTHER_STREET, VILLAGE, plant
from heling.contexts.registry.actions import statuses, supporters
from heling.contexts.registry.domain import particulars as particulars_
from heling.contexts.registry.domain.rosters import BatchState, Verdict
from heling.contexts.registry.imports import jobs
from heling.contexts.registry.imports.actions import drop_roster, upload_roster, write_roster
from heling.contexts.registry.imports.queries import batch_page, recent_batches
from heling.contexts.registry.imports.rows import COLUMNS
from heling.contexts.registry.imports.staging import staged
from heling.contexts.registry.models import Elder, RosterBatch, RosterRow, Status, Supporter
from heling.contexts.registry.testing import actor, elder, particulars, resident_id
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Forbidden, NotFound, Refused
from heling.platform.jobs.models import Run, RunState
from heling.platform.jobs.work import cancel, carry_out

pytestmark = pytest.mark.django_db
STREET = VILLAGE[:9]


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, settings: Any) -> None:
    settings.FILES_ROOT = tmp_path / "files"


@pytest.fixture(autouse=True)
def clerk(db: None, monkeypatch: pytest.MonkeyPatch) -> Actor:
    """A street clerk; jobs rebuild their actor from accounts, which these tests do not need."""
    plant(VILLAGE)
    plant(OTHER_STREET)
    plant(OTHER_CITY)
    by = actor(RoleKey.STREET, STREET)
    monkeypatch.setattr("heling.platform.jobs.work.import_string", lambda _: lambda _: by)
    return by


def row(**cells: str) -> dict[str, str]:
    """A good row; keyword arguments replace cells."""
    return {
        "姓名": "王小明",
        "身份证号": resident_id(date(1941, 3, 5)),
        "居住村（社区）": VILLAGE,
        "户籍所在村（社区）": VILLAGE,
        "居住地址": "演示路1号",
        "居住情况": "独居",
    } | cells


def as_csv(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8-sig") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def hand_in(path: Path, by: Actor) -> RosterBatch:
    """Upload and check; the batch afterwards."""
    batch_id = upload_roster(name=path.name, chunks=[path.read_bytes()], by=by)
    carry_out(RosterBatch.objects.get(pk=batch_id).run_id or 0)
    return RosterBatch.objects.get(pk=batch_id)


def write(batch: RosterBatch, by: Actor, *, similar: bool = False) -> Any:
    return carry_out(write_roster(batch_id=batch.pk, similar=similar, by=by))


def said(batch: RosterBatch, by: Actor) -> list[tuple[int, str, str]]:
    return list(jobs.errors_of(staged(batch, verdicts=(Verdict.ERROR,), by=by)))


def test_a_roster_is_looked_at_then_written_whole(tmp_path: Path, clerk: Actor) -> None:
    rows = [
        row(
            身份类别="低保、残疾二级",
            认定文件号="演示1号、演示2号",
            认定日期="2024-01-01、2024/2/3",
        ),
        row(姓名="李秀英", 紧急联系人="李强", 紧急联系人电话="13900000001", 与老人关系="儿子"),
    ]
    batch = hand_in(as_csv(tmp_path / "名册.csv", rows), clerk)
    assert (batch.state, batch.counts["new"]) == (BatchState.CHECKED, 2)
    assert not Elder.objects.exists(), "checking writes no elder"
    assert write(batch, clerk).state == RunState.DONE
    assert Elder.objects.count() == 2
    assert sorted(Status.objects.values_list("kind", flat=True)) == ["dibao", "disability"]
    contact = Supporter.objects.get()
    # What the roster does not say, nobody has verified.
    assert (contact.name, contact.lives, contact.absent) == ("李强", "unknown", None)
    assert not RosterRow.objects.exists(), "what was read is forgotten once it is written"
    assert list((tmp_path / "files").rglob("*/*")) == []


def test_a_contact_of_the_same_home_is_near(tmp_path: Path, clerk: Actor) -> None:
    rows = [row(紧急联系人="李强", 紧急联系人电话="13900000001", 与老人关系="同住家属")]
    write(hand_in(as_csv(tmp_path / "名册.csv", rows), clerk), clerk)
    contact = Supporter.objects.get()
    assert (contact.lives, contact.absent) == ("household", False)


def test_the_same_file_again_changes_nothing(tmp_path: Path, clerk: Actor) -> None:
    path = as_csv(tmp_path / "名册.csv", [row(), row(姓名="李秀英", 联系电话="13900000002")])
    write(hand_in(path, clerk), clerk)
    before = list(Elder.objects.order_by("pk").values())
    again = hand_in(path, clerk)
    assert again.counts == {"new": 0, "same": 2, "changed": 0, "similar": 0, "error": 0}
    with pytest.raises(Refused, match="没有可以写入的行"):
        write_roster(batch_id=again.pk, similar=False, by=clerk)
    assert list(Elder.objects.order_by("pk").values()) == before


def test_the_same_statuses_again_are_no_change(tmp_path: Path, clerk: Actor) -> None:
    certified = {"身份类别": "低保", "认定文件号": " 演示1号", "认定日期": "2024-01-01"}
    first = row() | certified
    write(hand_in(as_csv(tmp_path / "a.csv", [first]), clerk), clerk)
    later = first | {"身份类别": "dibao"}
    assert hand_in(as_csv(tmp_path / "b.csv", [later]), clerk).counts["same"] == 1


def test_a_row_is_checked_once_while_it_is_written(
    tmp_path: Path, clerk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check of the file is another job, on another day perhaps; writing reads each row anew,
    and what it has read goes into the load as it is."""
    contact = {"紧急联系人": "李强", "紧急联系人电话": "13900000001", "与老人关系": "儿子"}
    certified = {"身份类别": "低保", "认定文件号": "演示1号", "认定日期": "2024-01-01"}
    batch = hand_in(as_csv(tmp_path / "名册.csv", [row(**contact, **certified), row()]), clerk)
    read: list[str] = []

    def counting(module: Any, name: str) -> None:
        real = getattr(module, name)

        def count(*args: Any) -> Any:
            read.append(name)
            return real(*args)

        monkeypatch.setattr(module, name, count)

    counting(particulars_, "_resident_id")
    counting(statuses, "_grade")
    counting(supporters, "_phone")
    assert write(batch, clerk).state == RunState.DONE
    assert sorted(read) == ["_grade", "_phone", "_resident_id", "_resident_id"]


def test_what_changed_is_brought_up_to_date_and_blanks_erase_nothing(
    tmp_path: Path, clerk: Actor
) -> None:
    first = row(联系电话="13900000003", 文化程度="小学")
    write(hand_in(as_csv(tmp_path / "a.csv", [first]), clerk), clerk)
    later = first | {"文化程度": "", "居住情况": "与子女居住", "居住地址": "演示路9号"}
    later |= {"身份类别": "低保", "认定文件号": "演示3号", "认定日期": "2025年1月1日"}
    batch = hand_in(as_csv(tmp_path / "b.csv", [later]), clerk)
    (changed,) = staged(batch, verdicts=(Verdict.CHANGED,), by=clerk)
    assert changed.notes == ("居住情况", "居住地址", "身份认定")
    write(batch, clerk)
    person = Elder.objects.select_related("household").get()
    assert (person.living, person.education) == ("children", "primary")
    assert (person.household.address, person.phone_masked) == ("演示路9号", "139****0003")
    assert Status.objects.get().document == "演示3号"


WRONG = resident_id(date(1941, 3, 5))
WRONG = WRONG[:-1] + ("0" if WRONG[-1] != "0" else "1")
BAD: list[tuple[dict[str, str], str, str]] = [
    ({"身份证号": WRONG}, "身份证号", "校验位"),
    ({"身份证号": "99010319410305001"}, "身份证号", "17 位"),
    ({"身份证号": resident_id(date(2027, 3, 1))}, "身份证号", "今天之后"),
    ({"姓名": " "}, "姓名", "没有填写"),
    ({"出生日期": "1941-04-05"}, "出生日期", "不一致"),
    ({"出生日期": "1941-13-05"}, "出生日期", "不是日期"),
    ({"性别": "女"}, "性别", "第 17 位"),
    ({"联系电话": "1390000000"}, "电话", "11 位"),
    ({"居住村（社区）": "没有这个村"}, "居住村（社区）", "没有找到"),
    ({"居住村（社区）": OTHER_STREET}, "居住村（社区）", "辖区"),
    ({"居住村（社区）": VILLAGE[:9] + "777"}, "居住村（社区）", "没有这个区划"),
    ({"居住情况": "住院"}, "居住情况", "可选范围"),
    ({"身份类别": "低保", "认定日期": "2024-01-01"}, "身份类别", "没有认定文件不能登记"),
    ({"身份类别": "首富", "认定文件号": "1", "认定日期": "2024-01-01"}, "身份类别", "可选范围"),
    ({"紧急联系人": "李强", "紧急联系人电话": "123"}, "紧急联系人电话", "11 位"),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "where", "words"), BAD)
def test_each_problem_is_said_where_it_is(
    tmp_path: Path, clerk: Actor, cells: dict[str, str], where: str, words: str
) -> None:
    batch = hand_in(as_csv(tmp_path / "名册.csv", [row(姓名="李秀英"), row(**cells)]), clerk)
    problems = said(batch, clerk)
    assert batch.counts["error"] == 1
    assert any(n == 3 and where in w and words in m for n, w, m in problems), problems
    write(batch, clerk)
    assert Elder.objects.count() == 1, "the good row is written, the bad one is not"


def test_harmless_slips_of_the_keyboard_are_mended(tmp_path: Path, clerk: Actor) -> None:
    number = resident_id(date(1941, 3, 5))
    wide = number.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ"))
    slip = row(姓名="　王 小明 ", 身份证号=f" {wide} ", 出生日期="1941年3月5日")
    write(hand_in(as_csv(tmp_path / "名册.csv", [slip], encoding="gb18030"), clerk), clerk)
    assert Elder.objects.get().name == "王小明"
    assert Elder.objects.get().id_masked[-4:] == number[-4:]


def test_one_person_on_two_lines_and_a_namesake(tmp_path: Path, clerk: Actor) -> None:
    elder(birth=date(1941, 3, 5), name="王小明", code=VILLAGE)
    twice = row(姓名="李秀英")
    batch = hand_in(as_csv(tmp_path / "名册.csv", [row(), twice, twice]), clerk)
    assert (batch.counts["similar"], batch.counts["new"], batch.counts["error"]) == (1, 1, 1)
    assert said(batch, clerk)[0][2].startswith("与第 3 行相同")
    write(batch, clerk)
    assert Elder.objects.count() == 2, "a possible duplicate waits for a decision"


def test_who_is_registered_elsewhere_is_not_named(tmp_path: Path, clerk: Actor) -> None:
    person = particulars(code=OTHER_CITY, birth=date(1941, 3, 5), name="赵隐名")
    elder(code=OTHER_CITY, birth=date(1941, 3, 5), name="赵隐名", resident_id=person.resident_id)
    batch = hand_in(as_csv(tmp_path / "名册.csv", [row(身份证号=person.resident_id)]), clerk)
    (problem,) = said(batch, clerk)
    assert "已在本市登记" in problem[2]
    assert "赵" not in problem[2]


def test_somebody_registered_in_between_takes_the_whole_batch_back(
    tmp_path: Path, clerk: Actor
) -> None:
    late = row(姓名="李秀英")
    batch = hand_in(as_csv(tmp_path / "名册.csv", [row(), late]), clerk)
    elder(birth=date(1941, 3, 5), resident_id=late["身份证号"], code=VILLAGE)
    run = write(batch, clerk)
    assert run.state == RunState.FAILED
    assert "已登记" in run.message
    assert Elder.objects.count() == 1, "nothing half-written"
    assert RosterBatch.objects.get().state == BatchState.CHECKED


def test_a_committee_may_not_bring_in_statuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = actor(RoleKey.COMMITTEE, VILLAGE)
    monkeypatch.setattr("heling.platform.jobs.work.import_string", lambda _: lambda _: by)
    certified = row(身份类别="低保", 认定文件号="演示1号", 认定日期="2024-01-01")
    batch = hand_in(as_csv(tmp_path / "名册.csv", [row(姓名="李秀英"), certified]), by)
    assert "街道" in said(batch, by)[0][2]
    assert batch.counts["new"] == 1


def test_strangers_neither_see_nor_write(tmp_path: Path, clerk: Actor) -> None:
    batch = hand_in(as_csv(tmp_path / "名册.csv", [row()]), clerk)
    stranger = actor(RoleKey.STREET, OTHER_CITY[:9])
    with pytest.raises(NotFound):
        write_roster(batch_id=batch.pk, similar=False, by=stranger)
    with pytest.raises(Forbidden):
        upload_roster(name="a.csv", chunks=[b"x"], by=actor(RoleKey.AUDITOR, "990103"))


def test_a_dropped_batch_is_forgotten(tmp_path: Path, clerk: Actor) -> None:
    batch = hand_in(as_csv(tmp_path / "名册.csv", [row()]), clerk)
    drop_roster(batch_id=batch.pk, by=clerk)
    assert not RosterRow.objects.exists()
    with pytest.raises(Refused, match="已放弃"):
        write_roster(batch_id=batch.pk, similar=False, by=clerk)


def test_no_clear_number_lies_in_the_tables_of_an_import(tmp_path: Path, clerk: Actor) -> None:
    good, bad = row(联系电话="13912345678"), row(身份证号=WRONG)
    hand_in(as_csv(tmp_path / "名册.csv", [good, bad]), clerk)
    with connection.cursor() as cursor:
        cursor.execute(
            "select string_agg(r::text, '') || (select string_agg(b::text, '')"
            " from registry_import_batch b) || (select string_agg(j::text, '') from jobs_run j)"
            " || (select string_agg(e::text, '') from journal_entry e) from registry_import_row r"
        )
        text = cursor.fetchone()[0]
    for secret in (good["身份证号"], bad["身份证号"], "13912345678", "王小明"):
        assert secret not in text
        assert secret.encode().hex() not in text


# --- the file itself ------------------------------------------------------------------------


def workbook(path: Path, fill: Callable[[Any], None], sheet: str = "名册") -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        fill(book.add_worksheet(sheet))
    return path


def _headings(sheet: Any, *, at: int = 0) -> None:
    for column, heading in enumerate(COLUMNS):
        sheet.write_string(at, column, heading)


def _line(sheet: Any, number: int, cells: dict[str, str]) -> None:
    for column, heading in enumerate(COLUMNS):
        sheet.write_string(number, column, cells.get(heading, ""))


def test_headings_may_stand_below_a_title(tmp_path: Path, clerk: Actor) -> None:
    def fill(sheet: Any) -> None:
        sheet.write_string(0, 0, "某街道老年人名册")
        _headings(sheet, at=1)
        _line(sheet, 2, row())

    assert hand_in(workbook(tmp_path / "名册.xlsx", fill), clerk).counts["new"] == 1


def test_a_wrong_sheet_is_named_with_what_is_missing(tmp_path: Path, clerk: Actor) -> None:
    path = workbook(tmp_path / "a.xlsx", lambda s: s.write_row(0, 0, ["姓名", "电话"]), "汇总")
    batch = hand_in(path, clerk)
    assert batch.state == BatchState.UNREADABLE
    assert "汇总" in batch.problem
    assert "身份证号" in batch.problem
    assert list((tmp_path / "files").rglob("*/*")) == []


def test_formula_cells_are_refused_by_their_address(tmp_path: Path, clerk: Actor) -> None:
    def fill(sheet: Any) -> None:
        _headings(sheet)
        _line(sheet, 1, row())
        sheet.write_formula(1, 8, "=A2&B2", None, "13900000001")

    batch = hand_in(workbook(tmp_path / "a.xlsx", fill), clerk)
    assert batch.state == BatchState.UNREADABLE
    assert "I2" in batch.problem
    assert "公式" in batch.problem


def test_a_number_that_the_spreadsheet_has_cut_is_not_taken(tmp_path: Path, clerk: Actor) -> None:
    def fill(sheet: Any) -> None:
        _headings(sheet)
        _line(sheet, 1, row())
        sheet.write_number(1, 3, 990103194103050012)

    batch = hand_in(workbook(tmp_path / "a.xlsx", fill), clerk)
    assert batch.counts["error"] == 1


UNREADABLE = [
    ("a.xlsx", b"this is no archive", "不是有效的 .xlsx"),
    ("a.xlsx", b"PK\x05\x06" + b"\0" * 18, "打不开"),
    ("a.csv", b"", "是空的"),
    ("a.csv", "姓名,身份证号,身份证号\n".encode(), "没有找到列"),
]


@pytest.mark.parametrize(("name", "data", "words"), UNREADABLE)
def test_a_broken_file_is_said_plainly(
    clerk: Actor, tmp_path: Path, name: str, data: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(data)
    batch = hand_in(tmp_path / name, clerk)
    assert batch.state == BatchState.UNREADABLE
    assert words in batch.problem


def test_a_bomb_is_not_unpacked(tmp_path: Path, clerk: Actor) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (60 * 1024 * 1024))
    assert "异常巨大" in hand_in(tmp_path / "a.xlsx", clerk).problem


def test_a_file_of_200_mb_is_refused_and_leaves_nothing(tmp_path: Path, clerk: Actor) -> None:
    with pytest.raises(BadInput, match="拆成几个文件"):
        upload_roster(name="a.csv", chunks=(b"x" * 2**20 for _ in range(200)), by=clerk)
    assert not RosterBatch.objects.exists()
    assert [p for p in (tmp_path / "files").rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("name", ["a.xls", "a.pdf", "a"])
def test_other_kinds_of_file_are_refused_with_advice(clerk: Actor, name: str) -> None:
    with pytest.raises(BadInput, match="另存为"):
        upload_roster(name=name, chunks=[b"x"], by=clerk)


# --- the run behind it ----------------------------------------------------------------------


def test_a_run_that_was_killed_after_its_commit_writes_nothing_twice(
    tmp_path: Path, clerk: Actor
) -> None:
    batch = hand_in(as_csv(tmp_path / "名册.csv", [row(), row(姓名="李秀英")]), clerk)
    run = write(batch, clerk)
    Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING, result=None)
    again = carry_out(run.pk)
    assert (again.state, again.result) == (RunState.DONE, run.result)
    assert Elder.objects.count() == 2


def test_a_check_that_was_killed_after_its_commit_is_not_repeated(
    tmp_path: Path, clerk: Actor
) -> None:
    batch = hand_in(as_csv(tmp_path / "名册.csv", [row()]), clerk)
    Run.objects.filter(pk=batch.run_id or 0).update(state=RunState.RUNNING, result=None)
    again = carry_out(batch.run_id or 0)
    assert (again.state, again.result) == (RunState.DONE, batch.counts)
    assert RosterRow.objects.count() == 1


def test_a_check_that_is_stopped_says_so_and_forgets_the_file(tmp_path: Path, clerk: Actor) -> None:
    path = as_csv(tmp_path / "名册.csv", [row()])
    batch_id = upload_roster(name=path.name, chunks=[path.read_bytes()], by=clerk)
    run_id = RosterBatch.objects.get(pk=batch_id).run_id or 0
    Run.objects.filter(pk=run_id).update(cancel_requested=True)
    assert carry_out(run_id).state == RunState.CANCELLED
    batch = RosterBatch.objects.get(pk=batch_id)
    assert (batch.state, "停止" in batch.problem) == (BatchState.UNREADABLE, True)
    assert not RosterRow.objects.exists()
    assert list((tmp_path / "files").rglob("*/*")) == []


def test_a_bug_while_checking_is_not_left_hanging(
    tmp_path: Path, clerk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(jobs, "compare", broken)
    batch = hand_in(as_csv(tmp_path / "名册.csv", [row()]), clerk)
    assert batch.state == BatchState.UNREADABLE
    assert "系统出错" in batch.problem
    assert "ZeroDivision" not in batch.problem


def test_a_check_stopped_in_the_queue_is_shown_as_ended_and_can_be_dropped(
    tmp_path: Path, clerk: Actor
) -> None:
    path = as_csv(tmp_path / "名册.csv", [row()])
    batch_id = upload_roster(name=path.name, chunks=[path.read_bytes()], by=clerk)
    cancel(Run.objects.get(pk=RosterBatch.objects.get(pk=batch_id).run_id or 0))
    assert batch_page(batch_id, by=clerk).state is BatchState.UNREADABLE
    assert recent_batches(by=clerk)[0].state is BatchState.UNREADABLE
    drop_roster(batch_id=batch_id, by=clerk)
    assert recent_batches(by=clerk)[0].state is BatchState.DROPPED


def test_a_dropped_batch_is_not_checked_any_more(tmp_path: Path, clerk: Actor) -> None:
    path = as_csv(tmp_path / "名册.csv", [row()])
    batch_id = upload_roster(name=path.name, chunks=[path.read_bytes()], by=clerk)
    drop_roster(batch_id=batch_id, by=clerk)
    carry_out(RosterBatch.objects.get(pk=batch_id).run_id or 0)
    assert RosterBatch.objects.get(pk=batch_id).state == BatchState.DROPPED
    assert not RosterRow.objects.exists()
