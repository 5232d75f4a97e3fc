"""A form with one of each kind of field, for the component page."""

from __future__ import annotations

from django import forms


class Sample(forms.Form):
    name = forms.CharField(label="姓名", help_text="与身份证一致", max_length=20)
    number = forms.CharField(
        label="身份证号",
        help_text="18 位，最后一位可能是 X",
        min_length=18,
        error_messages={"min_length": "身份证号不足 18 位，请对照证件再数一遍"},
    )
    born = forms.DateField(label="出生日期", widget=forms.DateInput(attrs={"type": "date"}))
    street = forms.ChoiceField(
        label="街道（乡镇）", choices=[("", "请选择"), ("a", "新竹街道"), ("b", "中山街道")]
    )
    living = forms.ChoiceField(
        label="和谁一起住",
        widget=forms.RadioSelect,
        choices=[("alone", "独自居住"), ("spouse", "只和老伴住"), ("child", "和子女住")],
    )
    needs = forms.MultipleChoiceField(
        label="需要哪些帮助",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[("meal", "送餐"), ("bath", "助浴"), ("clean", "打扫"), ("visit", "探访")],
    )
    note = forms.CharField(label="补充说明", widget=forms.Textarea, required=False)
    proof = forms.FileField(label="证明材料", required=False, help_text="照片或 PDF，不超过 10 MB")
    agreed = forms.BooleanField(label="老年人本人已同意代办")


class Living(forms.Form):
    living = Sample.base_fields["living"]
