"""The engine behind commands and interfaces: JSON-ready in, JSON-ready out, no I/O but packs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from heling.engines.law.check import check_packs
from heling.engines.law.determination import Json
from heling.engines.law.normbook import load_norms
from heling.engines.law.ruleset import load_city
from heling.engines.law.shelf import default_root
from heling.kernel.errors import BadInput


def determine_json(
    city: str,
    on: date,
    facts: Mapping[str, object],
    *,
    root: Path | None = None,
    measures: bool = False,
) -> Json:
    """``heling law determine``: one person's determination as JSON data.

    ``measures`` fills open terms with the city's implementing measures (assumed values among
    them, each 待核实). Raises BadInput for wrong facts, NotFound for a city without packs.
    """
    if not isinstance(facts, Mapping):
        raise BadInput.single("事实", '应为一个 JSON 对象，例如 {"低保": true}')
    return load_city(city, root, measures=measures).determine(facts, on).to_json()


def examine_json(
    city: str,
    entity: str,
    on: date,
    facts: Mapping[str, object],
    *,
    root: Path | None = None,
    measures: bool = False,
) -> Json:
    """``heling law examine``: what the norms demand of one entity, as JSON data.

    ``measures`` as in :func:`determine_json`. Raises BadInput for an unknown kind of entity or wrong facts, NotFound for an unknown city.
    """
    if not isinstance(facts, Mapping):
        raise BadInput.single("事实", '应为一个 JSON 对象，例如 {"小区户数": 850}')
    return load_norms(city, root, measures=measures).examine(entity, facts, on).to_json()


def check_json(paths: Sequence[Path], *, root: Path | None = None, prove: bool = False) -> Json:
    """``heling law check``: every finding with file, line, word and article; ``ok`` says it all.

    Branches that nobody reaches are among them; ``prove`` adds properties that are not proved.
    """
    from heling.engines.law.proving import add_branches, findings_of  # Z3 takes its time to load

    where = _root(paths, root)
    reports = check_packs(paths, where, findings_of if prove else add_branches)
    return {"ok": all(r.good for r in reports), "packs": [r.to_json() for r in reports]}


def prove_json(
    paths: Sequence[Path] = (), *, root: Path | None = None, patience: int | None = None
) -> tuple[Json, str]:
    """``heling law prove``: every property of the packs (all packs, if none are named), proved or
    with a person who breaks it, and every branch that nobody reaches; also in words.

    ``patience`` in milliseconds limits each question to the solver.
    """
    from heling.engines.law.proofs import PATIENCE
    from heling.engines.law.proving import in_words, prove_packs

    where = _root(paths, root)
    reports = prove_packs(paths or [where], where, PATIENCE if patience is None else patience)
    data = {"ok": all(r.good for r in reports), "packs": [r.to_json() for r in reports]}
    return data, "\n".join(in_words(r) for r in reports)


def sql_text(
    city: str,
    on: date,
    names: Mapping[str, str],
    *,
    spark: bool,
    totals: bool = False,
    measures: bool = False,
    root: Path | None = None,
) -> str:
    """``heling law sql``. ``names``: of the ``table``, its ``key`` and (Spark) its ``county``; in
    Spark ``totals`` gives a row per county instead of one per person."""
    from heling.engines.law.spark import select_spark, totals_spark

    rules = load_city(city, root, measures=measures)
    table, key, county = names["table"], names["key"], names["county"]
    if not spark:
        return rules.sql(on, table=table, key=key)
    write = totals_spark if totals else select_spark
    return write(rules.assembly, on, table=table, key=key, county=county)


def export_openfisca(
    city: str, *, measures: bool = False, root: Path | None = None
) -> dict[str, str]:
    """``heling law export --format openfisca``: path → YAML."""
    from heling.engines.law.openfisca import export

    rules = load_city(city, root, measures=measures)
    return export(rules, (load_norms(city, root, measures=measures),))


def _root(paths: Sequence[Path], root: Path | None) -> Path:
    """The packs folder, once all the paths are known to be there."""
    if missing := [p for p in paths if not p.exists()]:
        raise BadInput.single("规则包", f"找不到 {missing[0]}")
    return default_root() if root is None else root
