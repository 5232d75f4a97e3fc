"""Editions: archived once, changed by nobody, signed by two."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from heling.contexts.lawbook import testing
from heling.contexts.lawbook.actions import take_in
from heling.contexts.lawbook.models import Edition, Text
from heling.contexts.lawbook.testing import NOW, PACK
from heling.engines.law.shelf import FolderShelf, default_root
from heling.kernel.actor import system
from heling.kernel.errors import Refused
from heling.platform.access.refusals import refusing
from heling.platform.access.scope import scoped
from heling.platform.journal.models import Entry
from heling.platform.testing.at_once import together, within

BY = system("升级")


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the packs that a test may change."""
    root = tmp_path / "packs"
    copytree(default_root(), root)
    monkeypatch.setenv("HELING_PACKS", str(root))
    return root


@pytest.mark.usefixtures("db")
def test_all_packs_are_archived_with_their_texts_and_once() -> None:
    shelf = FolderShelf(default_root())
    assert take_in(at=NOW, by=BY) == shelf.packs()
    assert take_in(at=NOW + timedelta(days=1), by=BY) == ()
    for row in Edition.objects.order_by("pk"):
        raw = shelf.pack(row.pack)
        assert row.raw == raw
        assert row.sha256 == hashlib.sha256(raw or b"").hexdigest()
        assert (row.number, row.known_from) == (1, NOW)
    own = Edition.objects.select_related("text").get(pack=PACK)
    assert own.text is not None
    assert own.text.content.encode() == shelf.text(own.text_name)
    assert Text.objects.count() == 2
    assert Entry.objects.filter(kind="lawbook.EditionsTakenIn").count() == 1


@pytest.mark.usefixtures("db")
def test_a_new_release_is_a_new_edition_and_going_back_another(packs: Path) -> None:
    take_in(at=NOW, by=BY)
    file = packs / f"{PACK}.yaml"
    old = file.read_bytes()
    file.write_bytes(old + b"# new\n")
    assert take_in(at=NOW, by=BY) == (PACK,)
    file.write_bytes(old)
    assert take_in(at=NOW, by=BY) == (PACK,)
    rows = list(Edition.objects.filter(pack=PACK).order_by("number"))
    assert [r.number for r in rows] == [1, 2, 3]
    assert rows[0].sha256 == rows[2].sha256 != rows[1].sha256
    assert rows[0].known_from < rows[1].known_from < rows[2].known_from


@pytest.mark.usefixtures("own_database")
def test_two_processes_start_at_once() -> None:
    results = together(within(BY, take_in, at=NOW), within(BY, take_in, at=NOW))
    assert sorted(len(r) for r in results) == [0, len(FolderShelf(default_root()).packs())]
    with scoped(BY):
        assert not Edition.objects.filter(number__gt=1).exists()


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("table", ["lawbook_edition", "lawbook_text", "lawbook_draftstep"])
@pytest.mark.parametrize("statement", ["update {} set id = id", "delete from {}", "truncate {}"])
def test_the_archive_cannot_be_changed(table: str, statement: str) -> None:
    statement = statement.replace("id = id", "sha256 = sha256")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


@pytest.mark.usefixtures("db")
def test_not_even_the_owner_changes_an_edition() -> None:
    take_in(at=NOW, by=BY)
    row = Edition.objects.get(pack=PACK)
    row.title = "别的"
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save()
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_trigger where tgname = 'append_only'"
            " and tgrelid = 'lawbook_edition'::regclass and tgenabled = 'O'"
        )
        assert cursor.fetchone() == (1,)


@pytest.mark.usefixtures("db")
def test_an_edition_is_what_its_hash_says() -> None:
    take_in(at=NOW, by=BY)
    row = Edition.objects.get(pack=PACK)
    row.pk, row.number, row.content = None, 2, row.content + "# 改\n"
    row.known_from = NOW + timedelta(days=1)
    with pytest.raises(Refused, match="内容与指纹不一致"), refusing():
        row.save(force_insert=True)


@pytest.mark.usefixtures("db")
def test_four_eyes_stand_in_the_database() -> None:
    made = testing.published()
    again = Edition.objects.get(pk=made.pk)
    for changes in (
        {"approver_id": F("author_id")},
        {"approver_id": made.writers[0], "author_id": made.writers[0] + 1},
    ):
        again.pk, again.number = None, again.number + 1
        again.known_from += timedelta(days=1)
        again.author_id, again.approver_id = made.author_id, made.approver_id
        for name, value in changes.items():
            setattr(again, name, made.author_id if isinstance(value, F) else value)
        with pytest.raises(Refused, match="不能审定"), refusing():
            again.save(force_insert=True)
    again.author_id, again.approver_id, again.reason = made.author_id, made.approver_id, " "
    with pytest.raises(Refused, match="起草人、审定人和理由"), refusing():
        again.save(force_insert=True)
