"""Numbers, dates and form fields as a person reads them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from heling.kernel.errors import BadInput, Problem
from heling.kernel.money import Money
from heling.platform.web import controls
from heling.platform.web.templatetags import heling as filters


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "—"), ("", "—"), (0, "0.00 元"), (120050, "1,200.50 元"), (Money(-5), "-0.05 元")],
)
def test_money(value: object, text: str) -> None:
    assert filters.money(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "—"),
        (0, "0 分钟"),
        (59, "59 分钟"),
        (60, "1 小时"),
        (61, "1 小时 1 分钟"),
        (-90, "-1 小时 30 分钟"),
    ],
)
def test_minutes(value: object, text: str) -> None:
    assert filters.minutes(value) == text


@given(st.integers(0, 10**6))
def test_no_minute_is_lost(value: int) -> None:
    hours, rest = 0, 0
    for number, unit in zip(*[iter(filters.minutes(value).split())] * 2, strict=True):
        hours, rest = (int(number), rest) if unit == "小时" else (hours, int(number))
    assert hours * 60 + rest == value
    assert rest < 60


def test_a_moment_is_read_in_shanghai() -> None:
    late = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)
    assert filters.cn_date(late) == "2026年11月1日"
    assert filters.short_date(late) == "2026-11-01"
    assert filters.cn_time(late) == "2026-11-01 00:00"
    assert filters.when(late) == "2026-11-01 00:00"
    assert filters.when(date(2026, 11, 1)) == "2026-11-01"
    assert filters.cn_date(None) == filters.short_date("") == filters.cn_time(None) == "—"


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (True, "符合"),
        (False, "不符合"),
        (None, "尚不清楚"),
        ("true", "符合"),
        ("unknown", "尚不清楚"),
    ],
)
def test_truth(value: bool | str | None, word: str) -> None:
    assert filters.truth(value)["word"] == word


class Form(forms.Form):
    name = forms.CharField(label="姓名", help_text="与身份证一致")
    living = forms.ChoiceField(
        label="住", widget=forms.RadioSelect, choices=[("a", "独居"), ("b", "同住")]
    )
    agreed = forms.BooleanField(label="同意")
    token = forms.CharField(widget=forms.HiddenInput, required=False)
    place = forms.ChoiceField(label="街道", choices=[("", "请选择"), ("a", "甲")])
    proof = forms.FileField(label="证明")


def test_kinds_of_field() -> None:
    form = Form()
    assert [controls.kind_of(f) for f in form] == [
        *("line", "group", "check", "hidden", "line", "line")
    ]


def test_a_control_points_at_its_hint_and_its_error() -> None:
    html = str(controls.control(Form({})["name"]))
    assert 'aria-describedby="id_name-hint id_name-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'class="h-input"' in html
    assert "aria-invalid" not in str(controls.control(Form()["name"]))


def test_missing_answers_are_asked_for_in_our_words() -> None:
    lines = dict(controls.summary_of(Form({})))
    assert lines["id_name"] == "姓名：请填写。"
    assert lines["id_living"] == "住：请选择。"
    assert lines["id_agreed"] == "同意：请先勾选。"
    assert lines["id_place"] == "街道：请选择。"
    assert lines["id_proof"] == "证明：请选择文件。"
    # The words of one kind of field must not have leaked into the others.
    assert forms.IntegerField().error_messages["required"] == "请填写。"


def test_a_summary_lists_whole_form_errors_first_and_names_a_field_once() -> None:
    form = Form({"name": "", "living": "a"})
    form.add_error(None, "两位老年人不能同号")
    form.add_error("name", "姓名不能含数字")
    lines = controls.summary_of(form)
    assert lines[0] == ("", "两位老年人不能同号")
    assert ("id_name", "姓名不能含数字") in lines


def test_problems_of_a_refusal() -> None:
    error = BadInput(Problem("出生日期", "在未来"), Problem("", "不完整"))
    assert filters.problems_of(error.problems) == [("", "出生日期：在未来"), ("", "不完整")]
    assert filters.problems_of(None) == filters.problems_of("") == []
