"""起草: a city changes its own packs, on a copy."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from heling.contexts.lawbook import rules
from heling.contexts.lawbook.access import Perm
from heling.contexts.lawbook.actions.archiving import take_in
from heling.contexts.lawbook.casework import identity, lock_draft, person, required, take, wrote
from heling.contexts.lawbook.checking import (
    CheckResult,
    Proved,
    check,
    digest,
    prove_text,
    report_of,
)
from heling.contexts.lawbook.domain.entries import clean
from heling.contexts.lawbook.domain.states import DRAFT, OPEN, Origin
from heling.contexts.lawbook.models import Draft, Edition
from heling.engines.law.source import MAX_BYTES
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Forbidden, NotFound, Problem, Refused
from heling.kernel.identifiers import Territory
from heling.platform.access.refusals import refusing

MOST_SHOWN = 20


@transaction.atomic
def begin_draft(*, pack: str, at: datetime, by: Actor) -> Draft:
    """Begin to change a pack, from the edition in force today. Raises NotFound for an unknown
    pack, Forbidden for another city's, Refused for a national one or when a draft is open."""
    by.require(Perm.DRAFT)
    base = edition_now(pack, on=timezone.localdate(at), at=at, by=by)
    if not base.city:
        raise Refused(
            "这个规则包全国通用，随软件发布，不能由一个城市修改。",
            hint="本市另有规定的，请写在本市的规则包里。",
        )
    home = Territory.parse(base.city)
    if by.territory is None or not by.territory.contains(home):
        raise Forbidden("这是别的城市的规则包，只能由那里修改。", hint="请选本市的规则包。")
    if open_draft := Draft.objects.filter(pack=pack, state__in=OPEN).first():
        raise Refused(
            f"{open_draft.author_name}起草的草稿还没有办完，不能另起一份。",
            hint="请在那份草稿上修改，或先撤回它。",
        )
    draft = Draft(
        code=home.code,
        city=base.city,
        pack=pack,
        kind=base.kind,
        title=base.title,
        text=base.content,
        base=base,
        author_id=person(by),
        author_name=by.name,
        writers=[person(by)],
        last_name=by.name,
    )
    with refusing():
        draft.save()
    wrote(draft, "begin", by=by)
    return draft


def edition_now(pack: str, *, on: date, at: datetime, by: Actor) -> Edition:
    """The edition of a pack in force; what came with the software is archived first when it
    never was."""
    city = pack.split("/")[0]
    placed = next((p for p in rules.placements(city, on=on) if p.pack == pack), None)
    if placed is not None:
        return Edition.objects.get(pk=placed.id)
    released = Edition.objects.filter(pack=pack, origin=Origin.RELEASED).order_by("-known_from")
    found = released.first()
    if found is None:
        take_in(at=at, by=by)
        found = released.first()
    if found is None:
        raise NotFound(f"没有规则包 {pack}。", hint="请从规则库的列表中选。")
    return found


@transaction.atomic
def save_draft(*, draft_id: int, text: str, seen: int, by: Actor) -> Draft:
    """Keep a draft's text, right or wrong. Saving what is there already changes nothing.

    Raises Conflict when somebody saved since ``seen``, BadInput for what cannot be kept.
    """
    by.require(Perm.DRAFT)
    text = kept_form(text)
    draft = lock_draft(draft_id, by=by, seen=seen)
    if draft.text == text:
        DRAFT.next("save", draft.state)
        return draft
    writers = sorted({*draft.writers, person(by)})
    take(draft, "save", by=by, text=text, writers=writers, last_name=by.name)
    return draft


def kept_form(text: str) -> str:
    """The text as a file keeps it: line feeds, one at the end. Raises BadInput."""
    if "\x00" in text:
        raise BadInput.single("内容", "含有不能保存的字符（NUL），请重新粘贴")
    text = f"{clean(text)}\n"
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise BadInput.single("内容", "含有不是文字的编码，请重新粘贴") from None
    if size > MAX_BYTES:
        raise BadInput.single("内容", f"有 {size:,} 字节，超过 {MAX_BYTES:,} 字节的上限，没有保存")
    return text


@transaction.atomic
def submit_draft(*, draft_id: int, seen: int, note: str, on: date, by: Actor) -> Draft:
    """Submit for approval the very text that was just checked and proved. Raises BadInput with
    everything that stands in the way."""
    by.require(Perm.DRAFT)
    draft = lock_draft(draft_id, by=by, seen=seen)
    DRAFT.next("submit", draft.state)
    note = required(note, "修改说明")
    if draft.text == draft.base.content:
        raise Refused("草稿与起草时的版本相同，没有可以审定的修改。", hint="请先修改，或撤回草稿。")
    checked, proved = examined(draft, on=on)
    take(
        draft,
        "submit",
        by=by,
        reason=note,
        note=note,
        checked_sha256=checked.sha256,
        report=report_of(checked, proved, on=on),
        writers=sorted({*draft.writers, person(by)}),
    )
    return draft


def examined(draft: Draft, *, on: date) -> tuple[CheckResult, Proved]:
    """Check and prove a draft's text; BadInput with all that is wrong unless all is well."""
    who = identity(draft)
    checked = check(draft.text, who, on=on)
    proved = prove_text(draft.text, who, on=on) if checked.loads else None
    found = [*checked.findings, *(proved.branches if proved else ())]
    problems = [Problem(str(f.spot), f.message) for f in found]
    if proved is not None:
        problems += [Problem(p.stated.cite.label, p.says) for p in proved.proofs if not p.holds]
    if proved is None or problems:
        raise BadInput(*problems[:MOST_SHOWN])
    return checked, proved


@transaction.atomic
def recall_draft(*, draft_id: int, by: Actor) -> Draft:
    """取回: those who draft take back what they submitted, to go on."""
    by.require(Perm.DRAFT)
    draft = lock_draft(draft_id, by=by)
    take(draft, "recall", by=by, checked_sha256="", report={})
    return draft


@transaction.atomic
def withdraw_draft(*, draft_id: int, reason: str, by: Actor) -> Draft:
    """撤回: the change is given up; the text stays readable."""
    by.require(Perm.DRAFT)
    draft = lock_draft(draft_id, by=by)
    take(draft, "withdraw", by=by, reason=required(reason, "撤回的理由"))
    return draft


__all__ = [
    "begin_draft",
    "digest",
    "edition_now",
    "examined",
    "kept_form",
    "recall_draft",
    "save_draft",
    "submit_draft",
    "withdraw_draft",
]
