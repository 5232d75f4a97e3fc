"""A population as one file: the columns of a city in NumPy's ``.npz``, nothing else.

One array per fact word (docs/law/facts.md, "For a population"), ``<word>.known`` (bool) where a fact
is not known of everybody, and ``区县`` (integers) for the district of every row. No object arrays:
nothing in the file is ever run.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heling.engines.law.fact_columns import FactColumn
from heling.engines.law.model import Fact
from heling.kernel.errors import BadInput

DISTRICT = "区县"
_KNOWN = ".known"
LARGEST = 2 << 30
"""Bytes of a file when unpacked: twenty million people."""


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """Columns that have not been checked against any rules yet."""

    facts: dict[str, FactColumn]
    size: int
    districts: NDArray[Any] | None


def write_population(path: Path, population: Population) -> None:
    """Inverse of :func:`read_population`."""
    arrays: dict[str, NDArray[Any]] = {}
    for word, column in population.facts.items():
        arrays[word] = column.values
        if column.known is not None:
            arrays[word + _KNOWN] = column.known
    if population.districts is not None:
        arrays[DISTRICT] = population.districts
    np.savez_compressed(path, allow_pickle=False, **arrays)


def read_population(path: Path, declared: Mapping[str, Fact]) -> Population:
    """Read the facts that some rules know. Raises BadInput for anything that is not such a file."""
    arrays = _arrays(path)
    districts = arrays.pop(DISTRICT, None)
    known = {w: arrays.pop(w) for w in list(arrays) if w.endswith(_KNOWN)}
    if alone := [w for w in known if w.removesuffix(_KNOWN) not in arrays]:
        raise BadInput.single(str(path), f"有“{alone[0]}”，没有“{alone[0].removesuffix(_KNOWN)}”")
    if not arrays:
        raise BadInput.single(str(path), "里面没有任何事实，请照 docs/law/facts.md 写")
    if strange := [w for w in arrays if w not in declared]:
        words = "、".join(declared)
        raise BadInput.single(str(path), f"没有“{strange[0]}”这个事实，可以写：{words}")
    size = len(next(iter(arrays.values())))
    facts = {w: FactColumn(values, known.get(w + _KNOWN)) for w, values in arrays.items()}
    return Population(facts, size, districts)


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > LARGEST:
            raise BadInput.single(str(path), f"展开后超过 {LARGEST >> 30} GB，请分开")
        with np.load(path, allow_pickle=False) as file:
            arrays = {word: file[word] for word in file.files}
    except OSError as error:
        reason = error.strerror or "不是文件"
        raise BadInput.single(str(path), f"读不了这个文件（{reason}），请检查路径") from None
    except (ValueError, zipfile.BadZipFile, EOFError, KeyError):
        raise BadInput.single(str(path), "不是 .npz 人口文件，请照 docs/law/facts.md 写") from None
    if wrong := [w for w, a in arrays.items() if a.ndim != 1]:
        raise BadInput.single(str(path), f"“{wrong[0]}”应为一列")
    return arrays
