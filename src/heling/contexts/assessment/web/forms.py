"""Forms. The one of the scale itself is built from the scale's data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms

from heling.contexts.assessment.domain import REASON_LABELS, Field, Item, Reason, Scale
from heling.contexts.assessment.domain.answers import DIAGNOSES, RISK_EVENTS
from heling.contexts.assessment.domain.filling import NO_RISK_EVENTS, asked_fields
from heling.contexts.assessment.domain.scale import FieldKind
from heling.contexts.assessment.queries.rows import Arranging
from heling.contexts.identity.public import Holder

NONE_OF_THESE = "none_of_these"
"""Box under the diagnoses: asked, and none of them; without it, nobody has asked."""


def day_field(label: str, **more: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(
        label=label,
        widget=widget,
        input_formats=["%Y-%m-%d", "%Y%m%d", "%Y/%m/%d"],
        error_messages={"invalid": "不是日期，请写成 2026-11-01 的样子", "required": "请填写"},
        **more,
    )


def text_field(label: str, limit: int, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=limit,
        error_messages={"required": "请填写", "max_length": f"最多 {limit} 个字，请缩短"},
        **more,
    )


class SheetForm(forms.Form):
    """The assessment form, or some of its parts: ``visit``, ``items``, ``facts``.

    Nothing is required here: a half-filled form is saved as it is, and submission says
    what is missing.
    """

    def __init__(self, *args: Any, scale: Scale, parts: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scale, self.parts = scale, set(parts)
        if "visit" in self.parts:
            self.fields.update(_visit_fields(scale))
        # The summary of errors counts gaps by first-level indicator.
        self.sections = {i.code: g.name for g in scale.groups for i in g.items}
        if "items" in self.parts:
            self.fields.update({i.code: item_field(i) for i in scale.items})
        if "facts" in self.parts:
            self.fields.update(_fact_fields(scale))

    def answers(self) -> dict[str, str]:
        """Item code → key, of the items that were answered."""
        data = self.cleaned_data
        return {i.code: data[i.code] for i in self.scale.items if data.get(i.code)}

    def facts(self) -> dict[str, object]:
        """Table A as :func:`read_facts` takes it; what was left blank is not stated."""
        data = self.cleaned_data
        facts: dict[str, object] = {f.key: data[f.key] for f in asked_fields(self.scale)}
        facts = {key: value for key, value in facts.items() if value}
        if facts.get(DIAGNOSES) == [NONE_OF_THESE]:
            facts[DIAGNOSES] = []
        if data.get(NO_RISK_EVENTS):
            facts[NO_RISK_EVENTS] = True
        return facts

    def places(self) -> dict[str, str]:
        """Where a problem of the domain stands in this form."""
        found = {i.title: i.code for i in self.scale.items}
        if self.scale.raises is not None:
            found[self.scale.field(RISK_EVENTS).name] = NO_RISK_EVENTS
        return {where: name for where, name in found.items() if name in self.fields}


def initial_of(row: Any) -> dict[str, Any]:
    """What a stored draft shows in its form."""
    facts = dict(row.facts)
    if facts.get(DIAGNOSES) == []:
        facts[DIAGNOSES] = [NONE_OF_THESE]
    visit = {"on": row.assessed_on, "place": row.place, "guardian": row.guardian}
    return {**visit, **row.answers, **facts}


def item_field(item: Item) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=item.title,
        help_text=item.hint,
        required=False,
        widget=forms.RadioSelect,
        choices=[(o.key, f"{o.score} 分　{o.text}") for o in item.options],
        error_messages={"invalid_choice": "请在给出的选项中选一项"},
    )


def _visit_fields(scale: Scale) -> Iterator[tuple[str, forms.Field]]:
    yield "on", day_field("评估日期", required=False, help_text="实际上门评估的日期")
    yield "place", text_field("评估地点", 200, required=False)
    guardian = "在场监护人或代理人"
    if "guardian_present" not in scale.process:
        guardian += "（没有可不填）"
    yield "guardian", text_field(guardian, 80, required=False)


def _fact_fields(scale: Scale) -> Iterator[tuple[str, forms.Field]]:
    for field in asked_fields(scale):
        yield field.key, _fact_field(field)
    if scale.raises is not None:
        yield (
            NO_RISK_EVENTS,
            forms.BooleanField(label="已询问，近 30 天没有发生照护风险事件", required=False),
        )


def _fact_field(field: Field) -> forms.Field:
    label = field.name
    if field.kind is FieldKind.TEXT:
        return text_field(label, 200, required=False)
    pairs = list(field.pairs)
    if field.kind is FieldKind.MULTI:
        hint = ""
        if field.key == DIAGNOSES:
            pairs.append((NONE_OF_THESE, "以上都没有"))
            hint = "确诊的才勾选；痴呆和精神科诊断影响等级"
        return forms.MultipleChoiceField(
            label=label,
            help_text=hint,
            required=False,
            choices=pairs,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": "请在给出的选项中选择"},
        )
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=pairs,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "请在给出的选项中选一项"},
    )


class FactForm(forms.Form):
    """One question of Table A, by the key of its field or ``no_risk_events``."""

    def __init__(self, *args: Any, scale: Scale, key: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scale, self.key = scale, key
        self.fields[key] = dict(_fact_fields(scale))[key]

    def among(self, stored: Mapping[str, Any]) -> dict[str, object]:
        """All facts, with this one as it was answered now, as :meth:`SheetForm.facts` gives them."""
        data = {**stored, self.key: self.cleaned_data[self.key]}
        whole = SheetForm(data, scale=self.scale, parts=("facts",))
        whole.is_valid()
        return whole.facts()


def fact_keys(scale: Scale) -> tuple[str, ...]:
    """The questions of Table A in their order."""
    return tuple(key for key, _ in _fact_fields(scale))


class RiskEventForm(forms.Form):
    """One dated risk event. ``kind`` is a code of Table A."""

    kind = forms.ChoiceField(
        label="发生了什么",
        widget=forms.RadioSelect,
        error_messages={"required": "请选一项", "invalid_choice": "请选一项"},
    )
    on = day_field("发生日期")
    note = text_field("经过", 200, required=False, help_text="例如：早上在卫生间滑倒")

    def __init__(self, *args: Any, scale: Scale, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 - for the type checker
        kind.choices = list(scale.field(RISK_EVENTS).pairs)


def _assessor_label(holder: Holder) -> str:
    parts = [holder.name, holder.body_name, "医护专业背景" if holder.medical else ""]
    return " · ".join(part for part in parts if part)


class TeamForm(forms.Form):
    """Who assesses, when and where."""

    assessors = forms.TypedMultipleChoiceField(
        label="评估人员",
        help_text="至少两名，其中至少一名有医护专业背景",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择至少两名", "invalid_choice": "请从列表中选择"},
    )
    experts = forms.TypedMultipleChoiceField(
        label="其中的评估专家",
        help_text="只有长期护理失能等级评估需要",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "请从列表中选择"},
    )
    planned_on = day_field("约定日期", required=False)
    place = text_field("评估地点", 200, required=False, help_text="不填就是老年人的住址")

    def __init__(self, *args: Any, offered: Arranging, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(h.user_id, _assessor_label(h)) for h in offered.assessors]
        for name in ("assessors", "experts"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
            field.choices = choices


class ArrangeForm(TeamForm):
    """A new assessment: scale and reason first."""

    field_order = ["scale", "reason", "note", "assessors", "experts", "planned_on", "place"]
    scale = forms.ChoiceField(
        label="量表", widget=forms.RadioSelect, error_messages={"required": "请选一项"}
    )
    reason = forms.TypedChoiceField(
        label="评估原因",
        coerce=Reason,
        widget=forms.RadioSelect,
        error_messages={"required": "请选一项"},
    )
    note = text_field("原因说明", 200, required=False, help_text="选“其他”时必填")

    def __init__(self, *args: Any, offered: Arranging, review: bool, **kwargs: Any) -> None:
        super().__init__(*args, offered=offered, **kwargs)
        scale, reason = self.fields["scale"], self.fields["reason"]
        assert isinstance(scale, forms.ChoiceField)  # noqa: S101 - for the type checker
        assert isinstance(reason, forms.ChoiceField)  # noqa: S101 - for the type checker
        scale.choices = [(s.id, f"{s.title}（{s.standard}）") for s in offered.scales]
        reason.choices = [
            (r.value, label) for r, label in REASON_LABELS.items() if (r is Reason.REVIEW) == review
        ]


class ReasonForm(forms.Form):
    """One reason in words."""

    reason = text_field("理由", 400, widget=forms.Textarea(attrs={"rows": 3}))


class SignForm(forms.Form):
    """The own name, typed, under the result that was on the screen."""

    name = text_field("签名", 40, help_text="请输入您本人的姓名，表示已核对上面的结果")
    sha256 = forms.CharField(widget=forms.HiddenInput)


class DisputeForm(forms.Form):
    """At the counter: who disagrees with what."""

    raised_by = text_field("提出人", 80)
    relation = text_field("与老年人的关系", 40, help_text="例如：本人、子女")
    reason = text_field(
        "理由",
        2000,
        help_text="哪一项、为什么不同意",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class FamilyDisputeForm(forms.Form):
    """At home: only why; who it is, the account knows."""

    reason = text_field(
        "您觉得哪里不对",
        2000,
        help_text="例如：洗澡一直要人帮，不是自己能洗",
        widget=forms.Textarea(attrs={"rows": 5}),
    )
