"""What ``heling law export`` writes, read by the real openfisca-core in an environment of its own.

    uv run python benchmarks/law/openfisca_export.py

Every parameter is loaded with OpenFisca's ParameterNode and its value compared with ours on each day
before, at and after a change; every test is read with OpenFisca's test keywords, its period, and its
facts given to a simulation of a tax and benefit system that has our facts as variables.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from heling.engines.law import load_city
from heling.engines.law.library import cities
from heling.engines.law.normbook import load_norms
from heling.engines.law.openfisca import constants_of, export, slug
from heling.engines.law.shelf import default_root
from heling.engines.law.tests.test_openfisca import boundaries
from heling.shell.cli.exporting import write_folder

ROOT = Path(__file__).resolve().parents[2]
ORACLE = Path("/work/main/var/bench-venv/bin/python")
WORKER = Path(__file__).with_name("openfisca_export_worker.py")
CITIES = cities(default_root())


def plan_of(city: str, folder: Path) -> dict[str, Any]:
    """Exports the city and says what must be found there."""
    rules = load_city(city, measures=True)
    book = load_norms(city, measures=True)
    write_folder(export(rules, (book,)), folder)
    values = []
    known = constants_of(book) | rules.assembly.constants
    for pack in dict.fromkeys((*rules.packs, *book.packs)):
        for constant in pack.constants:
            linked = known.get(constant.word, constant)
            for day in {*boundaries(linked), date(2000, 1, 1), date(2100, 12, 31)}:
                values.append([slug(pack.id), constant.word, str(day), linked.on(day)])
    facts = {
        word: {"kind": fact.type.kind.value, "levels": list(fact.type.levels)}
        for word, fact in (*rules.facts.items(), *book._facts.items())  # noqa: SLF001
    }
    return {"folder": str(folder), "values": values, "facts": facts}


def main() -> None:
    python = next((p for p in (ROOT / "var/bench-venv/bin/python", ORACLE) if p.exists()), None)
    assert python is not None, "run benchmarks/law/one_person.py once: it makes the environment"
    for city in CITIES:
        with tempfile.TemporaryDirectory() as scratch:
            plan = Path(scratch) / "plan.json"
            plan.write_text(json.dumps(plan_of(city, Path(scratch) / city)), encoding="utf-8")
            done = subprocess.run(
                [str(python), str(WORKER), str(plan)], check=True, stdout=subprocess.PIPE, text=True
            )
            print(f"{city}: {done.stdout.strip()}")


if __name__ == "__main__":
    main()
