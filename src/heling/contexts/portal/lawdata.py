"""Laws and rules as plain data, for the interface for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from heling.contexts.portal.domain import Law
from heling.engines.law import NormBook
from heling.engines.law.model import Constant, Pack
from heling.engines.law.text import Article

Json = dict[str, Any]


def parameters_json(packs: Iterable[Pack]) -> list[Json]:
    """Every constant of the packs, each with its citation and its dated values."""
    return [_parameter(pack, constant) for pack in packs for constant in pack.constants]


def _parameter(pack: Pack, constant: Constant) -> Json:
    return {
        "word": constant.word,
        "pack": pack.id,
        "cite": constant.cite.to_json(),
        "unit": str(constant.type.unit),
        "floor": constant.floor,
        "versions": [
            {
                "from": v.period.start.isoformat(),
                "to": v.period.end.isoformat() if v.period.end else None,
                "value": v.value,
            }
            for v in constant.versions
        ],
        "filled_by": constant.filled_by,
        "status": constant.status,
        "source": constant.source,
        "note": constant.note,
    }


def articles_json(law: Law, packs: Iterable[Pack]) -> Json:
    """A law word for word, and under each article the words of the rules that cite it."""
    cited: dict[int, list[Json]] = {}
    for pack in packs:
        if pack.text is not None and pack.text.sha256 == law.text.sha256:
            _gather(pack, cited)
    return {
        "title": law.title,
        "sha256": law.text.sha256,
        "since": law.since.isoformat(),
        "since_status": law.since_status,
        "articles": [_article(a, cited.get(a.number, [])) for a in law.text.articles],
    }


def _article(article: Article, rules: list[Json]) -> Json:
    return {
        "number": article.number,
        "chapter": article.chapter,
        "paragraphs": [
            {"text": p.text, "items": [i.text for i in p.items]} for p in article.paragraphs
        ],
        "rules": rules,
    }


def _gather(pack: Pack, cited: dict[int, list[Json]]) -> None:
    parts: dict[str, tuple[Any, ...]] = {
        "grant": pack.grants,
        "norm": pack.norms,
        "constant": pack.constants,
        "definition": pack.definitions,
        "conflict": pack.conflicts,
        "interpretation": pack.interpretations,
    }
    for kind, rules in parts.items():
        for rule in rules:
            number = rule.cite.address.partition("/")[0]
            if number.isdigit():
                entry = {"kind": kind, "word": rule.word, "at": rule.cite.address, "pack": pack.id}
                cited.setdefault(int(number), []).append(entry)


def norms_json(book: NormBook) -> list[Json]:
    """What the law demands of others than elders, without applying it to anybody."""
    return [
        {
            "word": n.word,
            "kind": n.kind.value,
            "of": n.of.value,
            "cite": n.cite.label,
            "duty": n.duty.value,
            "says": n.says,
            "bearer": n.bearer,
        }
        for n in book.norms
    ]
