"""Finding an elder by what a caller says: name, pinyin, initials, last four digits, phone, ID.

Several words narrow each other (``王小明 0012``). Every word is one btree equality, so the
answer takes the same time in a community and in a city (shared/trust.md A3).
"""

from __future__ import annotations

import re
from datetime import date

from django.db.models import QuerySet

from heling.contexts.registry.domain.naming import tidy_name
from heling.contexts.registry.domain.states import ElderState
from heling.contexts.registry.models import Elder, ElderToken
from heling.contexts.registry.models.people import same_bounds
from heling.contexts.registry.queries.cards import ElderCard, elder_cards
from heling.contexts.registry.sealing import blind_id, token
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput
from heling.kernel.identifiers import ResidentId
from heling.kernel.phone import parse_phone
from heling.kernel.text import compact, half_width

_TAIL = re.compile(r"[0-9]{3}[0-9X]")
_TAIL_DIGITS = 4
_MOST = 50  # people who share one number
_LONG = re.compile(r"[0-9]{14}[0-9]([0-9]{2}[0-9X])?")
_LATIN = re.compile(r"[a-z]{2,}")
_HOW = "请输入姓名（至少两个字）、拼音或首字母、证件号后四位、完整证件号或电话"


def search(text: str, *, by: Actor, limit: int = 50) -> list[ElderCard]:
    """Cards of the elders in scope that match every word, by id. BadInput for an odd word."""
    ids = list(found_by(text, by=by).order_by("pk").values_list("pk", flat=True)[:limit])
    return list(elder_cards(ids, by=by).values())


def found_by(text: str, *, by: Actor, today: date | None = None) -> QuerySet[Elder]:
    """The elders in scope that match every word of ``text``, unordered."""
    return narrowed(Elder.objects.visible_to(by).exclude(state=ElderState.MERGED), text, today)


def narrowed(found: QuerySet[Elder], text: str, today: date | None = None) -> QuerySet[Elder]:
    """Those of the elders who match every word of ``text``. BadInput for an odd word.

    The rows come from ``visible_to``; tokens are looked up inside the same bounds.
    """
    for word in _words(text):
        found = _narrow(found, word, today=today or date.max)
    return found


def has_whole_number(text: str) -> bool:
    """Whether a text holds more digits than the end of a number: it may stand in no address."""
    return sum(c.isdigit() for c in text) > _TAIL_DIGITS


def behind_number(by: Actor, text: str) -> list[int]:
    """Ids of the elders in scope behind a text with whole numbers in it, first ones first."""
    return list(found_by(text, by=by).order_by("pk").values_list("pk", flat=True)[:_MOST])


def _words(text: str) -> list[str]:
    """Words as typed; syllables of pinyin and groups of a phone number are put together."""
    raw = half_width(text).lower()
    raw = re.sub(r"(?<=[a-z])[\s']+(?=[a-z])", "", raw)
    raw = re.sub(r"(?<=[0-9])[\s-]+(?=[0-9])", "", raw)
    words = raw.split()
    if not words:
        raise BadInput.single("查找", _HOW)
    return words


def _narrow(found: QuerySet[Elder], word: str, *, today: date) -> QuerySet[Elder]:
    upper = compact(word).upper()
    if _LONG.fullmatch(upper):
        number = ResidentId.parse(upper, today=today)
        return found.filter(id_blind=blind_id(number))
    keys = _keys(word, upper)
    matching = ElderToken.objects.filter(same_bounds(found), token__in=[token(k) for k in keys])
    return found.filter(pk__in=matching.values("elder_id"))


def _keys(word: str, upper: str) -> list[str]:
    if _TAIL.fullmatch(upper):
        return [f"t:{upper}"]
    if any(c.isdigit() for c in word):
        try:
            return [f"f:{parse_phone(word)}"]
        except BadInput:
            raise BadInput.single("查找", f"“{word}”不完整。{_HOW}") from None
    if _LATIN.fullmatch(word):
        return [f"p:{word}", f"i:{word}"]
    name = tidy_name(word).replace("·", "")
    if len(name) < 2:
        raise BadInput.single("查找", f"“{word}”太短。{_HOW}")
    return [f"n:{name}"]
