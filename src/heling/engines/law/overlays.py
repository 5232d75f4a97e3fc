"""District overlays: a county gives more than its city's lower limits, and never less.

An overlay is no special case of any fold. The word of a raised constant becomes an ordinary
expression over the constant, the district of residence and the overlay's own period, so unknown
districts, other days and other residents behave there as everywhere.
"""

from __future__ import annotations

from heling.engines.law import syntax
from heling.engines.law.graph import Graph, Node, Op
from heling.engines.law.model import Constant, Definition, District, Pack, Raise, Version
from heling.engines.law.syntax import Wrong
from heling.engines.law.trouble import Findings
from heling.engines.law.units import BOOL, Kind


def districts_of(packs: tuple[Pack, ...]) -> dict[int, str]:
    """Code → name of every district that has an overlay."""
    return {int(p.district.code): p.district.name for p in packs if p.district is not None}


def check_raises(packs: tuple[Pack, ...], findings: Findings) -> None:
    """Complain about every raise of what is no lower limit, and of every one that lowers it."""
    constants = {c.word: c for p in packs for c in p.constants}
    filled = {f.target: f.versions for p in packs for f in p.fills}
    for item in (r for p in packs for r in p.raises):
        constant = constants.get(item.target)
        if constant is None or not constant.floor:
            findings.add(item.spot, f"“{item.target}”不是法规写“不少于”的数，区县不能另行提高")
        elif constant.type != item.type:
            findings.add(
                item.spot,
                f"单位不一致：法规里“{item.target}”是{constant.type}，这里是{item.type}",
            )
        else:
            _check_not_lower(item, filled.get(item.target) or constant.versions, findings)


def _check_not_lower(item: Raise, limits: tuple[Version, ...], findings: Findings) -> None:
    for raised in item.versions:
        for limit in limits:
            if raised.value < limit.value and raised.period.overlaps(limit.period):
                findings.add(
                    item.spot,
                    f"自 {raised.period.start} 起写的是 {raised.value} {item.type.unit}，"
                    f"低于市里的下限 {limit.value} {item.type.unit}，区县只能提高，不能降低",
                )


def raised_constant(item: Raise, district: District) -> Constant:
    """A district's own number, as a constant that is cited and dated like any other."""
    return Constant(
        word=f"{item.target}（{district.name}）",
        type=item.type,
        cite=item.cite,
        versions=item.versions,
        filled_by="",
        floor=True,
        status=item.status,
        source=item.source,
        note="",
        spot=item.spot,
    )


def lay_over(graph: Graph, base: Node, pack: Pack, own: Constant, place: Node) -> Node:
    """``base``, or the district's own number where that is in force, for its residents, and more."""
    district = pack.district
    if district is None or place.type.kind is not Kind.COUNTY:
        raise Wrong("district 的 fact 应当是一个 type: county 的事实")
    there = syntax.compare(graph, "==", place, syntax.place(graph, place.type, district.code))
    force = graph.node(Op.IN_FORCE, BOOL, pack)
    number = graph.node(Op.CONSTANT, own.type, own, (), own.bounds)
    more = syntax.extreme(graph, Op.MAX, [number, base])
    return syntax.choose(graph, syntax.junction(graph, Op.ALL, [force, there]), more, base)


def named(graph: Graph, constant: Constant, body: Node) -> Node:
    """The raised word: it keeps its name and its article."""
    word = Definition(
        word=constant.word,
        cite=constant.cite,
        formula=constant.word,
        yes=constant.word,
        no=constant.word,
        plain_yes="",
        plain_no="",
        note="“不少于”是下限，区县可以规定得更多",
        status="",
        spot=constant.spot,
    )
    return graph.node(Op.WORD, body.type, word, (body,), body.bounds)
