"""The business log and the read log, for auditors and city officials."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from heling.platform.access.middleware import Request
from heling.platform.journal import queries, words
from heling.platform.journal.access import Perm


class FilterForm(forms.Form):
    elder_id = forms.IntegerField(label="老年人编号", required=False, min_value=1)
    person = forms.CharField(label="操作人", required=False, max_length=40)
    since = forms.DateField(
        label="从", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label="到", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    request_id = forms.CharField(label="请求号", required=False, max_length=32)
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class EntryFilterForm(FilterForm):
    kind = forms.ChoiceField(label="事件", required=False)
    subject = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    subject_id = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    field_order = ("kind", "elder_id", "person", "since", "until", "request_id")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101  declared above
        kind.choices = [("", "全部"), *words.kinds()]


@require_safe
def entries(request: Request) -> HttpResponse:
    """What happened, by object, elder, person and time."""
    request.actor.require(Perm.ENTRIES)
    form = EntryFilterForm(request.GET)
    filters = queries.Filters(**_given(form))
    rows, after = queries.entries(filters, by=request.actor)
    return render(request, "journal/entries.html", {"form": form, "rows": rows, "after": after})


@require_safe
def readings(request: Request) -> HttpResponse:
    """Who looked at sensitive fields, and for what purpose."""
    request.actor.require(Perm.READINGS)
    form = FilterForm(request.GET)
    rows, after = queries.readings(queries.Filters(**_given(form)), by=request.actor)
    return render(request, "journal/readings.html", {"form": form, "rows": rows, "after": after})


def _given(form: forms.Form) -> dict[str, Any]:
    """Fields that were filled in and make sense; a wrong one shows its error and filters nothing."""
    form.is_valid()
    return {k: v for k, v in form.cleaned_data.items() if v not in (None, "")}
