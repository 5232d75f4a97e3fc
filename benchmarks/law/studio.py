"""The reform studio on 1.5 million elders: its snapshot, and how soon a slider is answered.

    HELING_VAR=var/bench uv run python benchmarks/law/studio.py [--changes 1000] [--skip-snapshot]

Needs the seeded database of benchmarks/seed/population.py (``heling database start``). Its two
cities are counted as one, so that the city has as many elders as the database. Each part of the
first half runs in a process of its own: a full snapshot; real changes (supporters written down by
the real action, one at a time); a refresh; another full one, which must equal the refreshed one
column for column. Second half: the studio's own pages through Django, as the server answers them:
what a browser adds is drawing. ``--skip-snapshot`` takes the last snapshot as it is.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from typing import Any

import numpy as np

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heling.shell.settings")
CITY = "3302"
SLIDES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("重度时数", ("50", "60", "70")),
    ("服务起始年龄", ("75", "78", "82")),
    ("呼叫起始年龄", ("75", "78", "85")),
    ("高龄年龄", ("75", "82", "85")),
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--changes", type=int, default=1000)
    parser.add_argument("--skip-snapshot", action="store_true")
    parser.add_argument("--part", choices=["full", "refresh", "change", "same"])
    options = parser.parse_args()
    import django

    django.setup()
    if options.part:
        print(json.dumps(PARTS[options.part](options.changes)))
        return
    if not options.skip_snapshot:
        say("full snapshot", part("full", options.changes))
        say(f"{options.changes:,} changes", part("change", options.changes))
        say("refreshed", part("refresh", options.changes))
        say("equal to a full one", part("same", options.changes))
    slide()


def say(name: str, found: dict[str, Any]) -> None:
    print(f"{name:24}", ", ".join(f"{key} {value}" for key, value in found.items()))


def part(name: str, changes: int) -> dict[str, Any]:
    """One part in a fresh process: its own memory, nothing kept from before."""
    command = [sys.executable, __file__, "--part", name, "--changes", str(changes)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def everybody() -> Any:
    """An actor for whom the whole database is one city."""
    from heling.contexts.entitlements import snapshots
    from heling.contexts.entitlements.access import Perm
    from heling.kernel.actor import system
    from heling.kernel.identifiers import Territory

    snapshots.city_of = lambda by: Territory(CITY)
    return system("基准测试", Perm.SNAPSHOT)


def take(*, full: bool) -> tuple[Any, dict[str, Any]]:
    from django.utils import timezone

    from heling.contexts.entitlements import snapshots

    by = everybody()
    started, worked = time.perf_counter(), time.process_time()
    taken = snapshots.take(on=timezone.localdate(), by=by, full=full)
    return taken, {
        "elders": f"{taken.people:,}",
        "read": "all" if taken.reread is None else taken.reread,
        "seconds": round(time.perf_counter() - started, 1),
        "of processor": round(time.process_time() - worked, 1),
        "peak MiB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "file MB": round(taken.file_size / 1e6),
    }


def full_one(changes: int) -> dict[str, Any]:
    del changes
    return take(full=True)[1]


def refreshed(changes: int) -> dict[str, Any]:
    del changes
    return take(full=False)[1]


def change(changes: int) -> dict[str, Any]:
    from heling.contexts.entitlements import snapshots
    from heling.contexts.registry import testing
    from heling.contexts.registry.public import elder_cards
    from heling.platform.access.scope import scoped

    by = everybody()
    with scoped(by):
        last = snapshots.latest(by)
    assert last is not None
    ids = snapshots.read_with_elders(last)[0].tolist()
    some = random.sample(ids, changes)
    started = time.perf_counter()
    with scoped(by):
        for card in elder_cards(some, by=by).values():
            testing.supporter(card.id, absent=random.random() < 0.5, code=card.code)  # noqa: S311
    return {"seconds": round(time.perf_counter() - started, 1)}


def same(changes: int) -> dict[str, Any]:
    """The last snapshot against a full one made now."""
    del changes
    from heling.contexts.entitlements import snapshots
    from heling.platform.access.scope import scoped

    by = everybody()
    with scoped(by):
        last = snapshots.latest(by)
    assert last is not None
    old = snapshots._arrays(last)  # noqa: SLF001 - all of it, ids too
    new = snapshots._arrays(take(full=True)[0])  # noqa: SLF001
    assert old.keys() == new.keys()
    for word in old:
        assert np.array_equal(old[word], new[word]), word
    return {"columns": len(old)}


PARTS = {"full": full_one, "refresh": refreshed, "change": change, "same": same}


def slide() -> None:
    """A plan of twelve months: cold, then every slide twice (the second is kept)."""
    from django.test import Client
    from django.urls import reverse

    from heling.contexts.identity import testing as people
    from heling.contexts.identity.public import RoleKey
    from heling.contexts.reforms.domain.levers import levers_of
    from heling.contexts.reforms.domain.writing import Moves
    from heling.contexts.reforms.models import Plan
    from heling.contexts.reforms.web.forms import Moving
    from heling.engines.law import load_city
    from heling.platform.access.scope import EVERYTHING, scoped

    client = Client(SERVER_NAME="localhost")
    with scoped(EVERYTHING):
        user = people.person(f"studio{time.time_ns()}")
        people.post(user, RoleKey.CITY, CITY)
        people.sign_in(client, user)
    client.post(
        reverse("reforms_new"),
        {"title": "基准", "month": "2026-11", "months": "12", "certain": "on"},
    )
    with scoped(EVERYTHING):
        plan = Plan.objects.order_by("-pk")[0]
    page = client.get(reverse("reforms_scenario", args=[plan.pk, 1]))
    levers = levers_of(load_city(f"{CITY}00"), plan.first_month)
    data = Moving.initial_of(levers, Moves()) | {"title": "方案一", "n-小时价格": "40"}
    url = reverse("reforms_results", args=[plan.pk, 1])

    def ask(**moved: str) -> tuple[float, bytes]:
        started = time.perf_counter()
        answer = client.post(url, data | moved, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        return time.perf_counter() - started, answer.content

    cold, _ = ask()
    print(f"first answer of a process (opens the snapshot, counts today's law): {cold:.2f} s")
    times: list[float] = []
    for word, values in SLIDES:
        found = [ask(**{f"n-{word}": value}) for value in values]
        again, content = ask(**{f"n-{word}": values[-1]})
        assert content == found[-1][1]
        times += [seconds for seconds, _ in found]
        shown = ", ".join(f"{seconds * 1000:.0f}" for seconds, _ in found)
        print(f"{word}: {shown} ms; the same once more {again * 1000:.0f} ms")
    print(f"median {statistics.median(times) * 1000:.0f} ms, worst {max(times) * 1000:.0f} ms")
    whole = page.content
    print(
        f"page {len(whole) / 1024:.0f} KiB ({len(gzip.compress(whole)) / 1024:.0f} packed), "
        f"answer {len(content) / 1024:.0f} KiB ({len(gzip.compress(content)) / 1024:.0f} packed)"
    )
    print(f"process: peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
