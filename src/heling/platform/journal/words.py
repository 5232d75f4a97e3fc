"""What the journal's pages call things. Contexts add theirs in ``AppConfig.ready``."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from heling.platform.journal.record import Event

_roles = {"system": "系统", "anonymous": "未登录"}
_pages: dict[str, str] = {}
_fields = {
    "elder_id": "老年人编号",
    "user_id": "账号编号",
    "code": "区划",
    "name": "姓名",
    "username": "用户名",
    "role": "岗位",
    "reason": "理由",
    "starts": "起",
    "ends": "止",
    "ends_at": "最迟结束",
    "relation": "关系",
    "consent": "同意方式",
    "document": "凭据",
}


def name_roles(labels: Mapping[str, str]) -> None:
    _roles.update(labels)


def name_fields(labels: Mapping[str, str]) -> None:
    """Chinese names of payload fields, shared by all events that use the field."""
    _fields.update(labels)


def show_subject(subject: str, url_name: str) -> None:
    """Entries about ``subject`` link to the page ``url_name``, which takes the id."""
    _pages[subject] = url_name


def role_label(role: str) -> str:
    return _roles.get(role, role)


def kind_label(kind: str) -> str:
    event = Event.registry.get(kind)
    return (event.label if event else "") or kind


def field_label(field: str) -> str:
    return _fields.get(field, field)


def kinds() -> list[tuple[str, str]]:
    """Every kind of event of this version, for the filter."""
    return [(kind, kind_label(kind)) for kind in sorted(Event.registry)]


def page_of(subject: str, pk: int | None) -> str:
    """Address of the subject's page, or nothing where there is none."""
    if pk is None or subject not in _pages:
        return ""
    try:
        return reverse(_pages[subject], args=[pk])
    except NoReverseMatch:
        return ""


def division_names(codes: set[str]) -> dict[str, str]:
    names: dict[str, str] = import_module(settings.PLACES).names({c.rstrip() for c in codes if c})
    return names
