"""Storing bytes in sealed chunks and giving them back as a short-lived plain file without a name.

A chunk is bound to its file and its position, so chunks cannot be swapped or dropped
unnoticed; the last one says that it is the last.
"""

from __future__ import annotations

import hashlib
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from heling.kernel.errors import BadInput
from heling.platform.crypto import seal_bytes, unseal_bytes

_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredFile:
    """``key`` finds the file again; ``sha256`` (hex) and ``size`` are of the clear bytes."""

    key: str
    sha256: str
    size: int


def store(chunks: Iterable[bytes], *, limit: int) -> StoredFile:
    """Seal what ``chunks`` yield. Raises BadInput above ``limit`` bytes and keeps nothing."""
    key = uuid.uuid4().hex
    digest, size, count = hashlib.sha256(), 0, 0
    path = _path(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb") as file:
            pending = b""
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise too_large(limit)
                digest.update(chunk)
                pending += chunk
                while len(pending) > _CHUNK:
                    _write(file, key, count, pending[:_CHUNK], last=False)
                    pending, count = pending[_CHUNK:], count + 1
            _write(file, key, count, pending, last=True)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return StoredFile(key, digest.hexdigest(), size)


def too_large(limit: int) -> BadInput:
    return BadInput.single(
        "文件", f"超过 {limit // 1024 // 1024} MB，没有接收。请按街道或社区拆成几个文件分别上传"
    )


@contextmanager
def opened(key: str) -> Iterator[BinaryIO]:
    """The clear bytes, in a file without a name: gone when closed, and when the process is killed."""
    with tempfile.TemporaryFile() as plain:
        for chunk in _read(key):
            plain.write(chunk)
        plain.seek(0)
        yield plain


def forget(key: str) -> None:
    _path(key).unlink(missing_ok=True)


def _path(key: str) -> Path:
    if not (len(key) == 32 and key.isalnum()):
        raise ValueError("not a file key")
    return Path(settings.FILES_ROOT) / key[:2] / key


def _write(file: BinaryIO, key: str, count: int, data: bytes, *, last: bool) -> None:
    sealed = seal_bytes(data, bound_to=_place(key, count, last=last))
    file.write(len(sealed).to_bytes(4, "big") + bytes([last]) + sealed)


def _read(key: str) -> Iterator[bytes]:
    with _path(key).open("rb") as file:
        count, last = 0, False
        while not last:
            head = file.read(5)
            last = head[4] == 1
            sealed = file.read(int.from_bytes(head[:4], "big"))
            yield unseal_bytes(sealed, bound_to=_place(key, count, last=last))
            count += 1


def _place(key: str, count: int, *, last: bool) -> str:
    return f"files.{key}.{count}.{'last' if last else 'more'}"
