"""Forms of all faces. They check what can be checked without the database; actions do the rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from heling.contexts.entitlements.domain.asking import NO, UNSURE, YES, Asked
from heling.contexts.entitlements.domain.states import BY_HAND, ENDING_LABELS

CONSENTS = [
    ("上门征得本人口头同意", "上门，本人口头同意"),
    ("本人到场提出", "本人到场提出"),
    ("电话征得本人同意", "电话，本人同意"),
    ("书面委托", "书面委托"),
]
ANSWERS = [(YES, "是"), (NO, "不是"), (UNSURE, "说不准")]


class Versioned(forms.Form):
    """``seen`` is the version of the case that the person looked at."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


def _reason(label: str, hint: str = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": f"请填写{label}"},
    )


def question_field(asked: Asked, *, required: bool = True) -> forms.Field:
    """One question of the law: 是/不是/说不准, one of a few, or a sum of money."""
    if asked.money:
        return forms.DecimalField(
            label=asked.ask,
            required=required,
            min_value=0,
            max_value=10_000,
            decimal_places=2,
            help_text="单位：元。没有就填 0",
            error_messages={"required": "请填一个数，没有就填 0", "invalid": "请填数字"},
        )
    options = [(level, level) for level in asked.levels] or ANSWERS[:2]
    return forms.ChoiceField(
        label=asked.ask,
        required=required,
        choices=[*options, ANSWERS[2]],
        widget=forms.RadioSelect,
        error_messages={"required": "请选一个"},
    )


class Asking(forms.Form):
    """Adds the open questions of a case to a form; ``answers`` are fact values by word."""

    def __init__(self, *args: Any, asked: Sequence[Asked] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asked = {f"question_{n}": question for n, question in enumerate(asked, 1)}
        for name, question in self._asked.items():
            self.fields[name] = question_field(question, required=False)

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        given = {name: data.pop(name, None) for name in self._asked}
        data["answers"] = {
            self._asked[name].fact: self._asked[name].worth(str(value))
            for name, value in given.items()
            if value not in (None, "")
        }
        return data


class Plain(Versioned):
    """Nothing to fill in but the version."""


class Correction(Versioned):
    what = _reason("需要补正的内容", "申请人会看到这段话，请写清缺什么、交到哪里")


class ReviewForm(Versioned):
    verdict = forms.ChoiceField(
        label="意见",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择意见"},
    )
    reason = _reason("理由", "不通过或退回时必填", required=False)


class FirstReview(ReviewForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verdict"].choices = [  # type: ignore[attr-defined]
            ("pass", "通过，报区县复核"),
            ("fail", "建议不予，报区县复核"),
        ]


class SecondReview(ReviewForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verdict"].choices = [  # type: ignore[attr-defined]
            ("pass", "通过，列入公示"),
            ("fail", "不予"),
            ("return", "退回街道重新初审"),
        ]


class Grant(Versioned):
    starts = forms.DateField(
        label="待遇自哪一天起",
        help_text="例如 2026-11-10；一般为决定日",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "请写成 2026-11-10 的样子", "required": "请填写起始日"},
    )
    reason = _reason("说明", "写进决定书，可不填", required=False)


class Denial(Versioned):
    reason = _reason("不予的理由", "写进决定书；请对照认定结果，一句一个事实")


class Reason(Versioned):
    reason = _reason("理由")


class Termination(Versioned):
    ending = forms.ChoiceField(
        label="终止原因",
        choices=[(e.value, ENDING_LABELS[e]) for e in BY_HAND],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择终止原因"},
    )
    last_day = forms.DateField(
        label="最后享受日",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "请写成 2026-11-10 的样子", "required": "请填写最后享受日"},
    )
    reason = _reason("理由")


class Resubmission(Asking, Versioned):
    statement = _reason("补充了什么", "例如：已补交低保证复印件")


class Confirmation(Asking, Versioned):
    how = forms.CharField(
        label="本人怎样表示同意",
        help_text="例如：11 月 3 日电话联系，本人同意申请",
        max_length=40,
        error_messages={"required": "请写明本人怎样表示同意"},
    )


class ObjectionForm(forms.Form):
    objector = forms.CharField(
        label="您的姓名", max_length=40, error_messages={"required": "请填写您的姓名"}
    )
    contact = forms.CharField(
        label="联系电话或地址",
        help_text="只有处理异议的工作人员能看到",
        max_length=120,
        error_messages={"required": "请填写联系电话或地址，以便答复您"},
    )
    content = forms.CharField(
        label="有什么异议",
        help_text="请写明您知道的情况。请不要写他人的证件号码和病情",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "请写明异议内容"},
    )


class Resolution(Versioned):
    outcome = forms.ChoiceField(
        label="处理结果",
        choices=[("uphold", "异议成立，退回重新审核"), ("reject", "异议不成立，继续公示")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择处理结果"},
    )
    reason = _reason("理由", "会告知提出异议的人，请写明核实了什么")


class ClerkApplication(Asking):
    grants = forms.MultipleChoiceField(
        label="申请哪些项目",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一项"},
    )
    consent = forms.ChoiceField(
        label="老年人怎样表示同意",
        choices=CONSENTS,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择老年人同意的方式"},
    )
    consent_document = forms.CharField(
        label="同意的凭据",
        help_text="委托书编号、录音编号等",
        max_length=200,
        required=False,
    )
    statement = _reason("情况说明", required=False)

    def __init__(self, *args: Any, offered: list[tuple[str, str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grants"].choices = [  # type: ignore[attr-defined]
            (grant, f"{plain}（{heading}）") for grant, plain, heading in offered
        ]


class Agreement(Asking, Versioned):
    """The elder's or the family's own yes: nothing to write, only open questions."""

    how = forms.CharField(widget=forms.HiddenInput, required=False)


class ChooseGrants(forms.Form):
    grants = forms.MultipleChoiceField(
        label="您想申请哪几样？",
        help_text="可以选多样",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一样"},
    )

    def __init__(self, *args: Any, offered: list[tuple[str, str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grants"].choices = [  # type: ignore[attr-defined]
            (grant, f"{plain}（{heading}）") for grant, plain, heading in offered
        ]


class Answer(forms.Form):
    """One question a page, to the applicant."""

    def __init__(self, *args: Any, asked: Asked, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"] = question_field(asked)


class Note(forms.Form):
    """Anything the applicant wants to add; the last page before sending."""

    statement = forms.CharField(
        label="还有什么要告诉我们的？",
        help_text="没有就直接点提交",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class Month(forms.Form):
    month = forms.CharField(
        label="月份",
        help_text="例如 2026-11",
        max_length=7,
        error_messages={"required": "请填写月份"},
    )


class DismissReason(forms.Form):
    reason = _reason("移出原因", "例如：已入住养老机构，登记待更正")


def initial_days(today: date, *, resumes: date | None) -> dict[str, date]:
    """``resumes``: the day on which what ended by mistake goes on, if anything did."""
    return {"starts": resumes or today, "last_day": today}
