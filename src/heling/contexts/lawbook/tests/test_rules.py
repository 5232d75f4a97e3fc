"""Which rules answer: on both axes, for a receipt, and at what cost."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heling.contexts.lawbook import rules, testing
from heling.contexts.lawbook.actions import take_in
from heling.contexts.lawbook.public import norms_of, rules_of, rules_of_receipt
from heling.contexts.lawbook.testing import CITY, NORMS, NOW, PACK, TODAY
from heling.engines.law import Receipt, load_city, load_norms
from heling.engines.law.shelf import default_root
from heling.kernel.actor import system
from heling.kernel.errors import NotFound

pytestmark = pytest.mark.usefixtures("db")
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
FACTS = {
    "户籍地": CITY, "居住地": CITY, "居家": True, "出生日期": "1950-03-02", "失能等级": "重度",
    "低保": True, "护理补贴": 0,
}  # fmt: skip


def hours(on, known=None) -> int | None:  # type: ignore[no-untyped-def]
    answer = rules_of(CITY, on=on, known=known).determine(FACTS, on, outlook=False)
    return answer.grant("失能免费服务").amount


def test_without_an_edition_it_is_the_folder() -> None:
    assert rules_of(CITY, on=TODAY) is load_city(CITY)
    assert rules_of(CITY, on=TODAY, measures=True) is load_city(CITY, measures=True)
    assert norms_of(CITY, on=TODAY) is load_norms(CITY)
    take_in(at=NOW, by=system("升级"))
    assert rules_of(CITY, on=TODAY) is load_city(CITY)
    with pytest.raises(NotFound, match="没有城市"):
        rules_of("999900", on=TODAY)


def test_the_day_and_the_moment() -> None:
    since = TODAY + 30 * DAY
    edition = testing.published(effective_from=since, at=NOW)
    assert [hours(since - DAY), hours(since), hours(since + DAY)] == [45, 50, 50]
    at = edition.known_from
    assert [hours(since, at - TICK), hours(since, at), hours(since, at + TICK)] == [45, 50, 50]


def test_a_retroactive_edition_changes_the_past_from_now_on() -> None:
    past = TODAY - 30 * DAY
    edition = testing.published(effective_from=past, at=NOW)
    assert hours(past) == 50
    assert hours(past - DAY) == 45
    assert hours(past, edition.known_from - TICK) == 45


def test_another_city_keeps_its_own() -> None:
    testing.published()
    assert rules_of("450100", on=TODAY) is load_city("450100")
    assert rules_of("330200", on=TODAY) is not load_city("330200")


def test_a_published_book_of_norms() -> None:
    two = testing.pair()
    first = (rules.folder().pack(NORMS) or b"").decode().split("\n")[0]
    testing.published({first: first + "（修订）"}, pack=NORMS, people=two)
    book = norms_of(CITY, on=TODAY)
    released = {p.id: p.sha256 for p in load_norms(CITY).packs}
    assert {p.id for p in book.packs if p.sha256 != released[p.id]} == {NORMS}
    assert norms_of(CITY, on=TODAY - DAY) is load_norms(CITY)
    assert rules_of(CITY, on=TODAY).stamps == load_city(CITY).stamps


def test_it_costs_one_small_query_and_then_the_engines_memory() -> None:
    with CaptureQueriesContext(connection) as asked:
        rules_of(CITY, on=TODAY)
    assert len(asked) == 1
    testing.published()
    once = rules_of(CITY, on=TODAY)
    with CaptureQueriesContext(connection) as asked:
        assert rules_of(CITY, on=TODAY) is once
    assert len(asked) == 1
    assert "content" not in asked[0]["sql"]
    with connection.cursor() as cursor:
        # Of a handful of rows the planner may walk any index, in order, and filter: a bitmap is
        # made only of one that answers the question.
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("set local enable_indexscan = off")
        cursor.execute(f"explain {asked[0]['sql']}")
        assert "lawbook_edition_city" in "".join(row[0] for row in cursor.fetchall())


def test_the_very_packs_of_a_receipt() -> None:
    before = rules_of(CITY, on=TODAY).determine(FACTS, TODAY)
    testing.published()
    after = rules_of(CITY, on=TODAY).determine(FACTS, TODAY)
    assert before.receipt.packs != after.receipt.packs
    for answer, amount in ((before, 45), (after, 50)):
        again = rules_of_receipt(answer.receipt).recompute(answer.receipt)
        assert again.to_json() == answer.to_json()
        assert again.grant("失能免费服务").amount == amount


def test_a_receipt_outlives_its_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder moves on, by a new pack and a changed national one; the archive has the old."""
    root = tmp_path / "packs"
    copytree(default_root(), root)
    monkeypatch.setenv("HELING_PACKS", str(root))
    take_in(at=NOW, by=system("升级"))
    answer = rules_of(CITY, on=TODAY).determine(FACTS, TODAY)
    national = root / "cn/elder.yaml"
    national.write_bytes(national.read_bytes() + b"# next release\n")
    own = root / f"{PACK}.yaml"
    text = own.read_text(encoding="utf-8")
    second = text.replace("pack: 330200/home-care-2018", "pack: 330200/more-2027")
    (root / "330200/more-2027.yaml").write_text(
        "pack: 330200/more-2027\nkind: ordinance\n" + second.split("\n", 3)[3].split("facts:")[0],
        encoding="utf-8",
    )
    assert rules_of(CITY, on=TODAY).stamps != answer.receipt.packs
    again = rules_of_receipt(answer.receipt).recompute(answer.receipt)
    assert again.to_json() == answer.to_json()
    before = rules_of(CITY, on=TODAY, known=NOW)
    assert before.stamps == answer.receipt.packs, "what was known then"


def test_a_receipt_of_which_nothing_was_kept() -> None:
    receipt = load_city(CITY).determine(FACTS, TODAY).receipt
    data = receipt.to_json()
    for pack in data["packs"]:
        pack["sha256"] = "0" * 64
    with pytest.raises(NotFound, match=r"没有存档判定时用的规则包 .*home-care-2018（指纹 0{12}…）"):
        rules_of_receipt(Receipt.from_json(data))


def test_before_anything_was_archived_the_folder_answers() -> None:
    take_in(at=NOW, by=system("升级"))
    assert hours(TODAY, NOW - TICK) == 45
    assert hours(TODAY, NOW) == 45


def test_the_pages_start_without_the_solver() -> None:
    """Z3 is loaded by the first proof (docs/adr/0014), not by every process."""
    code = (
        "import sys, django; django.setup(); import heling.shell.urls;"
        "import heling.contexts.lawbook.public; sys.exit('z3' in sys.modules)"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "heling.shell.settings"}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
