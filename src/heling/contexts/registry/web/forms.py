"""Forms of the registry. They only read what was typed; the actions decide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms

from heling.contexts.identity.public import CONSENTS, RELATIONS
from heling.contexts.registry.actions.merging import TAKEABLE
from heling.contexts.registry.domain.particulars import Particulars
from heling.contexts.registry.domain.words import (
    Certifier,
    Diagnosis,
    DisabilityKind,
    Education,
    Income,
    Lives,
    Living,
    Marital,
    Medical,
    Relation,
    Sex,
    StatusKind,
    Word,
    choices,
)
from heling.contexts.registry.queries.pages import PlaceChoice

PURPOSES = ("电话联系老年人", "电话联系家属", "核对证件", "待遇发放核对", "突发情况处置")
_GRADES = [("", "（不是残疾）"), *((str(n), f"{'一二三四'[n - 1]}级") for n in (1, 2, 3, 4))]


def text(label: str, limit: int = 200, hint: str = "", **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=limit,
        help_text=hint,
        error_messages={"required": "请填写", "max_length": f"最多 {limit} 个字，请缩短"},
        **more,
    )


def day(label: str, hint: str = "", **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d", "%Y%m%d", "%Y/%m/%d"],
        error_messages={"invalid": "不是日期，请写成 2026-11-01 的样子", "required": "请填写"},
        **more,
    )


def pick(label: str, options: Iterable[tuple[str, str]], **more: Any) -> forms.ChoiceField:
    """A select with an empty first line."""
    return forms.ChoiceField(
        label=label,
        choices=[("", "请选择"), *options],
        error_messages={"required": "请选择", "invalid_choice": "不在可选范围内，请重新选择"},
        **more,
    )


def one_of(label: str, words: type[Word], **more: Any) -> forms.ChoiceField:
    return pick(label, choices(words), **more)


def some_of(label: str, words: type[Word]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=choices(words),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "不在可选范围内，请重新选择"},
    )


class Verified(forms.TypedChoiceField):
    """是, 否 or 未核实: True, False, None. What nobody has asked is not answered by 否."""

    words: ClassVar[dict[bool, str]] = {True: "yes", False: "no"}

    def __init__(self, label: str, *, hint: str = "") -> None:
        super().__init__(
            label=label,
            help_text=hint,
            choices=[("", "未核实"), ("yes", "是"), ("no", "否")],
            coerce=lambda text: text == "yes",
            empty_value=None,
            required=False,
            error_messages={"invalid_choice": "不在可选范围内，请重新选择"},
        )

    def prepare_value(self, value: object) -> object:
        return self.words[value] if isinstance(value, bool) else value


class _Base(forms.Form):
    use_required_attribute = False


def _offer(form: forms.Form, name: str, nothing: str, places: Iterable[PlaceChoice]) -> None:
    """Give a select its options; ``nothing`` is its empty first line."""
    options = [("", nothing), *((p.code, p.label) for p in places)]
    form.fields[name].choices = options  # type: ignore[attr-defined]


class PersonForm(_Base):
    """Who it is, where, how to reach, Table A. Nothing is required here: the action says it."""

    no_hukou: ClassVar[str] = "与居住地相同"

    name = text("姓名", 60, "与证件一致；少数民族姓名中间用“·”", required=False)
    resident_id = text("身份证号", 24, "15 位旧证号会自动换成 18 位", required=False)
    sex = one_of("性别", Sex, required=False, help_text="可不填，由证件号得出")
    birth = day("出生日期", "可不填，由证件号得出", required=False)
    ethnicity = text("民族", 20, required=False)
    religion = text("宗教信仰", 20, required=False)
    code = pick("居住社区（村）", [], required=False)
    address = text("地址", 200, "社区（村）以下，写到门牌号", required=False)
    hukou_code = pick("户籍地", [], required=False)
    hukou_other = text(
        "外地户籍的区划代码", 20, "6 位，身份证号前 6 位通常就是；本市的不填", required=False
    )
    hukou_name = text("户籍地名称", 160, "外地户籍请写明省、市、县", required=False)
    living = one_of("居住情况", Living, required=False)
    no_supporters = forms.BooleanField(label="经核实，没有赡养人、扶养人", required=False)
    phone = text("电话", 30, "手机，或带区号的固定电话", required=False)
    bank = text("银行卡号", 30, "用于发放待遇", required=False)
    bank_name = text("开户银行", 60, required=False)
    education = one_of("文化程度", Education, required=False)
    marital = one_of("婚姻状况", Marital, required=False)
    medical = some_of("医疗支付方式", Medical)
    incomes = some_of("经济来源", Income)
    diagnoses = some_of("疾病诊断", Diagnosis)

    def __init__(
        self,
        *args: Any,
        places: Iterable[PlaceChoice] = (),
        counties: Iterable[PlaceChoice] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "code", "请选择", places)
        _offer(self, "hukou_code", self.no_hukou, counties)

    def particulars(self, *, demo: bool = False) -> Particulars:
        """What was typed, for the action to check. Empty 户籍地 means the residence."""
        data = dict(self.cleaned_data)
        for name in ("medical", "incomes", "diagnoses"):
            data[name] = tuple(data[name])
        data["hukou_code"] = data.pop("hukou_other").strip() or data["hukou_code"] or data["code"]
        return Particulars(**data, demo=demo)


class EditForm(PersonForm):
    """The same for a registered elder. Sealed numbers are left empty to stay as they are."""

    no_hukou: ClassVar[str] = "不变"
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("code", "address"):
            del self.fields[name]  # 变更居住地 is a thing of its own
        for name in ("resident_id", "phone", "bank"):
            self.fields[name].help_text = "已登记的不显示；要更改才填写"
        self.fields["sex"].help_text = self.fields["birth"].help_text = "须与证件号一致"

    def changes(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data.pop("version")
        data["hukou_code"] = data.pop("hukou_other").strip() or data["hukou_code"]
        for name in ("resident_id", "phone", "bank", "hukou_code"):
            if not data[name].strip():
                data.pop(name)
        for name in ("medical", "incomes", "diagnoses"):
            data[name] = tuple(data[name])
        return data


class MoveForm(_Base):
    version = forms.IntegerField(widget=forms.HiddenInput)
    code = pick("居住社区（村）", [], required=False)
    address = text("地址", 200, "社区（村）以下，写到门牌号", required=False)
    on = day("变更日期")
    whole_household = forms.BooleanField(label="同户的其他老年人一起变更", required=False)

    def __init__(self, *args: Any, places: Iterable[PlaceChoice] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "code", "请选择", places)


class DeathForm(_Base):
    on = day("去世日期")
    source = text("依据", 200, "死亡证明编号、公安比对结果等", required=False)


class AwayForm(_Base):
    on = day("迁出日期")
    destination = text("去向", 100, "迁往的省、市、县", required=False)


class ReasonForm(_Base):
    reason = text("理由", 200, required=False)


class StatusForm(_Base):
    kind = one_of("类别", StatusKind, required=False)
    grade = forms.ChoiceField(label="残疾等级", choices=_GRADES, required=False)
    disability = one_of("残疾类别", DisabilityKind, required=False)
    certifier = one_of("认定机关类别", Certifier, required=False)
    certified_by = text("认定机关", 120, "全称，例如“海曙区民政局”", required=False)
    document = text("文号或证号", 120, "没有认定文件不能登记", required=False)
    starts = day("开始日期", "按认定文件", required=False)
    ends = day("结束日期", "长期有效的不填", required=False)


class EndForm(_Base):
    ends = day("结束日期", "这一天仍然有效，第二天起不再有效")


class RevokeForm(_Base):
    why = text("撤销理由", 200, "例如“核查不符，见某某文件”", required=False)


class SupporterForm(_Base):
    name = text("姓名", 60, required=False)
    relation = one_of("关系", Relation, required=False)
    lives = one_of("居住地", Lives, required=False)
    absent = Verified("长期不在身边", hint="同住的就在身边，不用选")
    phone = text("电话", 30, "手机，或带区号的固定电话", required=False)


class RevealForm(_Base):
    purpose = forms.ChoiceField(
        label="为什么要看", choices=[("", "请选择"), *((p, p) for p in PURPOSES)], required=False
    )
    other = text("其他目的", 100, required=False)

    def purpose_text(self) -> str:
        return str(self.cleaned_data["other"].strip() or self.cleaned_data["purpose"])


class MergeForm(_Base):
    take = forms.MultipleChoiceField(
        label="采用被合并登记的",
        choices=[(name, name) for name in TAKEABLE],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = text("理由", 200, "怎样确认是同一个人", required=False)


class RepresentationForm(_Base):
    name = text("代办人姓名", 40)
    username = text("用户名", 60, "已有账号填原来的用户名；没有会自动开通")
    relation = pick("关系", RELATIONS)
    consent = pick("同意方式", CONSENTS)
    document = text("同意的凭据", 200, "委托书编号、在场工作人员等；本人不填", required=False)
    ends = day("到期日期", "长期的不填", required=False)
