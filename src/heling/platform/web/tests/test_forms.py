"""A form view's three helpers: nothing typed is lost, every no stands where it belongs."""

from __future__ import annotations

import pytest
from django import forms
from django.http import HttpRequest
from django.test import RequestFactory

from heling.kernel.errors import BadInput, Conflict, Forbidden, HelingError, Problem, Refused
from heling.platform.web.forms import add_problems, answering, posted


class Asking(forms.Form):
    ends = forms.DateField(label="结束日期")
    why = forms.CharField(label="理由", required=False)


def request(**data: str) -> HttpRequest:
    return RequestFactory().post("/", data) if data else RequestFactory().get("/")


def sent(**data: str) -> Asking:
    form = Asking(data)
    form.is_valid()
    return form


@pytest.mark.parametrize(
    ("data", "reads"), [({}, False), ({"ends": "2026-11-02"}, True), ({"ends": "明天"}, False)]
)
def test_only_a_sent_form_that_reads_is_acted_on(data: dict[str, str], reads: bool) -> None:
    assert posted(request(**data), Asking(data or None)) is reads


def test_a_problem_stands_at_the_field_of_its_label_or_where_it_is_said_to_stand() -> None:
    form = sent(ends="2026-11-02")
    add_problems(
        form,
        [
            Problem("结束日期", "太早"),
            Problem("撤销理由", "没有填写"),
            Problem("第 3 行", "读不了"),
        ],
        {"撤销理由": "why"},
    )
    assert form.errors == {"ends": ["太早"], "why": ["没有填写"], "__all__": ["第 3 行：读不了"]}
    assert form["ends"].value() == "2026-11-02"


@pytest.mark.parametrize(
    ("error", "field", "said"),
    [
        (BadInput.single("理由", "没有填写"), "why", "没有填写"),
        (Refused("已经撤销。"), "__all__", "已经撤销。"),
        (Conflict("别人改过。", hint="请刷新。"), "__all__", "别人改过。 请刷新。"),
    ],
)
def test_what_an_action_says_no_to_is_said_on_the_form(
    error: HelingError, field: str, said: str
) -> None:
    form = sent(ends="2026-11-02")
    with answering(form):
        raise error
    assert form.errors == {field: [said]}


def test_what_is_a_page_of_its_own_passes_unless_the_form_says_it() -> None:
    form = sent(ends="2026-11-02")
    with pytest.raises(Forbidden), answering(form):
        raise Forbidden("不行。")
    with answering(form, refusals=(Forbidden,)):
        raise Forbidden("不能登记自己代办。")
    assert form.errors == {"__all__": ["不能登记自己代办。"]}
    with pytest.raises(Refused), answering(form, refusals=(Forbidden,)):
        raise Refused("不行。")
