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
    "after": "之后",
    "application_id": "申请编号",
    "assessment_id": "评估编号",
    "batch_id": "名册编号",
    "before": "之前",
    "cause": "原因",
    "change": "变更",
    "changed": "变更",
    "channel": "途径",
    "cities": "城市",
    "code": "区划",
    "columns": "列",
    "consent": "同意方式",
    "cycle_id": "月度编号",
    "decision_id": "决定编号",
    "determination_id": "认定编号",
    "digest": "指纹",
    "dispute_id": "异议编号",
    "document": "凭据",
    "elder_id": "老年人编号",
    "elders": "老年人数",
    "ending": "终止情形",
    "ends": "止",
    "ends_at": "最迟结束",
    "fields": "字段",
    "format": "格式",
    "granted": "给予",
    "grants": "待遇",
    "households": "户数",
    "last_day": "最后一天",
    "level": "等级",
    "list": "列表",
    "merged_id": "被合并的编号",
    "month": "月份",
    "name": "姓名",
    "notice_id": "公示编号",
    "objection_id": "异议编号",
    "on": "日期",
    "outcome": "结果",
    "post_id": "岗位编号",
    "purpose": "目的",
    "query": "条件",
    "reason": "理由",
    "relation": "关系",
    "representation_id": "代办编号",
    "result_sha256": "结果指纹",
    "role": "岗位",
    "rows": "行数",
    "run_id": "任务编号",
    "scale": "量表",
    "session_id": "会话编号",
    "sha256": "文件指纹",
    "size": "数量",
    "source": "来源",
    "starts": "起",
    "status": "身份",
    "status_id": "身份认定编号",
    "step": "步骤",
    "successor_id": "后一次评估编号",
    "supporters": "赡养人数",
    "title": "名称",
    "to_code": "迁往区划",
    "user_id": "账号编号",
    "username": "用户名",
    "version": "版本",
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
