"""The Ningbo rules over a whole city in openfisca-core: a reform, and twelve months of memory.

Runs in the environment of its own that ``one_person.py`` makes (AGPL, never imported by the project)
and answers one JSON line per request on stdin: ``{"do": "reform"}`` prices a reform (new tax benefit
system, new simulation, the grants calculated, totals by district); ``{"do": "months"}`` calculates
twelve months in the default way, results kept, and says how far resident memory rose above ready.
The population comes from the ``.npz`` named on the command line, as columns: building a simulation
from dictionaries of 1.5 million people is not what anybody would do.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
from openfisca_core.reforms import Reform
from openfisca_core.simulations import SimulationBuilder
from openfisca_worker import BOOLS, GRANTS, system

NUMBERS = {
    "户籍地": "hukou", "居住地": "residence", "失能等级": "level", "赡养扶养人": "kin",
    "待遇选择": "choice", "护理补贴": "care_subsidy",
}  # fmt: skip
FIRST = "2026-11"


def resident() -> float:
    """MiB of resident memory now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmRSS")


def peak() -> float:
    """Greatest resident memory since the last reset, MiB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmHWM")


def reset_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def simulation(rules, columns, size):
    made = SimulationBuilder().build_default_simulation(rules, count=size)
    for word, name in {**NUMBERS, **BOOLS}.items():
        made.set_input(name, "ETERNITY", columns[word])
    made.set_input("birth", "ETERNITY", columns["出生日期"].astype("datetime64[D]"))
    return made


def change(parameters, values):
    for name, value in values.items():
        getattr(parameters, name).update(start=None, period="year:2026:10", value=value)
    return parameters


def reformed(rules, values):
    class Plan(Reform):
        def apply(self):
            self.modify_parameters(lambda parameters: change(parameters, values))

    return Plan(rules)


def totals(made, districts, codes):
    """People per grant and hours, per district."""
    found = {
        word: np.bincount(districts, weights=made.calculate(name, FIRST), minlength=codes)
        for word, name in GRANTS.items()
    }
    found["小时"] = np.bincount(
        districts, weights=made.calculate("disabled_hours", FIRST), minlength=codes
    )
    return {word: [int(v) for v in counts] for word, counts in found.items()}


def months(made, count):
    start = time.perf_counter()
    for n in range(count):
        year, month = divmod(10 + n, 12)
        period = f"{2026 + year}-{month + 1:02d}"
        for name in [*GRANTS.values(), "disabled_hours"]:
            made.calculate(name, period)
    return time.perf_counter() - start


def main() -> None:
    with np.load(sys.argv[1]) as file:
        columns = {word: file[word] for word in file.files}
    districts = np.unique(columns["区县"], return_inverse=True)[1]
    size, codes = len(districts), int(districts.max()) + 1
    rules = system()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "reform":
            start = time.perf_counter()
            made = simulation(reformed(rules, request["values"]), columns, size)
            reply = {"totals": totals(made, districts, codes)}
            reply["seconds"] = time.perf_counter() - start
            del made
        else:
            made = simulation(rules, columns, size)
            before = resident()
            reset_peak()
            seconds = months(made, request["months"])
            reply = {"seconds": seconds, "above": peak() - before}
        print(json.dumps(reply, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
