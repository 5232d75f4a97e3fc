"""The steps of a case as pages: form, action, words. One row per button."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from heling.contexts.entitlements import actions
from heling.contexts.entitlements.access import Perm
from heling.contexts.entitlements.domain.objections import Cause
from heling.contexts.entitlements.queries.cases import CasePage
from heling.contexts.entitlements.queries.family import case_questions
from heling.contexts.entitlements.web import forms
from heling.kernel.actor import Actor
from heling.kernel.errors import Forbidden

Act = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class StepPage:
    """``doors``: steps of the case table (or doors of the page) of which one opens this one;
    ``explain`` says what follows from pressing the button."""

    label: str
    doors: tuple[str, ...]
    form: type[forms.Versioned]
    do: Act
    done: str
    permissions: tuple[Perm, ...]
    explain: str = ""
    kind: str = "secondary"
    denial: type[forms.Versioned] | None = None
    shows_law: bool = False

    def asks(self, pk: int, *, on: date, by: Actor) -> dict[str, Any]:
        """Arguments of a form that asks the law's open questions along the way."""
        if not issubclass(self.form, forms.Asking):
            return {}
        return {"asked": case_questions(pk, on=on, by=by)}

    def shown(self, may: frozenset[str]) -> bool:
        return bool(may.intersection(self.doors))

    def require(self, actor: Actor) -> None:
        """Raise Forbidden unless the actor holds one of the permissions."""
        if not any(actor.may(permission) for permission in self.permissions):
            raise Forbidden("您的岗位没有这项权限。", hint="如工作需要，请向本单位管理员申请。")

    def form_for(self, page: CasePage) -> type[forms.Versioned]:
        return self.denial if self.denial is not None and "deny" in page.may else self.form

    def act(self, pk: int, data: Mapping[str, Any], *, on: date, by: Actor) -> str:
        """Do it; returns the sentence that says so."""
        self.do(application_id=pk, on=on, by=by, **data)
        return self.done


def _redetermine(*, application_id: int, on: date, by: Actor, seen: int | None = None) -> None:
    del seen
    actions.redetermine(
        elder_id=actions.elder_of(application_id=application_id, by=by),
        cause=Cause.CHECK,
        on=on,
        by=by,
    )


STEPS: dict[str, StepPage] = {
    "confirm": StepPage(
        "登记本人同意",
        ("confirm",),
        forms.Confirmation,
        actions.confirm_candidate,
        "已登记本人同意，申请已提交。",
        (Perm.INVITE,),
        "联系老年人本人，说清可以享受什么；本人同意后登记，申请随即提交。",
        "primary",
    ),
    "decline": StepPage(
        "登记本人不需要",
        ("decline",),
        forms.Reason,
        actions.decline_candidate,
        "已登记，一年内不再邀请。",
        (Perm.INVITE,),
    ),
    "submit": StepPage(
        "提交申请",
        ("submit",),
        forms.Plain,
        actions.submit,
        "申请已提交，等待街道受理。",
        (Perm.APPLY_FOR,),
        kind="primary",
    ),
    "accept": StepPage(
        "受理",
        ("accept",),
        forms.Plain,
        actions.accept,
        "已受理，请在期限内初审。",
        (Perm.ACCEPT,),
        "材料齐全即受理。受理后开始计算初审期限。",
        "primary",
    ),
    "correct": StepPage(
        "退回补正",
        ("request_correction",),
        forms.Correction,
        actions.request_correction,
        "已退回补正，申请人会看到您写的内容。",
        (Perm.ACCEPT,),
    ),
    "resubmit": StepPage(
        "登记补正并重新提交",
        ("resubmit",),
        forms.Resubmission,
        actions.resubmit,
        "已重新提交。",
        (Perm.APPLY_FOR,),
        kind="primary",
    ),
    "first": StepPage(
        "初审",
        ("pass_first", "fail_first"),
        forms.FirstReview,
        actions.first_review,
        "初审意见已签字，转区县复核。",
        (Perm.FIRST_REVIEW,),
        "您的签字会永久保留。复核必须由另一人办理。",
        "primary",
        shows_law=True,
    ),
    "second": StepPage(
        "复核",
        ("pass_second", "fail_second", "send_back"),
        forms.SecondReview,
        actions.second_review,
        "复核意见已签字。",
        (Perm.SECOND_REVIEW,),
        "您的签字会永久保留。初审人不能复核。",
        "primary",
        shows_law=True,
    ),
    "decide": StepPage(
        "作出决定",
        ("grant", "deny"),
        forms.Grant,
        actions.decide,
        "决定已作出，决定书已生成。",
        (Perm.DECIDE,),
        "决定作出后不能修改，只能以新的决定变更或终止。",
        "primary",
        denial=forms.Denial,
        shows_law=True,
    ),
    "redetermine": StepPage(
        "重新认定",
        ("redetermine",),
        forms.Plain,
        _redetermine,
        "已按今天的事实重新认定。",
        (Perm.ACCEPT, Perm.FIRST_REVIEW, Perm.SECOND_REVIEW, Perm.DECIDE),
        "按登记的最新事实和今天的年龄再算一次。原来的认定保留。",
    ),
    "change": StepPage(
        "变更待遇",
        ("change",),
        forms.Reason,
        actions.apply_changes,
        "变更决定已作出。",
        (Perm.DECIDE,),
        "按今天的事实变更：不再符合的终止，数额变化的从今天起按新数额。",
        shows_law=True,
    ),
    "withdraw": StepPage(
        "撤回申请",
        ("withdraw",),
        forms.Reason,
        actions.withdraw,
        "申请已撤回。",
        (Perm.APPLY_FOR,),
        "按本人意愿撤回。撤回后可以重新申请。",
    ),
    "terminate": StepPage(
        "终止",
        ("terminate",),
        forms.Termination,
        actions.terminate,
        "已终止。",
        (Perm.DECIDE,),
        "终止后不能恢复，需要时重新申请。",
        "danger",
    ),
}
