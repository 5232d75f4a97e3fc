"""Determinations to JSON and back.

Keys are English, words and sentences Chinese, dates ISO. A reason that names a defined word is
written in full where it first occurs and as ``{"ref": word}`` afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from heling.engines.law.determination import (
    ConflictResult,
    Determination,
    Effect,
    Encouragement,
    FactChange,
    GrantResult,
    Json,
    Mark,
    Milestone,
    OpenTerm,
    PartyResult,
    Question,
    Reading,
    Reason,
    Status,
    Verdict,
    WouldChange,
)
from heling.engines.law.norms import Examination, NormResult
from heling.engines.law.receipt import Receipt
from heling.engines.law.text import Citation
from heling.kernel.errors import BadInput

T = TypeVar("T")


def dump_determination(d: Determination) -> Json:
    """The whole determination as JSON data."""
    seen: dict[str, Reason] = {}
    return {
        "city": d.city,
        "city_name": d.city_name,
        "on": d.on.isoformat(),
        "grants": [_dump_grant(g, seen) for g in d.grants],
        "encouraged": [_dump_encouragement(e) for e in d.encouraged],
        "conflicts": [_dump_conflict(c) for c in d.conflicts],
        "missing": [_dump_question(q) for q in d.missing],
        "timeline": [_dump_milestone(m) for m in d.timeline],
        "lapsed": list(d.lapsed),
        "receipt": d.receipt.to_json(),
    }


def dump_grant(g: GrantResult) -> Json:
    """One right with its reasons, by itself."""
    return _dump_grant(g, {})


def load_grant(data: Json) -> GrantResult:
    """Inverse of :func:`dump_grant`. Raises BadInput for anything else."""
    try:
        return _load_grant(data, {})
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadInput.single("判定结果", "内容不完整或已损坏，请重新计算") from None


def _dump_grant(g: GrantResult, seen: dict[str, Reason]) -> Json:
    return {
        "id": g.id,
        "pack": g.pack,
        "benefit": g.benefit,
        "plain": g.plain,
        "entity": g.entity,
        "bearer": g.bearer,
        "cite": g.cite.to_json(),
        "status": g.status.value,
        "amount": g.amount,
        "unit": g.unit,
        "floor": g.floor,
        "effect": g.effect.value,
        "conflict": g.conflict,
        "reasons": [_dump_reason(r, seen) for r in g.reasons],
        "missing": list(g.missing),
        "open_terms": [_dump_open(o) for o in g.open_terms],
        "awaits": [_dump_open(o) for o in g.awaits],
        "unverified": [_dump_mark(m) for m in g.unverified],
        "readings": [_dump_reading(r) for r in g.readings],
        "would_change": [_dump_would(w) for w in g.would_change],
        **({} if g.at_least is None else {"at_least": g.at_least}),
    }


def _dump_reason(reason: Reason, seen: dict[str, Reason]) -> Json:
    if reason.word and seen.get(reason.word) is reason:
        return {"ref": reason.word}
    data: Json = {"verdict": reason.verdict.value, "text": reason.text}
    if reason.plain != reason.text:
        data["plain"] = reason.plain
    for key in ("cite", "word", "joint"):
        if value := getattr(reason, key):
            data[key] = value
    if reason.because:
        data["because"] = [_dump_reason(r, seen) for r in reason.because]
    if reason.word:
        seen[reason.word] = reason
    return data


def _dump_open(term: OpenTerm) -> Json:
    return {
        "term": term.term,
        "filled_by": term.filled_by,
        "cite": term.cite,
        "part": term.part,
    }


def dump_examination(e: Examination) -> Json:
    """The whole examination as JSON data."""
    seen: dict[str, Reason] = {}
    return {
        "city": e.city,
        "city_name": e.city_name,
        "entity": e.entity.value,
        "on": e.on.isoformat(),
        "norms": [_dump_norm(n, seen) for n in e.norms],
        "missing": [_dump_question(q) for q in e.missing],
        "lapsed": list(e.lapsed),
        "receipt": e.receipt.to_json(),
    }


def _dump_norm(n: NormResult, seen: dict[str, Reason]) -> Json:
    return {
        "id": n.id,
        "kind": n.kind.value,
        "pack": n.pack,
        "cite": n.cite.to_json(),
        "duty": n.duty,
        "says": n.says,
        "bearer": n.bearer,
        "standing": n.standing.value,
        "unit": n.unit,
        "required": n.required,
        "actual": n.actual,
        "gap": n.gap,
        "lowest": n.lowest,
        "highest": n.highest,
        "due": n.due.isoformat() if n.due else None,
        "reasons": [_dump_reason(r, seen) for r in n.reasons],
        "missing": list(n.missing),
        "open_terms": [_dump_open(o) for o in n.open_terms],
        "awaits": [_dump_open(o) for o in n.awaits],
        "unverified": [_dump_mark(m) for m in n.unverified],
        "readings": [_dump_reading(r) for r in n.readings],
    }


def _dump_question(q: Question) -> Json:
    return {"fact": q.fact, "ask": q.ask, "change": q.change, "decides": list(q.decides)}


def _dump_mark(mark: Mark) -> Json:
    return {"word": mark.word, "note": mark.note}


def _dump_reading(r: Reading) -> Json:
    return {"word": r.word, "cite": r.cite, "note": r.note, "status": r.status}


def _dump_would(would: WouldChange) -> Json:
    return {
        "changes": [
            {
                "fact": c.fact,
                "to": c.to,
                "text": c.text,
                "plain": c.plain,
                "change": c.change,
                "on": c.on.isoformat() if c.on else None,
            }
            for c in would.changes
        ],
        "status": would.status.value,
        "amount": would.amount,
    }


def _dump_encouragement(e: Encouragement) -> Json:
    return {
        "id": e.id,
        "pack": e.pack,
        "benefit": e.benefit,
        "duty": e.duty,
        "cite": e.cite.to_json(),
        "concerns": e.concerns.value,
        "note": e.note,
    }


def _dump_conflict(c: ConflictResult) -> Json:
    return {
        "id": c.id,
        "rule": c.rule,
        "cite": c.cite.to_json(),
        "text": c.text,
        "parties": [
            {
                "party": p.party,
                "grants": list(p.grants),
                "present": p.present.value,
                "keeps": p.keeps.value,
            }
            for p in c.parties
        ],
        "total": c.total,
        "at_least": c.at_least,
        "unit": c.unit,
        "missing": list(c.missing),
        "open_terms": [_dump_open(o) for o in c.open_terms],
    }


def _dump_milestone(m: Milestone) -> Json:
    return {
        "on": m.on.isoformat(),
        "age": m.age,
        "text": m.text,
        "changes": [{"grant": g, "status": s.value, "amount": a} for g, s, a in m.changes],
    }


def load_determination(data: Json) -> Determination:
    """Inverse of :func:`dump_determination`. Raises BadInput for anything else."""
    try:
        return _load(data)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadInput.single("判定结果", "内容不完整或已损坏，请按凭据重新计算") from None


def _load(data: Json) -> Determination:
    seen: dict[str, Reason] = {}
    return Determination(
        city=data["city"],
        city_name=data["city_name"],
        on=date.fromisoformat(data["on"]),
        grants=tuple(_load_grant(g, seen) for g in data["grants"]),
        encouraged=_many(_load_encouragement, data["encouraged"]),
        conflicts=_many(_load_conflict, data["conflicts"]),
        missing=tuple(
            Question(q["fact"], q["ask"], q["change"], tuple(q["decides"])) for q in data["missing"]
        ),
        timeline=_many(_load_milestone, data["timeline"]),
        receipt=Receipt.from_json(data["receipt"]),
        lapsed=tuple(data["lapsed"]),
    )


def _many(load: Callable[[Json], T], items: Sequence[Json]) -> tuple[T, ...]:
    return tuple(load(item) for item in items)


def _load_cite(data: Json) -> Citation:
    return Citation(data["law"], data["address"], data["label"], data["quote"])


def _load_open(data: Json) -> OpenTerm:
    return OpenTerm(data["term"], data["filled_by"], data["cite"], data["part"])


def _load_grant(g: Json, seen: dict[str, Reason]) -> GrantResult:
    return GrantResult(
        id=g["id"],
        pack=g["pack"],
        benefit=g["benefit"],
        plain=g["plain"],
        entity=g["entity"],
        bearer=g["bearer"],
        cite=_load_cite(g["cite"]),
        status=Status(g["status"]),
        amount=g["amount"],
        unit=g["unit"],
        floor=g["floor"],
        effect=Effect(g["effect"]),
        conflict=g["conflict"],
        reasons=tuple(_load_reason(r, seen) for r in g["reasons"]),
        missing=tuple(g["missing"]),
        open_terms=_many(_load_open, g["open_terms"]),
        awaits=_many(_load_open, g["awaits"]),
        unverified=tuple(Mark(m["word"], m["note"]) for m in g["unverified"]),
        readings=tuple(
            Reading(r["word"], r["cite"], r["note"], r["status"]) for r in g["readings"]
        ),
        would_change=_many(_load_would, g["would_change"]),
        at_least=g.get("at_least"),
    )


def _load_reason(data: Json, seen: dict[str, Reason]) -> Reason:
    if "ref" in data:
        return seen[data["ref"]]
    reason = Reason(
        verdict=Verdict(data["verdict"]),
        text=data["text"],
        plain=data["plain"] if "plain" in data else data["text"],
        cite=data.get("cite", ""),
        word=data.get("word", ""),
        joint=data.get("joint", ""),
        because=tuple(_load_reason(r, seen) for r in data.get("because", ())),
    )
    if reason.word:
        seen[reason.word] = reason
    return reason


def _load_would(data: Json) -> WouldChange:
    changes = tuple(
        FactChange(
            fact=c["fact"],
            to=c["to"],
            text=c["text"],
            plain=c["plain"],
            change=c["change"],
            on=date.fromisoformat(c["on"]) if c["on"] else None,
        )
        for c in data["changes"]
    )
    return WouldChange(changes, Status(data["status"]), data["amount"])


def _load_encouragement(e: Json) -> Encouragement:
    cite = _load_cite(e["cite"])
    return Encouragement(
        e["id"], e["pack"], e["benefit"], e["duty"], cite, Verdict(e["concerns"]), e["note"]
    )


def _load_conflict(c: Json) -> ConflictResult:
    return ConflictResult(
        id=c["id"],
        rule=c["rule"],
        cite=_load_cite(c["cite"]),
        text=c["text"],
        parties=tuple(
            PartyResult(p["party"], tuple(p["grants"]), Verdict(p["present"]), Verdict(p["keeps"]))
            for p in c["parties"]
        ),
        total=c["total"],
        at_least=c["at_least"],
        unit=c["unit"],
        missing=tuple(c["missing"]),
        open_terms=_many(_load_open, c["open_terms"]),
    )


def _load_milestone(m: Json) -> Milestone:
    changes = tuple((c["grant"], Status(c["status"]), c["amount"]) for c in m["changes"])
    return Milestone(date.fromisoformat(m["on"]), m["age"], m["text"], changes)
