"""The bridge to the law engine: facts in, determination out, receipt kept and checked again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from heling.contexts.assessment import public as assessment
from heling.contexts.entitlements.casework import signature
from heling.contexts.entitlements.domain.objections import Cause
from heling.contexts.entitlements.events import Determined
from heling.contexts.entitlements.models import Determination as Stored
from heling.contexts.lawbook import public as lawbook
from heling.contexts.registry import public as registry
from heling.engines.law import Determination, Receipt, RuleSet
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, HelingError
from heling.kernel.identifiers import Territory
from heling.platform.journal.record import record

LEVEL = "失能等级"
SAID = "申请人说明"


@dataclass(frozen=True, slots=True)
class Found:
    """A determination made just now and not yet stored, with where each fact comes from."""

    card: registry.ElderCard
    determination: Determination
    provenance: list[dict[str, Any]]


def rules_for(code: str, *, on: date) -> RuleSet:
    """The rules for a day of the city that a division lies in: its own edition where it has one."""
    return lawbook.rules_of(Territory.parse(code).city, on=on)


def determine(
    elder_id: int, *, on: date, by: Actor, declared: Mapping[str, Any] | None = None
) -> Found:
    """Apply the law of the elder's city to what is known on a day.

    ``declared`` are the applicant's own answers (see :func:`check_declared`); what an
    office has certified always goes before them. Raises NotFound for a stranger.
    """
    card = registry.elder_card(elder_id, by=by)
    rules = rules_for(card.code, on=on)
    provenance = list(_known(card.id, rules, on=on, by=by))
    certified = {p["word"] for p in provenance}
    provenance += [
        {"word": word, "value": value, "source": SAID, "certified_by": SAID}
        for word, value in (declared or {}).items()
        if word not in certified
    ]
    facts = {p["word"]: _engine_fact(p) for p in provenance}
    return Found(card, rules.determine(facts, on), provenance)


def _known(elder_id: int, rules: RuleSet, *, on: date, by: Actor) -> Iterable[dict[str, Any]]:
    for fact in registry.facts_of(elder_id, on=on, by=by):
        if fact.word in rules.facts:
            yield {
                "word": fact.word,
                "value": fact.value.isoformat() if isinstance(fact.value, date) else fact.value,
                "source": fact.source,
                "certified_by": fact.certified_by,
                **_days(fact.starts, fact.ends),
            }
    # Only the national ability standard speaks of 失能 as the ordinances do; the long-term-care
    # scale is a different measure and is never converted.
    level = assessment.level_on(elder_id, on=on, by=by, scale=assessment.GBT42195)
    if level is not None and LEVEL in rules.facts:
        notes = [*level.unverified, *(["已超过复评期限"] if level.overdue(on) else [])]
        yield {
            "word": LEVEL,
            "value": rules.facts[LEVEL].type.levels[level.level],
            "source": f"能力评估第 {level.assessment_id} 号：{level.label}",
            "certified_by": "能力评估",
            "notes": notes + (["评估结果有异议，正在复评"] if level.disputed else []),
            "assessment_id": level.assessment_id,
            **_days(level.on, None),
        }


def _days(starts: date | None, ends: date | None) -> dict[str, str]:
    days = {"starts": starts, "ends": ends}
    return {key: day.isoformat() for key, day in days.items() if day is not None}


def _engine_fact(provenance: Mapping[str, Any]) -> dict[str, Any]:
    fact = {"值": provenance["value"], "来源": provenance["source"]}
    for ours, theirs in (("starts", "自"), ("ends", "至")):
        if ours in provenance:
            fact[theirs] = provenance[ours]
    return fact


def check_declared(code: str, answers: Mapping[str, Any], *, on: date) -> dict[str, Any]:
    """Answers that an applicant's word is enough for. Raises BadInput.

    Somebody may say that they do *not* have a status, may choose between benefits, and may
    state a number; that they do have a status is for an office to certify.
    """
    rules = rules_for(code, on=on)
    accepted = {
        word: value
        for word, value in answers.items()
        if word in rules.facts and value is not True and value is not None
    }
    if LEVEL in accepted:
        raise BadInput.single(LEVEL, "要由评估机构评估，不能自己填写")
    rules.read(accepted, on)
    return accepted


def store(found: Found, *, cause: Cause, by: Actor) -> Stored:
    """Keep a determination for good, with its receipt."""
    made = found.determination
    stored = Stored.objects.create(
        code=found.card.code,
        elder_id=found.card.id,
        city=made.city,
        on=made.on,
        cause=cause,
        law=made.to_json(),
        provenance=found.provenance,
        engine=made.receipt.engine,
        digest=made.receipt.result,
        **signature(by),
    )
    record(
        Determined(
            determination_id=stored.pk,
            elder_id=stored.elder_id,
            code=stored.code,
            on=stored.on,
            cause=cause,
            granted=tuple(g.id for g in made.grants if g.enjoyed),
        ),
        by=by,
    )
    return stored


def read(stored: Stored) -> Determination:
    """The determination as it was stored, for showing."""
    return Determination.from_json(stored.law)


@dataclass(frozen=True, slots=True)
class Recheck:
    """What came of computing a stored determination again from its receipt."""

    determination_id: int
    matches: bool
    message: str


def recheck(stored: Stored) -> Recheck:
    """Compute again from the receipt, under the very packs that it names: result, explanation
    and every word must be the same."""
    try:
        receipt = Receipt.from_json(stored.law["receipt"])
        again = lawbook.rules_of_receipt(receipt).recompute(receipt)
    except HelingError as error:
        return Recheck(stored.pk, matches=False, message=str(error))
    if again.to_json() != stored.law or receipt.result != stored.digest:
        return Recheck(stored.pk, matches=False, message="存档内容与凭据重新计算的结果不一致。")
    return Recheck(stored.pk, matches=True, message="与凭据一致。")
