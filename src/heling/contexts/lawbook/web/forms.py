"""Forms of the rule book. The editor's boxes are read by hand: their number is the text's."""

from __future__ import annotations

import re

from django import forms
from django.http import QueryDict

from heling.contexts.lawbook.queries.drafts import Typed
from heling.kernel.errors import BadInput


class Versioned(forms.Form):
    """``seen`` is the version of the draft that the person looked at."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class Plain(Versioned):
    """Nothing to fill in but the version."""


def _words(label: str, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": f"请填写{label}"},
    )


class Submission(Versioned):
    note = _words("修改说明", "改了什么、依据哪份文件；审定的同事会看到这段话")


class Reason(Versioned):
    reason = _words("理由", "会记入草稿的经过")


class Publication(Versioned):
    effective_from = forms.DateField(
        label="适用起始日",
        help_text="从这一天起的判定适用这个版本，例如 2027-01-01",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "请写明从哪一天起适用",
            "invalid": "请写成 2027-01-01 的样子",
        },
    )
    retroactive = forms.BooleanField(
        label="起始日在今天以前的，是追溯的修改：我核对过对以前判定的影响", required=False
    )
    reason = _words("发布的理由", "文号、会议或者批示；会与版本一起存档")


_BOX = re.compile(r"entry-(\d{1,4})")


def typed_in(data: QueryDict) -> Typed:
    """What was typed into the editor. Raises BadInput for a form that is not the editor's."""
    seen = data.get("seen", "")
    if not re.fullmatch(r"\d{1,9}", seen):
        raise BadInput.single("页面", "这不是编辑页面的内容，请从草稿进入后再改")
    entries = {
        int(found[1]): str(value)
        for name, value in data.items()
        if (found := _BOX.fullmatch(name)) is not None
    }
    return Typed(
        seen=int(seen),
        entries=entries,
        whole=data.get("whole"),
        section=data.get("new-section", ""),
        entry=data.get("new-entry", ""),
    )
