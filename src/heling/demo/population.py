"""The stream of households: blocks are drawn as NumPy columns, then handed out as drafts.

Repeatable: seed, villages and day decide everything. Prefix-stable: blocks have a fixed
size and a random stream of their own, so a shorter run is the beginning of a longer one
(only its last households may differ, where a couple would have been one elder too many).
Memory is that of one block and the tables, however many elders are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from heling.demo.assembly import assemble
from heling.demo.columns import draw_block
from heling.demo.drafts import HouseholdDraft, VillageRef
from heling.demo.ground import Ground
from heling.demo.numbers import MAX_ELDERS, IdIssuer
from heling.demo.people import Calendar, pyramid_cells
from heling.kernel.errors import BadInput, Problem

BLOCK = 4096
"""People drawn at a time. Part of what a seed means: changing it changes every population."""


def generate(
    *, seed: int, elders: int, villages: Sequence[VillageRef], on: date
) -> Iterator[HouseholdDraft]:
    """Stream households with exactly ``elders`` elders, aged 60 to 105 on ``on``.

    ``villages`` are weighted (communities above villages, each by a random size). Raises
    BadInput at once, before the first household is asked for.
    """
    _check(seed, elders, villages, on)
    return _stream(seed=seed, elders=elders, villages=villages, on=on)


def _check(seed: int, elders: int, villages: Sequence[VillageRef], on: date) -> None:
    problems = []
    if seed < 0:
        problems.append(Problem("随机种子", f"{seed} 不行，请给出 0 或更大的整数"))
    if not 0 <= elders <= MAX_ELDERS:
        problems.append(Problem("老年人数", f"{elders} 不行，请给出 0 到 {MAX_ELDERS} 之间的整数"))
    if not villages:
        problems.append(Problem("村（社区）", "一个也没有，请先导入行政区划"))
    wrong = next((v.code12 for v in villages if not re.fullmatch(r"[0-9]{12}", v.code12)), None)
    if wrong is not None:
        problems.append(Problem("村（社区）代码", f"“{wrong}”不是 12 位数字，请核对行政区划数据"))
    if not 1990 <= on.year <= 2100:
        problems.append(Problem("基准日期", f"{on} 不在 1990 年至 2100 年之间，请改正"))
    if problems:
        raise BadInput(*problems)


def _stream(
    *, seed: int, elders: int, villages: Sequence[VillageRef], on: date
) -> Iterator[HouseholdDraft]:
    ground = Ground.of(villages, seed=seed)
    calendar = Calendar(on)
    issuer = IdIssuer(ground.areas, calendar.texts)
    cells = pyramid_cells()
    elder, household, block = 0, 0, 0
    while elder < elders:
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(block,)))
        columns = draw_block(rng, (block, BLOCK), ground, calendar, cells, issuer)
        for draft in assemble(
            columns,
            ground,
            calendar,
            first_elder=elder + 1,
            first_household=household + 1,
            limit=elders - elder,
        ):
            elder += len(draft.members)
            household += 1
            yield draft
        block += 1
