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
from heling.contexts.registry.queries.cards import ElderCard, elder_cards
from heling.contexts.registry.sealing import blind_id, token
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput
from heling.kernel.identifiers import ResidentId
from heling.kernel.phone import parse_phone
from heling.kernel.text import compact, half_width

_TAIL = re.compile(r"[0-9]{3}[0-9X]")
_LONG = re.compile(r"[0-9]{14}[0-9]([0-9]{2}[0-9X])?")
_LATIN = re.compile(r"[a-z]{2,}")
_HOW = "请输入姓名（至少两个字）、拼音或首字母、证件号后四位、完整证件号或电话"


def search(text: str, *, by: Actor, limit: int = 50) -> list[ElderCard]:
    """Cards of the elders in scope that match every word, by id. BadInput for an odd word."""
    ids = list(found_by(text, by=by).order_by("pk").values_list("pk", flat=True)[:limit])
    return list(elder_cards(ids, by=by).values())


def found_by(text: str, *, by: Actor, today: date | None = None) -> QuerySet[Elder]:
    """The elders in scope that match every word of ``text``, unordered."""
    found: QuerySet[Elder] = Elder.objects.visible_to(by).exclude(state=ElderState.MERGED)
    for word in _words(text):
        found = _narrow(found, word, by=by, today=today or date.max)
    return found


def _words(text: str) -> list[str]:
    """Words as typed; syllables of pinyin and groups of a phone number are put together."""
    raw = half_width(text).lower()
    raw = re.sub(r"(?<=[a-z])[\s']+(?=[a-z])", "", raw)
    raw = re.sub(r"(?<=[0-9])[\s-]+(?=[0-9])", "", raw)
    words = raw.split()
    if not words:
        raise BadInput.single("查找", _HOW)
    return words


def _narrow(found: QuerySet[Elder], word: str, *, by: Actor, today: date) -> QuerySet[Elder]:
    upper = compact(word).upper()
    if _LONG.fullmatch(upper):
        number = ResidentId.parse(upper, today=today)
        return found.filter(id_blind=blind_id(number))
    keys = _keys(word, upper)
    matching: QuerySet[ElderToken] = ElderToken.objects.visible_to(by).filter(
        token__in=[token(k) for k in keys]
    )
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
