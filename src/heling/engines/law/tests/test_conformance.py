"""The conformance suite: our interpreter and the other folds conform, and the suite has teeth.

Each fault below changes one line of the evaluator. A fault that no case of the suite notices fails
the test: the suite would then pass an implementation that is wrong in just that way.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, cast

import jsonschema
import numpy as np
import pytest
import z3

from heling.engines.law.bitstore import BitStore
from heling.engines.law.encoding import Encoding, Unknowns, regimes, same, solver_for
from heling.engines.law.interpret import Value
from heling.engines.law.tests.conformance import (
    EFFECTS,
    ROOT,
    STATUSES,
    Case,
    Rows,
    disagreements,
    forget,
    plain,
    rows_of,
    run,
    suite,
)
from heling.engines.law.tests.faults import FAULTS
from heling.engines.law.units import Kind
from heling.kernel.period import Period, age_on

CASES = suite()
FILES = sorted({case.file for case in CASES})


def _of(file: str) -> list[Case]:
    return [case for case in CASES if case.file == file]


# The suite


def test_the_manifest_is_true() -> None:
    manifest = plain(ROOT / "manifest.yaml")
    assert manifest["suite"] == "heling-law"
    assert [e["file"] for e in manifest["files"]] == sorted(
        f.name for f in (ROOT / "cases").iterdir()
    )
    for entry in manifest["files"]:
        cases = _of(entry["file"])
        assert entry["cases"] == len(cases)
        assert entry["questions"] == sum(len(c.asks) + len(c.findings) for c in cases)


@pytest.mark.parametrize("file", FILES)
def test_the_files_have_the_shape_that_the_readme_promises(file: str) -> None:
    data = plain(ROOT / "cases" / file)
    jsonschema.validate(data, plain(ROOT / "case.schema.json"))
    names = [c["name"] for c in data["cases"]]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("file", FILES)
def test_the_interpreter_conforms(file: str) -> None:
    assert [d for case in _of(file) for d in run(case)] == []


# The other folds


def _columns(rows: Rows) -> dict[str, Any]:
    judged = rows.rules.columns(rows.facts, rows.size, rows.on)
    nothing = np.zeros(rows.size, dtype=int)
    return {
        word: (
            [STATUSES[s] for s in c.status.tolist()],
            [None] * rows.size if c.amount is None else c.amount.tolist(),
            [EFFECTS[e] for e in (nothing if c.effect is None else c.effect).tolist()],
        )
        for word, c in judged.items()
    }


def _bits(rows: Rows) -> dict[str, Any]:
    """Every row a district of its own, so that totals are the rows' own results."""
    districts = np.arange(1, rows.size + 1)
    store = BitStore(rows.rules.facts, rows.facts, rows.size, districts)
    found = rows.rules.bits.run(store, rows.on)

    def codes(*masks: Any) -> list[int]:
        total = np.zeros(rows.size, dtype=int)
        for code, mask in enumerate(masks, start=1):
            if mask is not None:
                total += store.rows(mask).astype(int) * code
        return cast("list[int]", total.tolist())

    judged = {}
    totals = rows.rules.totals(store, rows.on)
    for word, bits in found.items():
        status = codes(bits.granted, bits.unknown, bits.open)
        effect = codes(bits.keeps, bits.yields, bits.unsure, bits.pending)
        grant = totals.grants[word]
        enjoyed = grant.amount if grant.amount is not None else [None] * rows.size
        # a benefit that is given up is not counted: its amount is the columns' affair
        amounts = _columns(rows)[word][1]
        judged[word] = (
            [STATUSES[s] for s in status],
            [e if e and f <= 1 else a for e, f, a in zip(enjoyed, effect, amounts, strict=True)],
            [EFFECTS[e] for e in effect],
        )
    return judged


@pytest.mark.parametrize("judge_rows", [_columns, _bits], ids=["columns", "bits"])
@pytest.mark.parametrize("file", FILES)
def test_a_population_conforms(file: str, judge_rows: Callable[[Rows], dict[str, Any]]) -> None:
    wrong = [
        d
        for case in _of(file)
        for rows in rows_of(case)
        for d in disagreements(rows, judge_rows(rows))
    ]
    assert wrong == []


@pytest.mark.parametrize("file", FILES)
def test_the_formulas_conform(file: str) -> None:
    """What is expected to be certain follows from the known facts alone, whatever the rest is."""
    for case in _of(file):
        if case.findings or case.norms:
            continue
        rules = case.rules()
        for ask in case.asks:
            on = date.fromisoformat(ask["on"])
            regime = next((r for r in regimes(rules.assembly) if r.start <= on <= r.end), None)
            if regime is None or "grants" not in ask["expect"]:
                continue
            unknowns = Unknowns(rules.assembly, regime, z3.Context())
            solver = solver_for(unknowns.limits, unknowns.context, 10_000)
            solver.add(same(unknowns.on, on))
            known = rules.read(ask["facts"], on).values
            cities = {f.word for f in rules.facts.values() if f.type.kind is Kind.CITY}
            places = _places({w: v for w, v in known.items() if w in cities}, unknowns)
            for word, value in known.items():
                local = places[value] if word in cities else value
                solver.add(same(unknowns.facts[word], local))
            _assert_entailed(rules, ask, Encoding(unknowns), solver, case.label)


def _places(known: dict[str, Value], unknowns: Unknowns) -> dict[Value, int]:
    """Places as those that the formulas know: this city itself, others as others."""
    here, *others = unknowns.places
    foreign = sorted({cast("int", v) for v in known.values()} - {here})
    return {here: here, **dict(zip(foreign, others, strict=False))}


def _assert_entailed(
    rules: Any, ask: dict[str, Any], encoding: Encoding, solver: z3.Solver, label: str
) -> None:
    rights = {r.grant.word: r for r in rules.assembly.rights}
    for word, wanted in ask["expect"]["grants"].items():
        right = rights[word]
        given = encoding.of(right.when)
        if right.amount is not None:
            given = z3.And(given, encoding.of(right.amount) != 0)
        if wanted["status"] == "granted":
            assert solver.check(z3.Not(given)) == z3.unsat, (label, ask, word)
            if "amount" in wanted:
                other = encoding.of(right.amount) != wanted["amount"]
                assert solver.check(other) == z3.unsat, (label, ask, word)
        elif wanted["status"] == "denied":
            assert solver.check(given) == z3.unsat, (label, ask, word)


# Its teeth


def test_there_are_many_faults() -> None:
    assert len(FAULTS) >= 60


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    forget()
    FAULTS[name](monkeypatch)
    try:
        noticed = any(_wrong(case) for case in CASES)
    finally:
        monkeypatch.undo()
        forget()
    assert noticed, f"no case of the suite notices: {name}"


def _wrong(case: Case) -> bool:
    try:
        return bool(run(case))
    except Exception:  # a crash is noticed too
        return True


def test_what_is_not_wrong_is_not_noticed() -> None:
    assert not any(_wrong(case) for case in CASES)
    assert age_on(date(1964, 2, 29), date(2025, 2, 28)) == 60
    assert date(2020, 12, 31) in Period(date(2020, 1, 1), date(2020, 12, 31))
