"""``heling seed``: a population of any size, streamed into the registry."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date

from heling.contexts.registry import public as registry
from heling.demo import VillageRef, generate
from heling.kernel.actor import Actor, system
from heling.kernel.errors import BadInput, Problem, Refused
from heling.platform.access.scope import scoped
from heling.platform.journal.models import Entry
from heling.platform.journal.record import record
from heling.shell.city.drafts import Converter
from heling.shell.city.events import SeedingBegun, SeedingFinished
from heling.shell.city.ground import prepare, read_divisions, refuse_in_production, villages

Say = Callable[[str], None]
_LARGEST_SEED = 2**32


def seeder() -> Actor:
    """The platform itself, with the rights that loading a population takes."""
    return system("演示数据", registry.Perm.REGISTER, registry.Perm.EDIT, registry.Perm.CERTIFY)


def seed_population(
    *, elders: int, divisions: Sequence[str], seed: int, today: date, say: Say
) -> registry.Loaded:
    """Generate ``elders`` people over the villages of ``divisions`` and register them.

    A run that was interrupted is taken up where it stopped: the same command finds who is
    registered already. Raises Refused in production and for a seed that was used up,
    BadInput for a number or division that makes no sense.
    """
    refuse_in_production()
    _check(elders, seed)
    territories = read_divisions(divisions)
    by = seeder()
    with scoped(by):
        prepare(territories, by=by)
        ground = villages(territories)
        prefixes = tuple(t.prefix for t in territories)
        on = _begin(seed, elders, prefixes, today, by=by, say=say)
    loaded = populate(seed=seed, elders=elders, ground=ground, on=on, say=say)
    with scoped(by):
        record(SeedingFinished(seed_id=seed, elders=elders, divisions=prefixes, on=on), by=by)
    return loaded


def populate(
    *, seed: int, elders: int, ground: Sequence[VillageRef], on: date, say: Say
) -> registry.Loaded:
    """Stream the population of a seed into the registry; numbers already taken are skipped."""
    households = generate(seed=seed, elders=elders, villages=ground, on=on)
    return registry.load(
        Converter().rows(households),
        source=f"演示人口（种子 {seed}）",
        today=on,
        by=seeder(),
        taken=registry.Taken.SKIP,
        progress=_Pace(elders, say),
    )


class _Pace:
    """Says how far it is and how fast, at most every two seconds."""

    def __init__(self, elders: int, say: Say) -> None:
        self.elders, self.say = elders, say
        self.begun = self.said = time.monotonic()

    def __call__(self, batch: registry.Batch) -> None:
        now, total = time.monotonic(), batch.total
        done = total.elders + total.skipped
        if now - self.said < 2 and done < self.elders:
            return
        self.said = now
        rate = done / max(now - self.begun, 0.001)
        skipped = f"，跳过已登记 {total.skipped:,}" if total.skipped else ""
        self.say(f"  已登记 {total.elders:,} / {self.elders:,} 人{skipped}，每秒 {rate:,.0f} 人")


def _check(elders: int, seed: int) -> None:
    problems = []
    if elders < 1:
        problems.append(Problem("老年人数", f"{elders} 不行，请给出 1 或更大的整数"))
    if not 0 <= seed < _LARGEST_SEED:
        problems.append(Problem("随机种子", f"{seed} 不行，请给出 0 到 {_LARGEST_SEED - 1} 的整数"))
    if problems:
        raise BadInput(*problems)


def _begin(
    seed: int, elders: int, divisions: tuple[str, ...], today: date, *, by: Actor, say: Say
) -> date:
    """The day on which the population has its ages: that of an interrupted run, or today."""
    past = list(Entry.objects.filter(subject="seed", subject_id=seed).order_by("pk"))
    if not past:
        record(SeedingBegun(seed_id=seed, elders=elders, divisions=divisions, on=today), by=by)
        return today
    before = past[-1].payload
    asked = f"种子 {seed} 在 {before['on']} 用于 {before['elders']} 人"
    if past[-1].kind == SeedingFinished.kind:
        raise Refused(f"{asked}，已经全部生成。", hint="再生成一批请用 --seed 换一个数。")
    if (before["elders"], tuple(before["divisions"])) != (elders, divisions):
        raise Refused(
            f"{asked}，还没有生成完。",
            hint=f"请用同样的人数和区划（{'、'.join(before['divisions'])}）接着生成，或用 --seed 换一个数。",
        )
    say(f"{asked}，上次没有生成完，接着生成。")
    return date.fromisoformat(before["on"])
