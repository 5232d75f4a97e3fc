"""A determination as Chinese sentences, at two reading levels.

``official``: every grant with its article, the deciding conditions as a tree, what is open, what
is 待核实. ``elder``: short sentences, no article numbers, what to do next. Both are written from
the stored determination alone.
"""

from __future__ import annotations

from typing import Literal

from heling.engines.law.determination import (
    Determination,
    Effect,
    GrantResult,
    Reason,
    Status,
    Verdict,
    WouldChange,
)
from heling.engines.law.text import chinese_numeral
from heling.engines.law.wording import quantity

Level = Literal["official", "elder"]

_SIGNS = {
    Verdict.YES: "✓",
    Verdict.NO: "✗",
    Verdict.UNKNOWN: "？",
    Verdict.OPEN: "…",
    Verdict.VALUE: "＝",
}
_EFFECTS = {
    Effect.KEEPS: "与另一项待遇比较后保留",
    Effect.YIELDS: "因另一项待遇而不再享受",
    Effect.UNKNOWN: "与另一项待遇不能重复，还要查明是否领取",
    Effect.OPEN: "与另一项待遇不能重复，如何比较尚待规定",
}


def explain_plain(determination: Determination, level: Level = "official") -> str:
    """The whole determination as text, one grant after another."""
    if level == "elder":
        return "\n\n".join(elder_sentence(g, determination) for g in _elder_order(determination))
    parts = [
        f"{chinese_numeral(n)}、{official_text(g)}"
        for n, g in enumerate(determination.grants, start=1)
    ]
    head = f"{determination.city_name} {determination.on} 的判定"
    return "\n\n".join([head, *parts, *_encouraged(determination)])


def result_sentence(grant: GrantResult) -> str:
    """应享受，每月不少于45小时 · 不符合 · 待查明 · 符合条件，数额尚待…规定."""
    if grant.status is Status.GRANTED and grant.amount is not None:
        shown = quantity(grant.amount, grant.unit, "不少于" if grant.floor else "")
        return f"{grant.status.label}，{shown}"
    if grant.status is Status.OPEN:
        return _open_sentence(grant)
    if grant.at_least is not None:
        return f"{grant.status.label}，{quantity(grant.at_least, grant.unit, '不少于')}，区县可能给得更多"
    return grant.status.label


def _open_sentence(grant: GrantResult) -> str:
    by = "、".join(dict.fromkeys(o.filled_by for o in grant.open_terms))
    conditional = any(o.part == "condition" for o in grant.open_terms)
    head = "是否符合条件" if conditional else "符合条件，具体标准"
    return f"{head}尚待{by}"


def official_text(grant: GrantResult) -> str:
    """One grant with its article and the tree of deciding conditions."""
    lines = [f"{grant.benefit}：{result_sentence(grant)}。", f"　　依据：{grant.cite.label}"]
    if grant.effect is not Effect.NONE:
        lines.append(f"　　{_EFFECTS[grant.effect]}（{grant.conflict}）")
    for reason in grant.reasons:
        lines.extend(_tree(reason, 2))
    lines += [f"　　待查明：{word}" for word in grant.missing]
    lines += [f"　　尚待规定：{a.term}（{a.filled_by}）" for a in grant.awaits]
    lines += [f"　　待核实：{m.word}（{m.note}）" for m in grant.unverified]
    lines += [f"　　如果{would_sentence(w)}" for w in grant.would_change]
    return "\n".join(lines)


def _tree(reason: Reason, depth: int) -> list[str]:
    cite = f"（{reason.cite}）" if reason.cite else ""
    lines = [f"{'　' * depth}{_SIGNS[reason.verdict]} {reason.text}{cite}"]
    for part in reason.because:
        lines.extend(_tree(part, depth + 1))
    return lines


def would_sentence(would: WouldChange) -> str:
    """满80周岁（2034-03-02），则应享受."""
    changes = "，并且".join(c.text for c in would.changes)
    return f"{changes}，则{would.status.label}"


def _encouraged(determination: Determination) -> list[str]:
    lines = [
        f"　　{e.benefit}（{e.duty}，{e.cite.label}）：{e.note}" for e in determination.encouraged
    ]
    return ["\n".join(["法规只是鼓励或者探索的事项：", *lines])] if lines else []


# For an elder


def _elder_order(determination: Determination) -> list[GrantResult]:
    """Good news first, then what is waiting, then what can be found out, then the rest."""
    order = (Status.GRANTED, Status.OPEN, Status.UNKNOWN, Status.DENIED)
    return sorted(determination.grants, key=lambda g: order.index(g.status))


def elder_sentence(grant: GrantResult, determination: Determination) -> str:
    """One grant in a few short sentences to the elder."""
    return _ELDER[grant.status](grant, determination)


def _elder_granted(grant: GrantResult, determination: Determination) -> str:
    del determination
    amount = (
        f"，{quantity(grant.amount, grant.unit, '至少' if grant.floor else '')}"
        if grant.amount is not None
        else ""
    )
    if grant.effect is Effect.YIELDS:
        return f"{grant.plain}：您本来可以享受，但因为选了或者领了另一项更合适的待遇，这一项不再重复给。"
    text = f"您可以享受：{grant.plain}{amount}。{_because(grant)}"
    if grant.effect in (Effect.UNKNOWN, Effect.OPEN):
        text += "这一项和有的待遇不能同时享受，工作人员会帮您比较。"
    return text


def _elder_open(grant: GrantResult, determination: Determination) -> str:
    del determination
    by = "、".join(dict.fromkeys(o.filled_by for o in grant.open_terms))
    if any(o.part == "condition" for o in grant.open_terms):
        return f"{grant.plain}：能不能享受，要等{by}。有了消息会告诉您。"
    return f"{grant.plain}：您符合条件，具体怎么给要等{by}。有了消息会告诉您。"


def _elder_unknown(grant: GrantResult, determination: Determination) -> str:
    asks = [q.ask for q in determination.missing if q.fact in grant.missing]
    certain = (
        f"您可以享受，{quantity(grant.at_least, grant.unit, '至少')}，有的区县给得更多。"
        if grant.at_least is not None
        else ""
    )
    return f"{grant.plain}：{certain}还差一点情况。请告诉我们：{''.join(asks)}"


def _elder_denied(grant: GrantResult, determination: Determination) -> str:
    del determination
    text = f"{grant.plain}：现在还不能享受。{_because(grant)}"
    ways = [w for w in grant.would_change if len(w.changes) == 1]
    dated = next((w.changes[0] for w in ways if w.changes[0].on is not None), None)
    return f"{text}{dated.plain}以后就可以了。" if dated else text


def _because(grant: GrantResult) -> str:
    said = [plainest(r) for r in grant.reasons if r.verdict is not Verdict.VALUE]
    clauses = list(dict.fromkeys(s for s in said if s))
    return f"因为{'，'.join(clauses)}。" if clauses else ""


def plainest(reason: Reason) -> str:
    """The plainest words that still say why: a failing or single cause is said itself."""
    while len(reason.because) == 1 and reason.word:
        reason = reason.because[0]
    if reason.verdict is Verdict.NO and reason.because and reason.joint == "all":
        return "，".join(dict.fromkeys(plainest(r) for r in reason.because))
    if not reason.word and reason.because:
        return "，".join(dict.fromkeys(plainest(r) for r in reason.because))
    return reason.plain


_ELDER = {
    Status.GRANTED: _elder_granted,
    Status.OPEN: _elder_open,
    Status.UNKNOWN: _elder_unknown,
    Status.DENIED: _elder_denied,
}
