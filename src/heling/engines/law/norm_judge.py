"""From evaluated nodes to where an entity stands with a norm, and why."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import cast

from heling.engines.law.determination import Mark, OpenTerm
from heling.engines.law.explain import Explanation, Found
from heling.engines.law.graph import Node
from heling.engines.law.interpret import OPEN, UNKNOWN, Frame, Value, Void
from heling.engines.law.judge import open_term
from heling.engines.law.model import UNVERIFIED, NormKind
from heling.engines.law.norms import NormResult, Standing
from heling.engines.law.provisions import FEN, Provision


def judge(provision: Provision, frame: Frame, why: Explanation, on: date) -> NormResult:
    """One norm read off one frame."""
    return _Reading(provision, frame, why, on).result()


class _Reading:
    """One provision read off one frame."""

    def __init__(self, provision: Provision, frame: Frame, why: Explanation, on: date) -> None:
        self._p = provision
        self._norm = provision.norm
        self._frame = frame
        self._why = why
        self._on = on

    def result(self) -> NormResult:
        norm, p = self._norm, self._p
        standing, due = self._standing()
        parts = self._parts(standing)
        opens = tuple(dict.fromkeys(open_term(c, "condition") for f in parts for c in f.opens))
        required, actual = self._number(p.limit), self._number(p.measure)
        concerned = standing is not Standing.FREE
        return NormResult(
            id=norm.word,
            kind=norm.kind,
            pack=norm.pack,
            cite=norm.cite,
            duty=norm.duty.value,
            says=norm.says,
            bearer=norm.bearer,
            standing=standing,
            unit=str(norm.unit or (FEN if p.lowest is not None else "")),
            required=required if concerned else None,
            actual=actual if concerned else None,
            gap=self._gap(required, actual) if concerned else None,
            lowest=self._number(p.lowest) if concerned else None,
            highest=self._number(p.highest) if concerned else None,
            due=due,
            reasons=tuple(f.reason for f in parts if f.reason is not None),
            missing=tuple(dict.fromkeys(m.word for f in parts for m in f.missing)),
            open_terms=opens,
            awaits=tuple(
                OpenTerm(a.term, a.filled_by, norm.cite.label, "amount") for a in norm.awaits
            ),
            unverified=self._marks(parts),
            readings=p.readings,
        )

    def _standing(self) -> tuple[Standing, date | None]:
        applies = self._frame[self._p.when.index]
        if applies is not True:
            return (Standing.FREE if applies is False else _DOUBTS[applies]), None
        if self._p.step is not None:
            return self._timed()
        if self._norm.kind is NormKind.PENALTY:
            return self._range(), None
        if self._p.test is None:
            return Standing.BOUND, None
        return _TESTED[self._frame[self._p.test.index]], None

    def _range(self) -> Standing:
        """A penalty binds once its range can be said."""
        values = [self._frame[n.index] for n in (self._p.lowest, self._p.highest) if n is not None]
        doubts = [v for v in values if isinstance(v, Void)]
        return _DOUBTS[doubts[0]] if doubts else Standing.BOUND

    def _timed(self) -> tuple[Standing, date | None]:
        """Kept when done in time; bound while there is time; broken afterwards."""
        assert self._p.step is not None  # noqa: S101 - the caller looked
        length, start = self._frame[self._p.step.index], self._start()
        if isinstance(length, Void):
            return _DOUBTS[length], None
        if isinstance(start, Void):
            return _DOUBTS[start], None
        due = later(start, cast("int", length), str(self._p.step.type.unit))
        if self._norm.kind is NormKind.CADENCE:
            return (Standing.KEPT if self._on <= due else Standing.BROKEN), due
        done = self._frame[self._p.done.index] if self._p.done is not None else UNKNOWN
        if isinstance(done, Void):
            return (Standing.BOUND if self._on <= due else Standing.UNKNOWN), due
        return (Standing.KEPT if cast("date", done) <= due else Standing.BROKEN), due

    def _start(self) -> date | Void:
        """The day from which time runs; a cadence that never began runs from the commencement."""
        if self._p.start is None:
            return self._p.pack.period.start
        return cast("date | Void", self._frame[self._p.start.index])

    def _parts(self, standing: Standing) -> tuple[Found, ...]:
        """What decided: why it does not apply, or whether it is kept."""
        p, why = self._p, self._why
        if self._frame[p.when.index] is not True:
            return why.parts(p.when)
        nodes = [p.test, p.lowest, p.highest, p.step]
        if p.step is not None and not isinstance(self._frame[p.step.index], Void):
            nodes += [p.start, p.done if standing is Standing.UNKNOWN else None]
        return (*why.parts(p.when), *(why.of(n) for n in nodes if n is not None))

    def _marks(self, parts: tuple[Found, ...]) -> tuple[Mark, ...]:
        own = (Mark(r.word, r.note) for r in self._p.readings if r.status == UNVERIFIED)
        return tuple(dict.fromkeys([*(m for f in parts for m in f.marks), *own]))

    def _number(self, node: Node | None) -> int | None:
        value = None if node is None else self._frame[node.index]
        return None if value is None or isinstance(value, Void) else cast("int", value)

    def _gap(self, required: int | None, actual: int | None) -> int | None:
        if required is None or actual is None:
            return None
        lack = required - actual if self._norm.kind is NormKind.QUOTA else actual - required
        return max(0, lack)


def later(day: date, length: int, unit: str) -> date:
    """``length`` 日, 月 or 年 after a day; the 31st becomes the month's last day."""
    if unit == "日":
        return day + timedelta(days=length)
    months = day.year * 12 + day.month - 1 + length * (12 if unit == "年" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


_DOUBTS: dict[Value, Standing] = {UNKNOWN: Standing.UNKNOWN, OPEN: Standing.OPEN}
_TESTED: dict[Value, Standing] = {
    True: Standing.KEPT,
    False: Standing.BROKEN,
    **_DOUBTS,
}
