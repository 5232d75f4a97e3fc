"""The stream: exact, repeatable, prefix-stable, lazy, and refusing nonsense at once."""

import hashlib
import itertools
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Sequence
from datetime import date

import pytest

from heling.demo import HouseholdDraft, VillageRef, generate
from heling.kernel.errors import BadInput

ON = date(2026, 11, 1)


def run(villages: Sequence[VillageRef], elders: int, seed: int = 7) -> list[HouseholdDraft]:
    return list(generate(seed=seed, elders=elders, villages=villages, on=ON))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50, 4095, 4096, 4097, 9000])
def test_exactly_as_many_elders_as_asked_for(villages: list[VillageRef], count: int) -> None:
    drafts = run(villages, count)
    serials = [elder.serial for household in drafts for elder in household.members]
    assert serials == list(range(1, count + 1))
    assert [household.serial for household in drafts] == list(range(1, len(drafts) + 1))


def test_same_seed_same_people(villages: list[VillageRef]) -> None:
    assert repr(run(villages, 6000)) == repr(run(villages, 6000))
    assert run(villages, 300, seed=7) != run(villages, 300, seed=8)


def test_the_order_of_hashing_does_not_matter() -> None:
    """Another process with another hash seed draws the very same bytes."""
    script = (
        "import sys;from datetime import date;from heling.demo import VillageRef,generate\n"
        "v=[VillageRef(f'45010300{n}001',str(n),n%2==0) for n in range(1,9)]\n"
        "for h in generate(seed=3,elders=800,villages=v,on=date(2026,11,1)):print(h)"
    )
    digests = set()
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONIOENCODING": "utf-8"}
        output = subprocess.run(  # noqa: S603 - our own script
            [sys.executable, "-c", script], capture_output=True, check=True, env=environment
        ).stdout
        assert output.count(b"HouseholdDraft(") > 400
        digests.add(hashlib.sha256(output).hexdigest())
    assert len(digests) == 1


@pytest.mark.parametrize(("short", "long"), [(100, 5000), (5000, 12_000), (4096, 4097)])
def test_a_shorter_run_is_the_beginning_of_a_longer_one(
    villages: list[VillageRef], short: int, long: int
) -> None:
    few, many = run(villages, short), run(villages, long)
    assert few[:-4] == many[: len(few) - 4]


def test_blocks_are_not_copies_of_each_other(villages: list[VillageRef]) -> None:
    names = [e.name for h in run(villages, 8192) for e in h.members]
    assert names[:4096] != names[4096:]


def test_nothing_is_drawn_before_it_is_asked_for(villages: list[VillageRef]) -> None:
    first = list(itertools.islice(
        generate(seed=7, elders=14_000_000, villages=villages, on=ON), 3
    ))  # fmt: skip
    assert first == run(villages, 200)[:3]


def test_memory_does_not_grow_with_the_number_of_elders(villages: list[VillageRef]) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in generate(seed=7, elders=count, villages=villages, on=ON):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(10)  # imports and caches
    assert peak(12_288) < 1.2 * peak(4_096)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"elders": -1}, "老年人数"),
        ({"elders": 10**8}, "老年人数"),
        ({"seed": -1}, "随机种子"),
        ({"villages": []}, "请先导入行政区划"),
        ({"villages": [VillageRef("450103", "某区", urban=True)]}, "“450103”不是 12 位数字"),
        ({"on": date(1989, 12, 31)}, "基准日期"),
        ({"on": date(2101, 1, 1)}, "基准日期"),
    ],
)
def test_nonsense_is_refused_before_the_first_household(
    villages: list[VillageRef], changes: dict[str, object], words: str
) -> None:
    asked = {"seed": 1, "elders": 10, "villages": villages, "on": ON} | changes
    with pytest.raises(BadInput, match=words):
        generate(**asked)  # type: ignore[arg-type]


def test_one_village_is_enough() -> None:
    only = VillageRef("450103002001", "唯一社区", urban=True, zones=("桂花园", "竹园"))
    drafts = run([only], 500)
    assert {h.village_code for h in drafts} == {only.code12}
    at_home = [h for h in drafts if "养老院" not in h.address]
    assert all("桂花园" in h.address or "竹园" in h.address for h in at_home)
    away = [e for h in drafts for e in h.members if e.hukou_code != only.code12]
    assert away
    assert all(e.hukou_code.endswith("00000000") and e.hukou_name for e in away)
