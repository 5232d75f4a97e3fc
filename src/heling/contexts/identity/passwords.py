"""One-time passwords: made here, shown once, handed over face to face."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

from heling.kernel.errors import BadInput

LASTS = timedelta(hours=72)
# Without 0 o 1 l i: they are read aloud and copied by hand.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


def fresh() -> str:
    """Three groups of four characters: 59 bits, enough for 72 hours behind a throttle."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))


def read_username(text: str) -> str:
    """A username as it is stored: lower case. Raises BadInput."""
    username = text.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise BadInput.single(
            "用户名", "由 3 至 40 个字母、数字、点、横线或下划线组成，并以字母或数字开头，请改正"
        )
    if re.fullmatch(r"[0-9]{15}|[0-9]{17}[0-9x]", username):
        raise BadInput.single("用户名", "不要用身份证号作用户名，请换一个")
    return username


def read_name(text: str) -> str:
    name = " ".join(text.split())
    if not 1 < len(name) <= 40:
        raise BadInput.single("姓名", "请填写证件上的姓名（2 至 40 个字）")
    return name
