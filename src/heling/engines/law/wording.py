"""Values and conditions as Chinese: official sentences and sentences for an elder."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import cast

from heling.engines.law.graph import Node, Op
from heling.engines.law.interpret import Frame, Value, Void
from heling.engines.law.model import Constant, Definition, Fact
from heling.engines.law.units import Kind, Unit

_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_REQUIRED = {
    "<": "不满{}",
    "<=": "{}以下",
    ">": "高于{}",
    ">=": "{}以上",
    "==": "为{}",
    "!=": "不为{}",
}


def quantity(value: int, unit: Unit | str, floor: str = "") -> str:
    """45 小时/月 → 每月45小时; 50000 分/月 → 每月500元; 80 周岁 → 80周岁.

    ``floor`` stands before the number where the value is a lower limit: 每月不少于45小时.
    """
    over, _, under = str(unit).partition("/")
    shown = str(value)
    if over == "分":
        yuan, fen = divmod(value, 100)
        shown, over = (f"{yuan}.{fen:02d}" if fen else str(yuan)), "元"
    return f"每{under}{floor}{shown}{over}" if under else f"{floor}{shown}{over}"


def name(node: Node) -> str:
    """What a person calls this expression."""
    if isinstance(node.payload, Fact | Constant | Definition):
        return node.payload.word
    return "、".join(dict.fromkeys(name(c) for c in node.children if c.op is not Op.LITERAL))


class Wording:
    """Words for one city: it knows what 本市 is called."""

    def __init__(
        self, city: str, city_name: str, districts: Mapping[int, str] = MappingProxyType({})
    ) -> None:
        self._city = int(city) if city else 0
        self._city_name = city_name
        self._districts = districts

    def show(self, node: Node, value: Value) -> str:
        """A value as a person reads it."""
        if isinstance(value, Void):
            return value.value
        kind = node.type.kind
        if kind is Kind.ENUM:
            return node.type.levels[cast("int", value)]
        if kind is Kind.CITY:
            return self._city_name if value == self._city else f"外地（{value}）"
        if kind is Kind.COUNTY:
            return self._districts.get(cast("int", value), f"别的区县（{value}）")
        if kind is Kind.NUMBER:
            return quantity(cast("int", value), node.type.unit)
        if kind is Kind.DATE:
            return cast("date", value).isoformat()
        return "是" if value else "否"

    def comparison(self, node: Node, frame: Frame) -> tuple[str, str]:
        """(official, plain) sentence for a comparison that holds, fails or is in doubt."""
        subject, limit = node.children
        symbol = cast("str", node.payload)
        if subject.op in (Op.CONSTANT, Op.LITERAL) and limit.op not in (Op.CONSTANT, Op.LITERAL):
            subject, limit, symbol = limit, subject, _FLIPPED[symbol]
        if subject.type.kind is Kind.COUNTY:
            return self._county(subject, limit, frame)
        if subject.type.kind is Kind.CITY:
            return self._place(subject, node, frame)
        required = self._required(symbol, limit, frame)
        who, value, holds = name(subject), frame[subject.index], frame[node.index]
        shown = self.show(subject, value)
        if isinstance(value, Void):
            return f"{who}{_doubt(value)}，要求{required}", f"还不知道您的{who}"
        if isinstance(holds, Void):
            return f"{who}{shown}，{name(limit)}{_doubt(holds)}", f"{name(limit)}的标准还没有定"
        plain = f"您的{who}是{shown}".replace("周岁", "岁")
        if holds:
            return f"{who}{shown}，符合“{required}”", plain
        return (
            f"{who}{shown}，不符合“{required}”",
            f"{plain}，要{required.replace('周岁', '岁')}才行",
        )

    def _required(self, symbol: str, limit: Node, frame: Frame) -> str:
        value = frame[limit.index]
        shown = name(limit) if isinstance(value, Void) else self.show(limit, value)
        return _REQUIRED[symbol].format(shown)

    def _place(self, subject: Node, node: Node, frame: Frame) -> tuple[str, str]:
        holds, who = frame[node.index], name(subject)
        if isinstance(holds, Void):
            return f"{who}不清楚，要求在{self._city_name}", f"还不知道您的{who}"
        at = (frame[subject.index] == self._city) or not self._city
        text = f"{who}在{self._city_name}" if at else f"{who}不在{self._city_name}"
        return text, f"您的{text}"

    def _county(self, subject: Node, limit: Node, frame: Frame) -> tuple[str, str]:
        who, value = name(subject), frame[subject.index]
        there = self.show(limit, frame[limit.index])
        if isinstance(value, Void):
            return f"{who}不清楚，{there}规定得更多", f"还不知道您住在哪个区县，{there}给得更多"
        shown = self.show(subject, value)
        return f"{who}是{shown}", f"您住在{shown}"

    @staticmethod
    def statement(item: Fact | Definition, value: Value) -> tuple[str, str]:
        """(official, plain) sentence for a 是非 fact or word."""
        if isinstance(value, Void):
            return (
                f"是否{item.yes}{_doubt(value)}",
                f"{item.plain_yes or item.yes}吗？{_pending(value)}",
            )
        if value:
            return item.yes, item.plain_yes or item.yes
        return item.no, item.plain_no or item.no

    def constant(self, item: Constant, value: Value, node: Node) -> tuple[str, str]:
        """(official, plain) sentence for a number that the law states or leaves open."""
        if isinstance(value, Void):
            text = f"“{item.word}”尚待{item.filled_by}"
            return text, f"具体标准要等{item.filled_by}"
        if node.type.kind is Kind.BOOL:
            return f"{item.word}：{'是' if value else '否'}", ""
        official, plain = (
            quantity(cast("int", value), item.type.unit, word if item.floor else "")
            for word in ("不少于", "至少")
        )
        return f"{item.word}：{official}", plain.replace("周岁", "岁")


def _doubt(value: Void) -> str:
    return "不清楚" if value is Void.UNKNOWN else "尚待规定"


def _pending(value: Void) -> str:
    return "这一点还不清楚" if value is Void.UNKNOWN else "这一点要等政府规定"
