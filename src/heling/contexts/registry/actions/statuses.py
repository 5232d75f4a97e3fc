"""Status facts: certified, ended, revoked. Never without a document, never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from heling.contexts.registry.access import Perm
from heling.contexts.registry.actions.common import locked_active
from heling.contexts.registry.domain.words import (
    Certifier,
    DisabilityKind,
    StatusKind,
    read_word,
)
from heling.contexts.registry.events import StatusChanged
from heling.contexts.registry.models import Status
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, NotFound, Problem, Refused
from heling.platform.access.refusals import refusing
from heling.platform.journal.record import record


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A status as certified: enumerations take the code or the Chinese label.

    ``of_household`` left None follows the kind (低保、低保边缘、计划生育特殊家庭 are the
    family's). ``grade`` is 1 (worst) to 4, for 残疾 only.
    """

    kind: str
    certifier: str
    certified_by: str
    document: str
    starts: date | None
    ends: date | None = None
    grade: int | None = None
    disability: str = ""
    of_household: bool | None = None
    demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCertificate:
    """The same, read. Only :func:`read_certificate` makes these."""

    kind: StatusKind
    certifier: Certifier
    certified_by: str
    document: str
    starts: date
    ends: date | None
    grade: int | None
    disability: DisabilityKind | None
    of_household: bool
    demo: bool


@transaction.atomic
def add_status(
    *, elder_id: int, certificate: Certificate | CheckedCertificate, today: date, by: Actor
) -> int:
    """Record a certified status and return its id. BadInput lists everything wrong."""
    by.require(Perm.CERTIFY)
    elder = locked_active(elder_id, by=by, doing="登记身份认定")
    values = status_columns(read_certificate(certificate, today=today))
    with refusing():
        status = Status.objects.create(elder_id=elder.pk, code=elder.code, **values)
    _tell(status, "added", by=by)
    return status.pk


@transaction.atomic
def end_status(*, status_id: int, ends: date, by: Actor) -> None:
    """The status holds up to and including ``ends`` and no longer."""
    by.require(Perm.CERTIFY)
    status = _locked(status_id, by=by)
    if ends < status.starts:
        raise BadInput.single("结束日期", f"早于开始日期 {status.starts}；整条有误请改用“撤销”")
    status.ends = ends
    with refusing():
        status.save(update_fields=["ends"])
    _tell(status, "ended", by=by)


@transaction.atomic
def revoke_status(*, status_id: int, why: str, at: datetime, by: Actor) -> None:
    """The certification was wrong or was withdrawn: it counts for nothing, but stays readable."""
    by.require(Perm.CERTIFY)
    if not why.strip():
        raise BadInput.single("撤销理由", "没有填写，请写明为什么撤销")
    status = _locked(status_id, by=by)
    status.revoked_at, status.revoked_why = at, why.strip()
    with refusing():
        status.save(update_fields=["revoked_at", "revoked_why"])
    _tell(status, "revoked", by=by)


def read_certificate(raw: Certificate | CheckedCertificate, *, today: date) -> CheckedCertificate:
    """Check every field; what has been read already is not read again.

    Raises BadInput that lists all problems.
    """
    if isinstance(raw, CheckedCertificate):
        return raw
    problems: list[Problem] = []
    kind = read_word(StatusKind, raw.kind, where="类别", problems=problems)
    certifier = read_word(Certifier, raw.certifier, where="认定机关类别", problems=problems)
    disability = read_word(DisabilityKind, raw.disability, where="残疾类别", problems=problems)
    for where, missing, how in (
        ("类别", kind is None and not raw.kind.strip(), "没有选择"),
        ("认定机关类别", certifier is None and not raw.certifier.strip(), "没有选择"),
        ("认定机关", not raw.certified_by.strip(), "没有填写，请写明由哪个机关认定"),
        ("文号或证号", not raw.document.strip(), "没有填写；没有认定文件不能登记"),
        ("开始日期", raw.starts is None, "没有填写，请按认定文件填写"),
    ):
        if missing:
            problems.append(Problem(where, how))
    problems += _dates(raw, today)
    problems += _grade(raw, kind)
    if problems or kind is None or certifier is None or raw.starts is None:
        raise BadInput(*problems)
    return CheckedCertificate(
        kind=kind,
        certifier=certifier,
        certified_by=raw.certified_by.strip(),
        document=raw.document.strip(),
        starts=raw.starts,
        ends=raw.ends,
        grade=raw.grade,
        disability=disability,
        of_household=kind.of_household if raw.of_household is None else raw.of_household,
        demo=raw.demo,
    )


def status_columns(certificate: CheckedCertificate) -> dict[str, object]:
    """Columns of a Status row."""
    disability = certificate.disability
    return {
        "kind": certificate.kind.value,
        "of_household": certificate.of_household,
        "grade": certificate.grade,
        "disability": disability.value if disability else "",
        "certifier": certificate.certifier.value,
        "certified_by": certificate.certified_by,
        "document": certificate.document,
        "starts": certificate.starts,
        "ends": certificate.ends,
        "demo": certificate.demo,
    }


def _dates(raw: Certificate, today: date) -> list[Problem]:
    if raw.starts is None:
        return []
    if raw.starts > today:
        return [Problem("开始日期", f"{raw.starts} 在今天之后，请按认定文件核对")]
    if raw.ends is not None and raw.ends < raw.starts:
        return [Problem("结束日期", f"早于开始日期 {raw.starts}，请核对")]
    return []


def _grade(raw: Certificate, kind: StatusKind | None) -> list[Problem]:
    if kind is StatusKind.DISABILITY:
        if raw.grade not in {1, 2, 3, 4}:
            return [Problem("残疾等级", "请填写一级至四级")]
    elif kind is not None and (raw.grade is not None or raw.disability):
        return [Problem("残疾等级", f"“{kind.label}”没有残疾类别和等级，请留空")]
    return []


def _locked(status_id: int, *, by: Actor) -> Status:
    status = (
        Status.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=status_id).first()
    )
    if status is None:
        raise NotFound("没有找到这条认定。")
    if status.revoked_at is not None:
        raise Refused("这条认定已经撤销，不能再改。")
    return status


def _tell(status: Status, change: str, *, by: Actor) -> None:
    record(
        StatusChanged(
            elder_id=status.elder_id,
            code=status.code,
            status_id=status.pk,
            status=status.kind,
            change=change,
            starts=status.starts,
            ends=status.ends,
        ),
        by=by,
    )
