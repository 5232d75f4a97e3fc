"""Packs by name: from a folder, from a layer over it, and never from outside."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest

from heling.engines.law import PackError, load_city
from heling.engines.law.check import check_pack
from heling.engines.law.library import cities, gather, kept, read
from heling.engines.law.recent import Recent
from heling.engines.law.shelf import FolderShelf, LayeredShelf, Shelf, shelf_of
from heling.engines.law.tests.conftest import Lab
from heling.engines.law.trouble import Findings
from heling.kernel.errors import NotFound

ON = date(2026, 11, 1)
PACK = "330200/home-care-2018"


@pytest.fixture
def folder(packs_root: Path) -> FolderShelf:
    return FolderShelf(packs_root)


def swapped(folder: Shelf, old: str, new: str) -> dict[str, bytes]:
    raw = (folder.pack(PACK) or b"").decode()
    assert old in raw
    return {PACK: raw.replace(old, new).encode()}


@pytest.mark.parametrize("name", ["../pyproject", "../../etc/passwd", "/etc/passwd", "nothing"])
def test_nothing_outside_of_the_folder_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "pyproject.yaml").write_text("x", encoding="utf-8")
    shelf = FolderShelf(tmp_path / "packs")
    assert shelf.pack(name) is None
    assert shelf.text(name) is None


def test_the_mark_follows_the_content(lab: Lab) -> None:
    shelf = FolderShelf(lab.root)
    before = shelf.mark
    assert shelf.mark == before
    lab.write("define:\n  甲: {cite: 2, is: 低保}\n")
    assert shelf.mark != before


def test_a_layer_stands_before_its_base(folder: FolderShelf) -> None:
    over = swapped(folder, "value: 45}", "value: 60}")
    layered = LayeredShelf(folder, over)
    assert layered.packs() == folder.packs()
    assert (layered.pack(PACK), layered.pack("cn/elder")) == (over[PACK], folder.pack("cn/elder"))
    assert layered.mark != folder.mark
    assert layered.mark == LayeredShelf(folder, dict(over)).mark
    facts = {
        "户籍地": "330200",
        "居住地": "330200",
        "居家": True,
        "出生日期": "1954-03-02",
        "失能等级": "重度",
        "低保": True,
    }
    hours = [
        load_city("330200", s).determine(facts, ON).grants[0].amount for s in (layered, folder)
    ]
    assert hours == [60, 45]


def test_a_layer_may_bring_a_city_and_its_text(folder: FolderShelf, lab: Lab) -> None:
    path = lab.write("grants:\n  服务: {cite: 2/1, duty: 应当, benefit: 服务, when: 低保}\n")
    text = {"trial.txt": (lab.root / "texts" / "trial.txt").read_bytes()}
    layered = LayeredShelf(folder, {"999900/trial": path.read_bytes()}, text)
    assert cities(layered) == (*cities(folder), "999900")
    assert load_city("999900", layered).determine({"低保": True}, ON).grants[0].status == "granted"
    with pytest.raises(PackError, match=r"trial\.txt"):
        load_city("999900", LayeredShelf(folder, {"999900/trial": path.read_bytes()}))


def test_a_layer_is_checked_like_a_file(folder: FolderShelf) -> None:
    over = swapped(folder, "优抚 or 见义勇为 or 困难或优待家庭", "优抚 or 没有这个词")
    report = check_pack(PACK, LayeredShelf(folder, over, files={PACK: "草稿"}))
    (finding, *_) = report.findings
    assert (finding.spot.file, finding.spot.word) == ("草稿", "优待对象")
    assert "没有这个词" in finding.message
    assert check_pack(PACK, folder).good


def test_the_same_bytes_are_read_once_and_a_changed_text_is_noticed(lab: Lab) -> None:
    lab.write()
    shelf, findings = FolderShelf(lab.root), Findings()
    first = read("999900/trial", shelf, findings)
    assert first is not None
    assert read("999900/trial", shelf, findings) is first
    (lab.root / "texts" / "trial.txt").write_text("第一条 改了。", encoding="utf-8")
    read("999900/trial", shelf, findings)
    assert any("已经改动" in f.message for f in findings.all())


def test_what_was_wrong_once_is_said_again(lab: Lab) -> None:
    lab.write("define:\n  甲: {cite: 99, is: 低保}\n")
    for _ in range(2):
        findings = Findings()
        gather(("999900/trial",), FolderShelf(lab.root), findings)
        assert len(findings) == 1


def test_an_unknown_city_names_those_that_are_there(folder: FolderShelf) -> None:
    with pytest.raises(NotFound, match="没有城市 110100") as refused:
        load_city("110100", folder)
    assert all(code in str(refused.value.hint) for code in cities(folder))


def test_what_was_built_is_kept_by_content(lab: Lab) -> None:
    lab.write()
    shelf, made = shelf_of(lab.root), []

    def build() -> object:
        made.append(object())
        return made[-1]

    assert kept(("it",), shelf, build) is kept(("it",), shelf, build)
    lab.write("define:\n  甲: {cite: 2, is: 低保}\n")
    assert kept(("it",), shelf, build) is made[1]


def test_those_who_make_a_thing_at_the_same_moment_share_one() -> None:
    recent: Recent[object] = Recent(2)
    together = threading.Barrier(2, timeout=10)

    def make() -> object:
        together.wait()  # both have found nothing by now
        return object()

    got: list[object] = []
    threads = [
        threading.Thread(target=lambda: got.append(recent.once("a", make))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got[0] is got[1] is recent.get("a")


def test_the_longest_unasked_is_forgotten_first() -> None:
    recent: Recent[int] = Recent(2)
    recent.put("a", 1)
    recent.put("b", 2)
    assert recent.get("a") == 1
    recent.put("c", 3)
    assert [recent.get(k) for k in "abc"] == [1, None, 3]
    assert recent.once("c", lambda: 4) == 3
    assert recent.once("d", lambda: 4) == 4
    recent.clear()
    assert recent.once("d", lambda: 5) == 5
