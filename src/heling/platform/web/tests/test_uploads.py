"""200 MB are refused by their length, before a byte is read."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_huge_request_is_refused_with_advice() -> None:
    answer = Client().post(
        "/", data=b"", content_type="text/plain", CONTENT_LENGTH=str(200 * 1024 * 1024)
    )
    assert answer.status_code == 413
    assert "拆成几个文件" in answer.content.decode()


@pytest.mark.parametrize("length", ["-1", "abc", "1e9"])
def test_a_nonsense_length_is_refused(length: str) -> None:
    answer = Client().post("/", data=b"", content_type="text/plain", CONTENT_LENGTH=length)
    assert answer.status_code == 413
