"""One port for cryptography: sealed fields and blind indexes, with a ring of keys.

Format of a sealed value: ``1 | key id | 12-byte nonce | ciphertext | tag``. The
additional data binds it to its column and row, so a value copied to another row does
not open. Blind indexes have keys of their own (login.gov's pattern; shared/trust.md A4).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = b"\x01"


class CannotOpen(Exception):
    """The value was sealed for another row or column, with a lost key, or was altered."""


@dataclass(frozen=True)
class KeyRing:
    """Data keys by id (the newest seals, all open) and the key of the blind index."""

    current: int
    data: dict[int, bytes]
    index: bytes

    @classmethod
    def load(cls, path: Path) -> KeyRing:
        raw = json.loads(path.read_text())
        return cls(
            current=int(raw["current"]),
            data={int(k): bytes.fromhex(v) for k, v in raw["data"].items()},
            index=bytes.fromhex(raw["index"]),
        )

    @classmethod
    def create(cls, path: Path) -> None:
        """Write a fresh ring for a demonstration or a test; production brings its own."""
        path.parent.mkdir(parents=True, exist_ok=True)
        ring = {"current": 1, "data": {"1": secrets.token_hex(32)}, "index": secrets.token_hex(32)}
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(ring, file)


@lru_cache(maxsize=1)
def _ring() -> KeyRing:
    path = Path(settings.KEYS_FILE)
    if not path.exists() and settings.ENV != "production":
        KeyRing.create(path)
    return KeyRing.load(path)


@lru_cache(maxsize=8)
def _cipher(key_id: int) -> AESGCM:
    return AESGCM(_ring().data[key_id])


def seal(text: str, *, bound_to: str) -> bytes:
    """Encrypt ``text`` for the place named ``bound_to`` (``table.column.row``)."""
    return seal_bytes(text.encode(), bound_to=bound_to)


def unseal(value: bytes | memoryview, *, bound_to: str) -> str:
    """The text that :func:`seal` was given. Raises CannotOpen."""
    return unseal_bytes(value, bound_to=bound_to).decode()


def seal_bytes(data: bytes, *, bound_to: str) -> bytes:
    """The same for bytes: a chunk of a file."""
    key_id = _ring().current
    nonce = os.urandom(12)
    body = _cipher(key_id).encrypt(nonce, data, bound_to.encode())
    return _VERSION + key_id.to_bytes(2, "big") + nonce + body


def unseal_bytes(value: bytes | memoryview, *, bound_to: str) -> bytes:
    """The bytes that :func:`seal_bytes` was given. Raises CannotOpen."""
    raw = bytes(value)
    key_id = int.from_bytes(raw[1:3], "big")
    if raw[:1] != _VERSION or key_id not in _ring().data:
        raise CannotOpen(f"unknown version or key in {bound_to}")
    try:
        return _cipher(key_id).decrypt(raw[3:15], raw[15:], bound_to.encode())
    except InvalidTag:
        raise CannotOpen(bound_to) from None


def blind(text: str, *, purpose: str, size: int = 16) -> bytes:
    """Keyed fingerprint for exact search; equal texts of one purpose give equal bytes."""
    return hmac.digest(_ring().index, f"{purpose}\0{text}".encode(), hashlib.sha256)[:size]
