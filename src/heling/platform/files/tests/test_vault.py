"""Stored files are sealed, whole, limited, and gone when forgotten."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.conf import settings

from heling.kernel.errors import BadInput
from heling.platform.crypto import CannotOpen
from heling.platform.files import forget, opened, store

MB = 1024 * 1024


@pytest.fixture(autouse=True)
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "FILES_ROOT", tmp_path)


def _files(root: Path) -> list[Path]:
    return [p for p in root.rglob("*") if p.is_file()]


@pytest.mark.parametrize("size", [0, 1, MB - 1, MB, MB + 1, 3 * MB])
def test_what_was_stored_comes_back(size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    kept = store([data[: size // 2], data[size // 2 : size]], limit=4 * MB)
    assert kept.size == size
    with opened(kept.key) as file:
        assert file.read() == data[:size]
        assert os.fstat(file.fileno()).st_nlink == 0, "no name that could outlive a killed process"
    assert file.closed


def test_nothing_on_disk_is_readable(tmp_path: Path) -> None:
    store(["王小明 11010519491231002X".encode() * 100], limit=MB)
    (file,) = _files(tmp_path)
    assert b"11010519491231002X" not in file.read_bytes()


def test_a_file_above_the_limit_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="拆成几个文件"):
        store((b"x" * MB for _ in range(200)), limit=2 * MB)
    assert _files(tmp_path) == []


def test_a_lost_or_swapped_chunk_is_noticed(tmp_path: Path) -> None:
    kept = store([b"a" * (2 * MB + 5)], limit=4 * MB)
    (file,) = _files(tmp_path)
    whole = file.read_bytes()
    first = 5 + int.from_bytes(whole[:4], "big")
    file.write_bytes(whole[first:])
    with pytest.raises(CannotOpen), opened(kept.key):
        pass


def test_forgetting_removes_the_file(tmp_path: Path) -> None:
    forget(store([b"x"], limit=10).key)
    assert _files(tmp_path) == []
    with pytest.raises(ValueError, match="key"):
        forget("../../etc/passwd")
