"""From a pack's YAML to :class:`~heling.engines.law.model.Pack`: shapes, dates and citations.

Everything that can be judged within one file is judged here; words and expressions, which may
come from imported packs, are judged by :mod:`heling.engines.law.assemble`.
"""

from __future__ import annotations

import hashlib

from heling.engines.law import model, shapes
from heling.engines.law.claim_reader import read_claim
from heling.engines.law.shelf import Shelf
from heling.engines.law.source import Cursor, read_yaml
from heling.engines.law.text import LawText, parse_law
from heling.engines.law.trouble import Findings
from heling.engines.law.units import BOOL, Bounds, Kind, Type
from heling.engines.law.value_reader import ValueReader


def read_pack(raw: bytes, file: str, shelf: Shelf, findings: Findings) -> model.Pack | None:
    """Read one pack; its law text is taken from the shelf. ``file`` is what findings call it.

    Returns None when it is not a pack at all; otherwise a Pack, with every complaint in
    ``findings``.
    """
    cursor = read_yaml(raw, file, findings)
    if cursor is None:
        return None
    return _PackReader(cursor, shelf, findings).read(hashlib.sha256(raw).hexdigest())


class _PackReader(ValueReader):
    """Reads one file, part by part."""

    def __init__(self, cursor: Cursor, shelf: Shelf, findings: Findings) -> None:
        super().__init__(cursor, findings)
        self._shelf = shelf
        self._text_name = ""

    def read(self, sha256: str) -> model.Pack | None:
        fields = self._cursor.fields(*shapes.PACK.names)
        if not shapes.PACK.must.keys() <= fields.keys():
            return None
        self._id = fields["pack"].text()
        kind = self._choice(fields["kind"], shapes.PACK_KINDS)
        for part in shapes.STRANGE.get(kind, shapes.STRANGE_ELSEWHERE):
            if part in fields:
                fields[part].complain(f"kind: {kind} 的规则包里没有 {part} 这一部分")
        if kind.endswith("overlay"):
            for part in {"district", "raises"} - fields.keys():
                self._cursor.complain(f"kind: {kind} 的规则包要写 {part}")
        self._read_law(fields["law"])
        status, source = self._read_force(fields["in_force"])
        city, city_name = self._read_city(fields.get("city"))
        return model.Pack(
            id=self._id,
            kind=kind,
            city=city,
            city_name=city_name,
            title=self._title,
            text=self._law,
            text_name=self._text_name,
            period=self._period,
            period_status=status,
            period_source=source,
            imports=fields["imports"].texts() if "imports" in fields else (),
            facts=self._each(fields.get("facts"), self._fact),
            constants=self._each(fields.get("constants"), self._constant),
            definitions=self._each(fields.get("define"), self._definition),
            grants=self._each(fields.get("grants"), self._grant),
            conflicts=self._each(fields.get("conflicts"), self._conflict),
            norms=self._each(fields.get("norms"), self._norm),
            interpretations=self._each(fields.get("interpretations"), self._interpretation),
            properties=self._each(fields.get("properties"), self._property),
            fills=self._each(fields.get("fills"), self._fill),
            district=self._district(fields.get("district"), city),
            raises=self._each(fields.get("raises"), self._raise),
            cases=self._cases(fields.get("tests")),
            sha256=sha256,
            spot=fields.get("imports", self._cursor).spot.on(self._id, f"《{self._title}》"),
        )

    # The head of the file

    def _read_law(self, cursor: Cursor) -> None:
        fields = cursor.fields(*shapes.LAW.names)
        self._title = fields["title"].text() if "title" in fields else ""
        if "external" in fields:
            self._external = fields["external"].truth()
            return
        if "text" not in fields or "sha256" not in fields:
            cursor.complain("法规原文要写 text 和 sha256；没有存原文的写 external: true")
            return
        self._law = self._load_text(fields["text"], fields["sha256"].text())
        if self._law is not None and self._law.title != self._title:
            fields["title"].complain(f"名称与原文不一致，原文是《{self._law.title}》")

    def _load_text(self, cursor: Cursor, pinned: str) -> LawText | None:
        name = self._text_name = cursor.text()
        raw = self._shelf.text(name)
        if raw is None:
            cursor.complain(f"找不到法规原文 texts/{name}")
            return None
        try:
            law = parse_law(raw)
        except ValueError:
            cursor.complain(f"texts/{name} 读不出条文（应为 UTF-8，逐条编号）")
            return None
        if law.sha256 != pinned:
            cursor.complain(
                f"法规原文 texts/{name} 已经改动：指纹应为 {pinned[:12]}…，现为 {law.sha256[:12]}…；"
                "请逐条核对规则后更新 sha256"
            )
        return law

    def _read_force(self, cursor: Cursor) -> tuple[str, str]:
        fields = cursor.fields(*shapes.IN_FORCE.names)
        if "from" in fields:
            self._period = self._span(fields, cursor) or self._period
        if "cite" in fields:
            self._cite(fields["cite"], word="in_force")
        status = self._word(fields, "status")
        return status, self._word(fields, "source")

    def _read_city(self, cursor: Cursor | None) -> tuple[str, str]:
        if cursor is None:
            return "", ""
        fields = cursor.fields(*shapes.CITY.names)
        code = self._word(fields, "code")
        if not (len(code) == 6 and code.isdigit()):
            cursor.complain(f"城市代码“{code}”应为 6 位数字")
        return code, self._word(fields, "name")

    def _district(self, cursor: Cursor | None, city: str) -> model.District | None:
        if cursor is None:
            return None
        fields = cursor.fields(*shapes.DISTRICT.names)
        code = self._word(fields, "code")
        inside = len(code) == 6 and code.isdigit() and code[:4] == city[:4] and code[4:] != "00"
        if not inside:
            cursor.complain(f"“{code}”不是城市 {city} 的区县代码，应为 6 位数字，前四位与城市相同")
        return model.District(code, self._word(fields, "name"), self._word(fields, "fact"))

    # The body

    def _fact(self, word: str, cursor: Cursor, order: int) -> model.Fact:
        fields = cursor.fields(*shapes.FACT.names)
        return model.Fact(
            word=word,
            type=self._fact_type(fields, cursor),
            change=self._enum(fields.get("change"), model.Change, model.Change.CLAIM),
            ask=self._word(fields, "ask"),
            yes=self._word(fields, "yes") or word,
            no=self._word(fields, "no") or f"不是{word}",
            plain_yes=self._word(fields, "plain_yes"),
            plain_no=self._word(fields, "plain_no"),
            bounds=self._fact_bounds(fields, cursor),
            of=self._enum(fields.get("of"), model.Entity, model.Entity.PERSON),
            within=self._word(fields, "within"),
            spot=cursor.spot,
            order=order,
        )

    def _fact_type(self, fields: dict[str, Cursor], cursor: Cursor) -> Type:
        if "type" not in fields:
            return BOOL
        kind = self._enum(fields["type"], Kind, Kind.BOOL)
        if kind is Kind.ENUM:
            levels = fields["levels"].texts() if "levels" in fields else ()
            if len(levels) < 2 or len(set(levels)) != len(levels):
                cursor.complain("等级至少要有两级，且不能重复，请写 levels")
            return Type(
                kind, levels=levels, ordered="ordered" in fields and fields["ordered"].truth()
            )
        if kind is Kind.NUMBER:
            return Type(kind, self._unit(fields.get("unit"), cursor))
        return Type(kind)

    def _fact_bounds(self, fields: dict[str, Cursor], cursor: Cursor) -> Bounds:
        if "levels" in fields:
            return Bounds(0, max(0, len(fields["levels"].texts()) - 1))
        if "max" in fields:
            low = fields["min"].integer() if "min" in fields else 0
            return Bounds(low, max(low, fields["max"].integer()))
        if "type" in fields and fields["type"].text() == Kind.NUMBER:
            cursor.complain("数量要写 max（可能的最大值），以保证计算不会溢出")
        return Bounds(0, 0)

    def _definition(self, word: str, cursor: Cursor, order: int) -> model.Definition:
        del order
        fields = cursor.fields(*shapes.DEFINITION.names)
        cite = self._cite(fields.get("cite"), fields.get("quote"), word)
        return model.Definition(
            word=word,
            cite=cite,
            formula=self._formula(fields.get("is")),
            yes=self._word(fields, "yes") or word,
            no=self._word(fields, "no") or f"不是{word}",
            plain_yes=self._word(fields, "plain_yes"),
            plain_no=self._word(fields, "plain_no"),
            note=self._word(fields, "note"),
            status=self._word(fields, "status"),
            spot=fields["is"].spot.on(word, cite.label) if "is" in fields else cursor.spot,
        )

    def _formula(self, cursor: Cursor | None) -> model.Formula:
        if cursor is None:
            return ""
        if not cursor.is_map:
            return cursor.text()
        fields = cursor.fields(*shapes.TABLE.names)
        rows = fields["rows"].entries() if "rows" in fields else {}
        return model.Table(
            key=self._word(fields, "table"),
            rows={level: row.text() for level, row in rows.items()},
            otherwise=self._word(fields, "else"),
            spot=cursor.spot,
        )

    def _grant(self, word: str, cursor: Cursor, order: int) -> model.Grant:
        del order
        fields = cursor.fields(*shapes.GRANT.names)
        cite = self._cite(fields.get("cite"), fields.get("quote"), word)
        duty = self._enum(fields.get("duty"), model.Duty, model.Duty.MUST)
        if duty is model.Duty.MUST and "when" not in fields:
            cursor.complain("应当给付的项目要写 when（给谁）", article=cite.label)
        entity = self._enum(fields.get("entity"), model.Entity, model.Entity.PERSON)
        if entity not in (model.Entity.PERSON, model.Entity.HOUSEHOLD):
            fields["entity"].complain(
                "给付的对象只有 person 和 household，别的写在 kind: norms 的规则包里",
                article=cite.label,
            )
        return model.Grant(
            word=word,
            cite=cite,
            duty=duty,
            entity=entity,
            benefit=self._word(fields, "benefit"),
            plain=self._word(fields, "plain") or self._word(fields, "benefit"),
            when=self._word(fields, "when"),
            amount=self._formula(fields.get("amount")),
            unit=self._unit(fields["unit"], cursor) if "unit" in fields else None,
            floor="floor" in fields and fields["floor"].truth(),
            awaits=tuple(self._awaited(c) for c in self._list(fields.get("awaits"))),
            bearer=self._word(fields, "bearer"),
            pack=self._id,
            spot=cursor.spot.on(word, cite.label),
        )

    def _norm(self, word: str, cursor: Cursor, order: int) -> model.Norm:
        del order
        fields = cursor.fields(*shapes.NORM.names)
        cite = self._cite(fields.get("cite"), fields.get("quote"), word)
        kind = self._enum(fields.get("kind"), model.NormKind, model.NormKind.DUTY)
        needed, allowed = shapes.NORM_PARTS[kind]
        for name in needed:
            if name not in fields:
                cursor.complain(f"{kind.label}要写 {name}", article=cite.label)
        for name in shapes.NORM_OWN & fields.keys() - {*needed, *allowed}:
            fields[name].complain(f"{kind.label}里没有 {name} 这一栏", article=cite.label)
        return model.Norm(
            word=word,
            kind=kind,
            of=self._enum(fields.get("of"), model.Entity, model.Entity.AUTHORITY),
            cite=cite,
            duty=self._enum(fields.get("duty"), model.Duty, model.Duty.MUST),
            says=self._word(fields, "says"),
            bearer=self._word(fields, "bearer"),
            when=self._word(fields, "when"),
            must=self._word(fields, "must"),
            measure=self._word(fields, "measure"),
            limit=self._word(fields, "at_least") or self._word(fields, "at_most"),
            unit=self._unit(fields["unit"], cursor) if "unit" in fields else None,
            after=self._word(fields, "after"),
            within=self._word(fields, "within"),
            done=self._word(fields, "done"),
            every=self._word(fields, "every"),
            last=self._word(fields, "last"),
            lowest=self._word(fields, "lowest"),
            highest=self._word(fields, "highest"),
            awaits=tuple(self._awaited(c) for c in self._list(fields.get("awaits"))),
            pack=self._id,
            spot=cursor.spot.on(word, cite.label),
        )

    def _awaited(self, cursor: Cursor) -> model.Awaited:
        fields = cursor.fields(*shapes.AWAITED.names)
        return model.Awaited(self._word(fields, "term"), self._word(fields, "filled_by"))

    def _conflict(self, word: str, cursor: Cursor, order: int) -> model.Conflict:
        del order
        fields = cursor.fields(*shapes.CONFLICT.names)
        cite = self._cite(fields.get("cite"), fields.get("quote"), word)
        rule = self._enum(fields.get("rule"), model.Rule, model.Rule.STACK)
        otherwise = self._enum(fields.get("otherwise"), model.Rule, model.Rule.HIGHER_OF)
        if (rule is model.Rule.CHOICE) != ("choice" in fields):
            cursor.complain(
                "rule: choice 要写 choice（记录选择的事实），其他规则不写", article=cite.label
            )
        parties = fields["between"].words() if "between" in fields else ()
        return model.Conflict(
            word=word,
            cite=cite,
            rule=rule,
            parties=tuple(self._party(name, c) for name, c in parties),
            choice=self._word(fields, "choice"),
            otherwise=otherwise if "otherwise" in fields else None,
            note=self._word(fields, "note"),
            status=self._word(fields, "status"),
            spot=cursor.spot.on(word, cite.label),
        )

    def _party(self, word: str, cursor: Cursor) -> model.Party:
        fields = cursor.fields(*shapes.PARTY.names)
        if not shapes.PARTY.chosen(fields):
            cursor.complain("每一方要么写 grants（本法的项目），要么写 when（别处的待遇）")
        return model.Party(
            word=word,
            grants=fields["grants"].texts() if "grants" in fields else (),
            when=self._word(fields, "when"),
            value=self._word(fields, "value"),
            spot=cursor.spot,
        )

    def _interpretation(self, word: str, cursor: Cursor, order: int) -> model.Interpretation:
        del order
        fields = cursor.fields(*shapes.INTERPRETATION.names)
        cite = self._cite(fields.get("cite"), None, word)
        return model.Interpretation(
            word=word,
            cite=cite,
            note=self._word(fields, "note"),
            applies_to=fields["applies_to"].texts() if "applies_to" in fields else (),
            status=self._word(fields, "status"),
            spot=cursor.spot.on(word, cite.label),
        )

    def _property(self, word: str, cursor: Cursor, order: int) -> model.Property:
        del order
        fields = cursor.fields(*shapes.PROPERTY.names)
        cite = self._cite(fields.get("cite"), fields.get("quote"), word)
        return model.Property(
            word=word,
            cite=cite,
            claim=read_claim(fields.get("claim"), cite.label),
            given=self._word(fields, "given"),
            note=self._word(fields, "note"),
            pack=self._id,
            spot=cursor.spot.on(word, cite.label),
        )

    def _cases(self, cursor: Cursor | None) -> tuple[model.Case, ...]:
        found = []
        for item in self._list(cursor):
            fields = item.fields(*shapes.CASE.names)
            day = fields["on"].day() if "on" in fields else None
            if day is None or "facts" not in fields or "expect" not in fields:
                continue
            found.append(
                model.Case(
                    name=self._word(fields, "name"),
                    of=self._enum(fields.get("of"), model.Entity, model.Entity.PERSON),
                    on=day,
                    facts={k: v.value() for k, v in fields["facts"].entries().items()},
                    expect={k: v.value() for k, v in fields["expect"].entries().items()},
                    spot=item.spot.on(self._word(fields, "name")),
                )
            )
        return tuple(found)
