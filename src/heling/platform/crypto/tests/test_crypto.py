"""Sealed values open only in their own place; blind indexes are keyed and per purpose."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heling.platform import crypto
from heling.platform.crypto import CannotOpen, KeyRing, blind, seal, unseal


@given(st.text(max_size=60), st.text(min_size=1, max_size=40))
def test_what_was_sealed_opens_in_its_place(text: str, place: str) -> None:
    assert unseal(seal(text, bound_to=place), bound_to=place) == text


def test_a_value_copied_to_another_row_does_not_open() -> None:
    sealed = seal("11010519491231002X", bound_to="registry_elder.id.1")
    with pytest.raises(CannotOpen):
        unseal(sealed, bound_to="registry_elder.id.2")


@given(st.integers(min_value=0, max_value=40), st.integers(min_value=1, max_value=255))
def test_any_altered_byte_is_noticed(at: int, change: int) -> None:
    sealed = bytearray(seal("一二三四五六七", bound_to="t.c.1"))
    sealed[at % len(sealed)] ^= change
    with pytest.raises(CannotOpen):
        unseal(bytes(sealed), bound_to="t.c.1")


def test_the_same_text_seals_differently_each_time() -> None:
    assert seal("王", bound_to="x") != seal("王", bound_to="x")


def test_a_blind_index_depends_on_text_purpose_and_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = blind("110105", purpose="id")
    assert mine == blind("110105", purpose="id")
    assert mine != blind("110105", purpose="phone")
    assert mine != blind("110106", purpose="id")
    KeyRing.create(tmp_path / "other.json")
    monkeypatch.setattr(crypto, "_ring", lambda: KeyRing.load(tmp_path / "other.json"))
    assert mine != blind("110105", purpose="id")


def test_old_keys_open_what_they_sealed_after_a_new_one_is_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "keys.json"
    KeyRing.create(path)
    ring = {"now": KeyRing.load(path)}
    monkeypatch.setattr(crypto, "_ring", lambda: ring["now"])
    crypto._cipher.cache_clear()
    old = seal("旧", bound_to="p")
    raw = json.loads(path.read_text())
    raw["data"]["2"], raw["current"] = "ab" * 32, 2
    path.write_text(json.dumps(raw))
    ring["now"] = KeyRing.load(path)
    new = seal("新", bound_to="p")
    assert (unseal(old, bound_to="p"), unseal(new, bound_to="p")) == ("旧", "新")
    assert old[1:3] != new[1:3]
    crypto._cipher.cache_clear()


def test_a_new_ring_is_readable_by_its_owner_only_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    KeyRing.create(path)
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        KeyRing.create(path)
