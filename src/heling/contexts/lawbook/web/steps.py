"""The steps of a draft as pages: form, action, words. One row for each button."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from heling.contexts.lawbook import actions
from heling.contexts.lawbook.access import Perm
from heling.contexts.lawbook.web import forms
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput

Do = Callable[[int, Mapping[str, Any], datetime, Actor], object]


@dataclass(frozen=True, slots=True)
class StepPage:
    """``explain`` says what follows from pressing the button; ``weighs``: the page shows the
    comparison and the report above the form."""

    label: str
    form: type[forms.Versioned]
    permission: Perm
    do: Do
    done: str
    explain: str
    kind: str = "secondary"
    weighs: bool = False


def _submit(pk: int, data: Mapping[str, Any], at: datetime, by: Actor) -> object:
    today = timezone.localdate(at)
    return actions.submit_draft(draft_id=pk, seen=data["seen"], note=data["note"], on=today, by=by)


def _publish(pk: int, data: Mapping[str, Any], at: datetime, by: Actor) -> object:
    day = data["effective_from"]
    if day < timezone.localdate(at) and not data["retroactive"]:
        raise BadInput.single("适用起始日", f"{day} 已经过去，是追溯的修改，请核对影响后勾选确认")
    return actions.publish_draft(
        draft_id=pk,
        seen=data["seen"],
        effective_from=day,
        reason=data["reason"],
        at=at,
        by=by,
    )


def _return(pk: int, data: Mapping[str, Any], at: datetime, by: Actor) -> object:
    del at
    return actions.return_draft(draft_id=pk, reason=data["reason"], by=by)


def _recall(pk: int, data: Mapping[str, Any], at: datetime, by: Actor) -> object:
    del data, at
    return actions.recall_draft(draft_id=pk, by=by)


def _withdraw(pk: int, data: Mapping[str, Any], at: datetime, by: Actor) -> object:
    del at
    return actions.withdraw_draft(draft_id=pk, reason=data["reason"], by=by)


STEPS: dict[str, StepPage] = {
    "submit": StepPage(
        "提交审定",
        forms.Submission,
        Perm.DRAFT,
        _submit,
        "已提交，等待另一位同事审定。",
        "提交前再检查、再证明一遍，约需几秒钟。提交后内容不能再改，要改先取回。",
        "primary",
        weighs=True,
    ),
    "publish": StepPage(
        "审定发布",
        forms.Publication,
        Perm.PUBLISH,
        _publish,
        "已发布，从适用起始日起的判定按新版本办理。",
        "发布以后不能修改，也不能删除；有错只能再发布一个版本。发布前再检查、再证明一遍，约需几秒钟。",
        "primary",
        weighs=True,
    ),
    "return": StepPage(
        "退回",
        forms.Reason,
        Perm.PUBLISH,
        _return,
        "已退回，起草的同事会看到理由。",
        "草稿回到起草人手里，修改后可以重新提交。",
        weighs=True,
    ),
    "recall": StepPage(
        "取回修改",
        forms.Plain,
        Perm.DRAFT,
        _recall,
        "已取回，可以继续修改。",
        "审定暂停，改好后重新提交。",
    ),
    "withdraw": StepPage(
        "撤回草稿",
        forms.Reason,
        Perm.DRAFT,
        _withdraw,
        "已撤回。草稿和经过仍可查看。",
        "这份草稿不再办理，不能恢复；内容仍可查看。",
        "danger",
    ),
}
