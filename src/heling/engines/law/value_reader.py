"""Reading numbers of the law: constants with their versions, what fills them and raises them."""

from __future__ import annotations

from heling.engines.law import model, shapes
from heling.engines.law.fields import FieldReader
from heling.engines.law.source import Cursor
from heling.engines.law.text import Citation
from heling.engines.law.units import BOOL, Kind, Type
from heling.kernel.period import Period, gaps, overlapping


class ValueReader(FieldReader):
    """Reads constants, fills and raises of one file."""

    def _constant(self, word: str, cursor: Cursor, order: int) -> model.Constant:
        del order
        fields = cursor.fields(*shapes.CONSTANT.names)
        cite = self._cite(fields.get("cite"), fields.get("quote"), word)
        type_ = self._value_type(fields, cursor)
        if not shapes.CONSTANT.chosen(fields):
            cursor.complain("versions（有数）和 open（尚待规定）要写且只写一个", article=cite.label)
        return model.Constant(
            word=word,
            type=type_,
            cite=cite,
            versions=self._versions(fields.get("versions"), type_, cite),
            filled_by=self._filled_by(fields.get("open")),
            floor="floor" in fields and fields["floor"].truth(),
            status=self._word(fields, "status"),
            source=self._word(fields, "source"),
            note=self._word(fields, "note"),
            spot=cursor.spot.on(word, cite.label),
        )

    def _value_type(self, fields: dict[str, Cursor], cursor: Cursor) -> Type:
        if "type" in fields and self._choice(fields["type"], shapes.CONSTANT_KINDS) == Kind.BOOL:
            return BOOL
        return Type(Kind.NUMBER, self._unit(fields.get("unit"), cursor))

    def _filled_by(self, cursor: Cursor | None) -> str:
        return "" if cursor is None else self._word(cursor.fields(*shapes.OPEN.names), "filled_by")

    def _versions(
        self, cursor: Cursor | None, type_: Type, cite: Citation
    ) -> tuple[model.Version, ...]:
        """Dated values; together they must cover the pack's own period without gap or overlap."""
        if cursor is None:
            return ()
        found = []
        for item in cursor.items():
            fields = item.fields(*shapes.VERSION.names)
            period = self._span(fields, item)
            if period is None or "value" not in fields:
                continue
            value = fields["value"]
            number = int(value.truth()) if type_ is BOOL else value.integer()
            if number < 0:
                value.complain("不能是负数", article=cite.label)
            found.append(model.Version(period, number))
        self._check_cover(cursor, [v.period for v in found], cite)
        return tuple(sorted(found, key=lambda v: v.period.start))

    def _check_cover(self, cursor: Cursor, periods: list[Period], cite: Citation) -> None:
        for before, after in overlapping(periods):
            cursor.complain(
                f"两个版本的日期重叠：{_says(before)}与{_says(after)}，起止两天都算在内，请改正",
                article=cite.label,
            )
        for gap in gaps(periods):
            cursor.complain(f"版本之间有空档：{_says(gap)}没有数值，请补上", article=cite.label)
        if not periods:
            cursor.complain("versions 里没有可用的版本", article=cite.label)
            return
        first, last = min(p.start for p in periods), max(periods, key=lambda p: p.start)
        if first > self._period.start:
            cursor.complain(
                f"法规自 {self._period.start} 起施行，数值却从 {first} 才有", article=cite.label
            )
        if last.end is not None and (self._period.end is None or last.end < self._period.end):
            cursor.complain(
                f"数值只到 {last.end}，法规仍然有效，请写明以后的数值", article=cite.label
            )

    def _fill(self, word: str, cursor: Cursor, order: int) -> model.Fill:
        del order
        fields = cursor.fields(*shapes.FILL.names)
        type_ = self._value_type(fields, cursor)
        cite = Citation(self._title, "", f"《{self._title}》")
        return model.Fill(
            target=word,
            filled_by=self._word(fields, "filled_by"),
            type=type_,
            versions=self._versions(fields.get("versions"), type_, cite),
            status=self._word(fields, "status"),
            source=self._word(fields, "source"),
            pack=self._id,
            spot=cursor.spot.on(word),
        )

    def _raise(self, word: str, cursor: Cursor, order: int) -> model.Raise:
        del order
        fields = cursor.fields(*shapes.RAISE.names)
        cite = self._cite(fields.get("cite"), fields.get("quote"), word)
        type_ = Type(Kind.NUMBER, self._unit(fields.get("unit"), cursor))
        return model.Raise(
            target=word,
            type=type_,
            cite=cite,
            versions=self._versions(fields.get("versions"), type_, cite),
            status=self._word(fields, "status"),
            source=self._word(fields, "source"),
            pack=self._id,
            spot=cursor.spot.on(word, cite.label),
        )


def _says(period: Period) -> str:
    return f"{period.start} 至 {period.end or '以后'}"
