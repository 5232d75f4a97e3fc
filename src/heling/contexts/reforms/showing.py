"""Figures as a page shows them: charts, county names, sums in words. No floats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString, mark_safe

from heling.contexts.reforms.domain.figures import CountyRow, Figures, GrantRow
from heling.engines.law.wording import quantity
from heling.platform.web.charts import Chart, Series, bars, lines, to_svg

_WAN = 1_000_000  # 分 in 一万元
TODAY = "现行"


@dataclass(frozen=True, slots=True)
class County:
    """A county by its name, with its figures."""

    name: str
    row: CountyRow


@dataclass(frozen=True, slots=True)
class Shown:
    """One scenario on a page. ``months``: (month, before, after, difference) in 分."""

    figures: Figures
    months: tuple[tuple[str, int | None, int | None, int | None], ...]
    counties: tuple[County, ...]
    cost: Chart | None
    by_county: Chart | None
    moves: Chart

    @property
    def cost_svg(self) -> SafeString | None:
        return _svg(self.cost, "cost")

    @property
    def county_svg(self) -> SafeString | None:
        return _svg(self.by_county, "counties")

    @property
    def moves_svg(self) -> SafeString | None:
        return _svg(self.moves, "moves")

    @property
    def difference(self) -> int | None:
        """分 over all months."""
        return less(*self.figures.total)


def shown(figures: Figures, names: Mapping[str, str]) -> Shown:
    """Everything that a page says about one scenario."""
    counties = tuple(County(names.get(r.code, r.code), r) for r in figures.counties)
    return Shown(
        figures=figures,
        months=tuple(
            (f"{m:%Y-%m}", b, a, less(b, a))
            for m, b, a in zip(figures.months, figures.before, figures.after, strict=True)
        ),
        counties=counties,
        cost=_costs([figures]),
        by_county=_by_county(counties, figures.name),
        moves=_moves(counties),
    )


def costs(several: Sequence[Figures]) -> Chart | None:
    """Scenarios over the same months on one axis; what holds today only where all agree on it."""
    return _costs(several)


def costs_svg(several: Sequence[Figures]) -> SafeString | None:
    return _svg(_costs(several), "costs")


def _costs(several: Sequence[Figures]) -> Chart | None:
    befores = {f.before for f in several}
    agreed = len(befores) == 1 and None not in several[0].before
    series = [Series(TODAY, several[0].before)] if agreed else []
    series += [Series(f.name, f.after) for f in several]
    if all(v is None for s in series for v in s.values):
        return None
    labels = [f"{m:%y-%m}" for m in several[0].months]
    return lines("每月费用（万元）", labels, series, wan, first=0 if agreed else 1)


@dataclass(frozen=True, slots=True)
class Across:
    """One county across the scenarios: (winners, losers, difference of cost in 分)."""

    name: str
    columns: tuple[tuple[int, int, int | None], ...]


def side_by_side(several: Sequence[Figures], names: Mapping[str, str]) -> tuple[Across, ...]:
    """Counties as rows, scenarios as columns."""
    rows = zip(*(f.counties for f in several), strict=True)
    return tuple(
        Across(
            names.get(row[0].code, row[0].code),
            tuple((c.winners, c.losers, c.difference) for c in row),
        )
        for row in rows
    )


def by_month(several: Sequence[Figures]) -> tuple[tuple[str, tuple[int | None, ...]], ...]:
    """Months as rows, costs of the scenarios as columns."""
    rows = zip(*(f.after for f in several), strict=True)
    months = several[0].months
    return tuple((f"{m:%Y-%m}", row) for m, row in zip(months, rows, strict=True))


def by_county(several: Sequence[Figures], names: Mapping[str, str]) -> Chart:
    """Cost by county on one axis, or who loses, where there is no price."""
    labels = [names.get(r.code, r.code) for r in several[0].counties]
    paid = [Series(f.name, tuple(r.after for r in f.counties)) for f in several]
    if any(v is not None for s in paid for v in s.values):
        return bars("各区县最后一个月的费用（万元）", labels, paid, wan, first=1)
    lose = [Series(f.name, tuple(r.losers for r in f.counties)) for f in several]
    return bars("各区县失去的人数", labels, lose, _people, first=1)


def counties_svg(several: Sequence[Figures], names: Mapping[str, str]) -> SafeString | None:
    return _svg(by_county(several, names), "across")


def _by_county(counties: Sequence[County], name: str) -> Chart | None:
    before = tuple(c.row.before for c in counties)
    after = tuple(c.row.after for c in counties)
    if all(v is None for v in (*before, *after)):
        return None
    said = None not in before
    series = [*([Series(TODAY, before)] if said else []), Series(name, after)]
    title, labels = "各区县最后一个月的费用（万元）", [c.name for c in counties]
    return bars(title, labels, series, wan, first=0 if said else 1)


def _moves(counties: Sequence[County]) -> Chart:
    series = [
        Series("得到更多的人", tuple(c.row.winners for c in counties)),
        Series("失去的人", tuple(c.row.losers for c in counties)),
    ]
    return bars("各区县得失人数", [c.name for c in counties], series, _people, first=1)


def _svg(chart: Chart | None, name: str) -> SafeString | None:
    return None if chart is None else mark_safe(to_svg(chart, name=name))  # noqa: S308 - escaped


def _people(value: int) -> str:
    return f"{value:,}"


def wan(fen: int) -> str:
    """分 as 万元, rounded half up to two places: 123456789 → 123.46."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    hundredths = (fen * 100 + _WAN // 2) // _WAN
    return f"{sign}{hundredths // 100:,}.{hundredths % 100:02d}"


def yuan(fen: int) -> Decimal:
    """Exact: 12345 → 123.45."""
    return Decimal(fen).scaleb(-2)


def less(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else after - before


def amount(row: GrantRow, which: int) -> str:
    """The sum of a grant's amounts in its own unit; a dash where it has none."""
    value = row.amount[which]
    if value is None:
        return "—"
    if not row.enjoyed[which] and row.open[which]:
        return "尚待规定"
    if row.unit.startswith("分"):
        return f"{yuan(value):,.2f} {row.unit.replace('分', '元', 1)}"
    return f"{value:,} {row.unit}"


def lost(figures: Figures) -> str:
    """What the worst-off loses, in words; empty where money cannot say it."""
    if figures.lost is None or not figures.priced:
        return ""
    return quantity(figures.lost, "分/月")
