"""``heling audit``: does every stored decision still follow from its receipt?"""

from __future__ import annotations

from typing import Any

from heling.contexts.entitlements.public import Perm, verify_receipts
from heling.contexts.places import public as places
from heling.kernel.actor import system
from heling.kernel.errors import BadInput
from heling.kernel.identifiers import Territory
from heling.platform.access.scope import scoped


def audit_city(city: str | None) -> dict[str, Any]:
    """Counts and differences as JSON data; ``clean`` says it all. Nothing is written.

    ``city`` is a six-digit code, None for every city. Raises BadInput for an unknown one.
    """
    territory = Territory.parse(city) if city else None
    by = system("核对收据", Perm.VERIFY, territory=territory)
    with scoped(by):
        if territory is not None and not places.names([territory.prefix]):
            raise BadInput.single("--city", f"没有区划 {city}，请给出已载入的城市代码")
    report = verify_receipts(by=by)
    return {
        "city": city,
        "clean": report.clean,
        "determinations": {
            "checked": report.checked,
            "matching": report.matching,
            "made_under_older_packs": report.superseded,
            "differing": [
                {"determination": m.determination_id, "message": m.message}
                for m in report.mismatches
            ],
        },
        "months": {"checked": report.months_checked, "wrong": list(report.months_wrong)},
    }
