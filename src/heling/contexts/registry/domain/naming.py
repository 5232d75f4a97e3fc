"""Names as people search them: one spelling, its pinyin, and the tokens of the search index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pypinyin import lazy_pinyin

from heling.kernel.text import compact, half_width

_DOTS = re.compile(r"\s*[·•・‧．.]\s*")
# Surnames whose common reading differs from the character's usual one.
_SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "区": "ou", "解": "xie", "查": "zha", "朴": "piao",
    "尹": "yin", "覃": "qin", "黑": "he", "盖": "ge", "缪": "miao", "翟": "zhai", "乐": "yue",
    "任": "ren", "洗": "xian", "冼": "xian", "秘": "bi", "繁": "po", "折": "she", "召": "shao",
    "员": "yun", "能": "nai", "种": "chong", "重": "chong", "尉": "wei", "隗": "wei", "幺": "yao",
    "都": "du", "宁": "ning", "葛": "ge", "华": "hua", "纪": "ji", "万": "wan", "长": "chang",
}  # fmt: skip


def tidy_name(text: str) -> str:
    """A name without odd spaces and with one kind of middle dot (``买买提·艾力``)."""
    return _DOTS.sub("·", re.sub(r"\s+", "", half_width(text)))


def spell(name: str) -> tuple[str, str]:
    """Pinyin with a space between syllables, and its initials: ``王小明`` → ``wang xiao ming, wxm``."""
    syllables = [
        _SURNAMES[char] if at == 0 and char in _SURNAMES else _read(char)
        for at, char in enumerate(name)
        if char != "·"
    ]
    syllables = [s for s in syllables if s]
    return " ".join(syllables), "".join(s[0] for s in syllables)


@lru_cache(maxsize=8192)
def _read(char: str) -> str:
    return re.sub(r"[^a-z0-9]", "", lazy_pinyin(char)[0].lower())


def name_keys(name: str) -> Iterator[str]:
    """The whole name and every two neighbouring characters of it."""
    bare = name.replace("·", "")
    yield f"n:{bare}"
    for at in range(len(bare) - 1):
        yield f"n:{bare[at : at + 2]}"


def search_keys(name: str, *, id_tail: str, phones: tuple[str, ...]) -> frozenset[str]:
    """Every text under which a person is found, each with the letter of its kind.

    The keyed fingerprints of these are the search index; the texts themselves are
    stored nowhere. ``phones`` are E.164: the person's own and those of supporters.
    """
    pinyin, initials = spell(name)
    keys = {*name_keys(name), f"t:{id_tail}"}
    if pinyin:
        keys |= {f"p:{pinyin.replace(' ', '')}", f"i:{initials}"}
    return frozenset(keys | {f"f:{p}" for p in phones})


def tidy_address(text: str) -> str:
    """An address to store: half-width, without doubled spaces."""
    return re.sub(r"\s+", " ", half_width(text))


def address_key(text: str) -> str:
    """An address to compare: no spaces, no punctuation, ``号楼/栋/幢`` and the like as typed."""
    return re.sub(r"[,，。、;；:：()（）#]", "", compact(text)).lower()[:200]


def readable_phone(e164: str) -> str:
    """``+8613812345678`` as people dial it: ``138 1234 5678``; landlines with their 0."""
    local = e164.removeprefix("+86")
    if local.startswith("1") and len(local) == 11:
        return f"{local[:3]} {local[3:7]} {local[7:]}"
    return f"0{local}" if local else ""
