"""What is put into the rule book when the platform starts, and what is said about it."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from heling.contexts.lawbook.models import Edition
from heling.contexts.lawbook.testing import CITY, published
from heling.engines.law.shelf import FolderShelf, default_root
from heling.shell.cli.hosting import archive_packs

pytestmark = pytest.mark.usefixtures("db")


def test_a_start_archives_the_packs_once(capsys: pytest.CaptureFixture[str]) -> None:
    archive_packs()
    archive_packs()
    assert Edition.objects.count() == len(FolderShelf(default_root()).packs())
    assert capsys.readouterr().err == ""


def test_a_release_that_does_not_fit_a_citys_own_edition_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    archive_packs()
    published()
    root = tmp_path / "packs"
    copytree(default_root(), root)
    monkeypatch.setenv("HELING_PACKS", str(root))
    national = root / "cn/elder.yaml"
    text = national.read_text(encoding="utf-8")
    national.write_text(text.replace("  独居:", "  一个人住:"), encoding="utf-8")
    archive_packs()
    said = capsys.readouterr().err
    assert f"{CITY} 的规则不能用了" in said
    assert "独居" in said
