"""The same tree as one SELECT: for audit, to recompute inside the database and compare.

PostgreSQL's dialect stands here, Spark's in :mod:`heling.engines.law.spark`; the writer is the same.
The facts stand in a table with one column per fact word (``docs/law/facts.md``, "For a population"):
boolean, smallint (level), integer (number, city), date; NULL is unknown. SQL's own logic is
three-valued as ours is, so a node becomes one expression, and beside it where its doubt comes from:
``u`` is true where a fact is missing, else an open term decides. Every layer of the graph is a
subquery that PostgreSQL's planner may not pull up (``OFFSET 0``): a shared word is computed once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from heling.engines.law.assemble import Assembly, Right
from heling.engines.law.bands import all_roots
from heling.engines.law.columns import contests, latest_birth
from heling.engines.law.fold import FLIPPED, birth_of
from heling.engines.law.graph import Node, Op, reach, static_nodes
from heling.engines.law.interpret import Frame, Interpreter, Value, Void
from heling.engines.law.model import Fact
from heling.engines.law.units import Kind

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Dialect:
    """In what databases differ. ``types``: of a fact's column. ``computed``: the type in which a
    node is computed, and that holds both sides and the result. ``divided``: whole division.
    ``fence``: what keeps a subquery from being pulled up."""

    mark: str
    types: Mapping[Kind, str]
    computed: Callable[[Node], str]
    divided: str
    fence: str

    def quoted(self, name: str) -> str:
        """An identifier, whatever it contains."""
        return self.mark + name.replace(self.mark, self.mark * 2) + self.mark

    def typed(self, value: str, type_: str) -> str:
        return f"CAST({value} AS {type_})"


POSTGRES = Dialect(
    mark='"',
    types={
        Kind.BOOL: "boolean",
        Kind.ENUM: "smallint",
        Kind.NUMBER: "bigint",
        Kind.DATE: "date",
        Kind.CITY: "integer",
        Kind.COUNTY: "integer",
    },
    computed=lambda node: "bigint",
    divided="/",
    fence=" OFFSET 0",
)


@dataclass(frozen=True, slots=True)
class _Term:
    """A value as SQL (NULL where in doubt) and ``u``: true where a fact is missing."""

    value: str
    unknown: str


def quoted(name: str) -> str:
    """An identifier of PostgreSQL, whatever it contains."""
    return POSTGRES.quoted(name)


def table_sql(facts: dict[str, Fact], table: str, key: str) -> str:
    """CREATE TABLE for the facts of some rules."""
    columns = [f"{quoted(word)} {POSTGRES.types[fact.type.kind]}" for word, fact in facts.items()]
    return f"CREATE TABLE {quoted(table)} ({quoted(key)} bigint PRIMARY KEY, {', '.join(columns)})"


def select_sql(
    assembly: Assembly,
    interpreter: Interpreter,
    on: date,
    *,
    table: str,
    key: str,
    dialect: Dialect = POSTGRES,
    beside: tuple[str, ...] = (),
) -> str:
    """SELECT with a row per person: ``key``, then ``<grant>.status``, ``.amount`` (0 unless
    granted; NULL without amount) and ``.effect``, in the codes of the columns. ``beside``: columns
    of the table that are handed on after the key."""
    writer = _Writer(assembly, interpreter.run({}, on), on, dialect)
    return writer.select(table, (key, *beside))


class _Writer:
    def __init__(self, assembly: Assembly, frame: Frame, on: date, dialect: Dialect) -> None:
        self._dialect = dialect
        self._assembly = assembly
        self._frame = frame
        self._on = on
        self._static = static_nodes(assembly.graph.nodes)
        self._contests = contests(assembly)

    def select(self, table: str, handed: tuple[str, ...]) -> str:
        depths: dict[int, int] = {}
        layers: dict[int, list[Node]] = {}
        for node in reach(all_roots(self._assembly)):
            below = [depths[c.index] for c in node.children]
            written = node.index not in self._static and node.op is not Op.FACT
            depths[node.index] = max(below, default=0) + written
            if written:
                layers.setdefault(depths[node.index], []).append(node)
        fence = self._dialect.fence
        query = f"SELECT * FROM {self._dialect.quoted(table)}"  # noqa: S608 - quoted, and no outside text
        for depth in sorted(layers):
            made = ", ".join(self._columns(n) for n in layers[depth])
            query = f"SELECT *, {made} FROM ({query}{fence}) AS s{depth}"  # noqa: S608
        rights = ",\n  ".join(c for r in self._assembly.rights for c in self._results(r))
        keys = ", ".join(self._dialect.quoted(name) for name in handed)
        return f"SELECT {keys},\n  {rights}\nFROM ({query}{fence}) AS judged"

    def _columns(self, node: Node) -> str:
        made = _WRITERS[node.op](self, node)
        return f"{made.value} AS v{node.index}, {made.unknown} AS u{node.index}"

    def term(self, node: Node) -> _Term:
        """How a layer above refers to a node."""
        if node.index in self._static:
            return self._constant(node, self._frame[node.index])
        if node.op is Op.FACT:
            column = self._dialect.quoted(cast("Fact", node.payload).word)
            return _Term(column, f"({column} IS NULL)")
        return _Term(f"v{node.index}", f"u{node.index}")

    def _constant(self, node: Node, value: Value) -> _Term:
        type_ = self._dialect.types[node.type.kind]
        if isinstance(value, Void):
            return _Term(
                self._dialect.typed("NULL", type_), "true" if value is Void.UNKNOWN else "false"
            )
        if node.type.kind is Kind.BOOL:
            return _Term("true" if value else "false", "false")
        return _Term(self._dialect.typed(str(value), type_), "false")

    # One writer per operation

    def word(self, node: Node) -> _Term:
        return self.term(node.children[0])

    def negation(self, node: Node) -> _Term:
        child = self.term(node.children[0])
        return _Term(f"(NOT {child.value})", child.unknown)

    def junction(self, node: Node) -> _Term:
        """Kleene's and/or is SQL's; in doubt, a missing fact comes first."""
        parts = [self.term(c) for c in node.children]
        joint = " AND " if node.op is Op.ALL else " OR "
        value = "(" + joint.join(p.value for p in parts) + ")"
        missing = " OR ".join(f"({p.value} IS NULL AND {p.unknown})" for p in parts)
        return _Term(value, f"({value} IS NULL AND ({missing}))")

    def comparison(self, node: Node) -> _Term:
        left, right = node.children
        if (aged := self._aged(node, left, right)) is not None:
            return aged
        a, b = self.term(left), self.term(right)
        symbol = {"==": "=", "!=": "<>"}.get(cast("str", node.payload), node.payload)
        return _Term(f"({a.value} {symbol} {b.value})", _either(a, b))

    def _aged(self, node: Node, left: Node, right: Node) -> _Term | None:
        """An age against a number, as a day of birth."""
        symbol = cast("str", node.payload)
        for subject, limit, sign in ((left, right, symbol), (right, left, FLIPPED[symbol])):
            birth = birth_of(subject)
            value = self._frame[limit.index]
            if birth is None or limit.index not in self._static or type(value) is not int:
                continue
            if sign in ("==", "!="):
                return None
            age = value if sign in (">=", "<") else value + 1
            day = _EPOCH + timedelta(days=latest_birth(age, self._on))
            known = self.term(birth)
            reached = "<=" if sign in (">=", ">") else ">"
            return _Term(f"({known.value} {reached} DATE '{day.isoformat()}')", known.unknown)
        return None

    def age(self, node: Node) -> _Term:
        """Whole years; before the birthday of the year, one less."""
        birth = self.term(node.children[0])
        year, month, day = (f"EXTRACT({p} FROM {birth.value})" for p in ("YEAR", "MONTH", "DAY"))
        ahead = f"{self._on.month * 100 + self._on.day} < {month} * 100 + {day}"
        years = f"{self._on.year} - {year} - CASE WHEN {ahead} THEN 1 ELSE 0 END"
        return _Term(self._dialect.typed(years, self._dialect.computed(node)), birth.unknown)

    def arithmetic(self, node: Node) -> _Term:
        a, b = (self.term(c) for c in node.children)
        sign = {Op.ADD: "+", Op.SUBTRACT: "-", Op.MULTIPLY: "*"}.get(node.op)
        type_ = self._dialect.computed(node)
        left, right = (self._dialect.typed(t.value, type_) for t in (a, b))
        if sign is not None:
            return _Term(f"({left} {sign} {right})", _either(a, b))
        return _Term(self._parts(left, right, type_), _either(a, b))

    def _parts(self, whole: str, part: str, type_: str) -> str:
        """Rounded up without a sum that could be greater than the whole."""
        left_over = f"CASE WHEN {whole} % {part} = 0 THEN 0 ELSE 1 END"
        return self._dialect.typed(f"{whole} {self._dialect.divided} {part} + {left_over}", type_)

    def extreme(self, node: Node) -> _Term:
        """LEAST and GREATEST pass over NULL; ours is in doubt with any part."""
        parts = [self.term(c) for c in node.children]
        pick = "LEAST" if node.op is Op.MIN else "GREATEST"
        doubt = " OR ".join(f"{p.value} IS NULL" for p in parts)
        type_ = self._dialect.computed(node)
        values = ", ".join(self._dialect.typed(p.value, type_) for p in parts)
        return _Term(f"(CASE WHEN {doubt} THEN NULL ELSE {pick}({values}) END)", _either(*parts))

    def choose(self, node: Node) -> _Term:
        test, then, other = (self.term(c) for c in node.children)
        value = (
            f"(CASE WHEN {test.value} THEN {then.value} WHEN NOT {test.value} THEN {other.value}"
            f" WHEN {then.value} = {other.value} THEN {then.value} END)"
        )
        unknown = (
            f"(CASE WHEN {test.value} THEN {then.unknown} WHEN NOT {test.value}"
            f" THEN {other.unknown} ELSE {value} IS NULL AND ({_either(test, then, other)}) END)"
        )
        return _Term(value, unknown)

    def lookup(self, node: Node) -> _Term:
        key, *rows = (self.term(c) for c in node.children)
        first, *others = rows
        same = " AND ".join(f"{first.value} = {r.value}" for r in others) or "true"
        value = (
            f"(CASE {self._cases(key, [r.value for r in rows])} WHEN {same} THEN {first.value} END)"
        )
        unknown = (
            f"(CASE {self._cases(key, [r.unknown for r in rows])}"
            f" ELSE {value} IS NULL AND ({_either(key, *rows)}) END)"
        )
        return _Term(value, unknown)

    @staticmethod
    def _cases(key: _Term, values: list[str]) -> str:
        return " ".join(f"WHEN {key.value} = {code} THEN {v}" for code, v in enumerate(values))

    # Results

    def _results(self, right: Right) -> list[str]:
        word, quoted = right.grant.word, self._dialect.quoted
        status, amount = self._status(right)
        return [
            f"{status} AS {quoted(f'{word}.status')}",
            f"{amount} AS {quoted(f'{word}.amount')}",
            f"{self._effect(word, status)} AS {quoted(f'{word}.effect')}",
        ]

    def _status(self, right: Right) -> tuple[str, str]:
        when = self.term(right.when)
        if right.amount is None:
            return f"({_code(when, '1')})", self._dialect.typed("NULL", "bigint")
        value = self.term(right.amount)
        paid = (
            f"CASE WHEN {value.value} IS NULL THEN CASE WHEN {value.unknown} THEN 2 ELSE 3 END"
            f" WHEN {value.value} = 0 THEN 0 ELSE 1 END"
        )
        amount = f"CASE WHEN {when.value} THEN COALESCE({value.value}, 0) ELSE 0 END"
        amount = self._dialect.typed(amount, "bigint")
        return f"({_code(when, paid)})", amount

    def _effect(self, word: str, status: str) -> str:
        """The first conflict that bites, for those who hold the grant."""
        cases = []
        for rivals, keeps in self._contests[word]:
            rival, kept = self.term(rivals), self.term(keeps)
            cases.append(
                f"WHEN {rival.value} IS NOT FALSE THEN CASE WHEN {kept.value} THEN 1"
                f" WHEN NOT {kept.value} THEN 2"
                f" WHEN {kept.unknown} OR ({rival.value} IS NULL AND {rival.unknown}) THEN 3"
                " ELSE 4 END"
            )
        if not cases:
            return "0"
        return f"(CASE WHEN {status} NOT IN (1, 3) THEN 0 {' '.join(cases)} ELSE 0 END)"


def _either(*terms: _Term) -> str:
    return "(" + " OR ".join(f"({t.value} IS NULL AND {t.unknown})" for t in terms) + ")"


def _code(when: _Term, granted: str) -> str:
    return (
        f"CASE WHEN {when.value} THEN {granted} WHEN NOT {when.value} THEN 0"
        f" WHEN {when.unknown} THEN 2 ELSE 3 END"
    )


_WRITERS: dict[Op, Callable[[_Writer, Node], _Term]] = {
    Op.WORD: _Writer.word,
    Op.NOT: _Writer.negation,
    Op.ALL: _Writer.junction,
    Op.ANY: _Writer.junction,
    Op.COMPARE: _Writer.comparison,
    Op.AGE: _Writer.age,
    Op.ADD: _Writer.arithmetic,
    Op.SUBTRACT: _Writer.arithmetic,
    Op.MULTIPLY: _Writer.arithmetic,
    Op.DIVIDE_UP: _Writer.arithmetic,
    Op.MIN: _Writer.extreme,
    Op.MAX: _Writer.extreme,
    Op.CHOOSE: _Writer.choose,
    Op.LOOKUP: _Writer.lookup,
}
