"""Codes of the registry with their Chinese labels.

Living, marital, education, medical payment and income follow Table A of GB/T 42195-2022
(shared/standards.md 2.1, V1). Values are stored; ``label`` is what a screen shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from heling.kernel.errors import Problem


class Word(StrEnum):
    """A code with a Chinese label: write members as ``NAME = "value", "标签"``."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Word:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


W = TypeVar("W", bound=Word)


def choices(words: type[Word]) -> list[tuple[str, str]]:
    """``(value, label)`` pairs as plain strings, for model and form fields."""
    return [(str(w.value), w.label) for w in words]


def label(words: type[Word], value: str) -> str:
    """The label of a stored value; blank stays blank."""
    return words(value).label if value else ""


def read_word(words: type[W], text: str, *, where: str, problems: list[Problem]) -> W | None:
    """The member whose value or label is ``text``; an unknown one becomes a problem."""
    text = text.strip()
    found: W | None = _by_text(words).get(text)
    if found is None and text:
        known = "、".join(w.label for w in words)
        problems.append(Problem(where, f"“{text}”不在可选范围内，请从“{known}”中选择"))
    return found


@cache
def _by_text(words: type[Word]) -> dict[str, Any]:
    """Members by value and by label: rosters ask this millions of times."""
    return {text: word for word in words for text in (word.value, word.label)}


def read_words(
    words: type[W], texts: Iterable[str], *, where: str, problems: list[Problem]
) -> tuple[W, ...]:
    """Several members, in table order, each once."""
    found = {read_word(words, t, where=where, problems=problems) for t in texts}
    return tuple(w for w in words if w in found)


class Sex(Word):
    MALE = "male", "男"
    FEMALE = "female", "女"


class Living(Word):
    """居住情况 (Table A)."""

    ALONE = "alone", "独居"
    SPOUSE = "spouse", "与配偶居住"
    CHILDREN = "children", "与子女居住"
    PARENTS = "parents", "与父母居住"
    SIBLINGS = "siblings", "与兄弟姐妹居住"
    RELATIVES = "relatives", "与其他亲属居住"
    NON_RELATIVES = "non_relatives", "与非亲属居住"
    INSTITUTION = "institution", "养老机构"


class Marital(Word):
    MARRIED = "married", "已婚"
    WIDOWED = "widowed", "丧偶"
    DIVORCED = "divorced", "离异"
    NEVER = "never", "未婚"


class Education(Word):
    ILLITERATE = "illiterate", "文盲"
    PRIMARY = "primary", "小学"
    JUNIOR = "junior", "初中"
    SENIOR = "senior", "高中/技校/中专"
    COLLEGE = "college", "大专及以上"
    UNKNOWN = "unknown", "不详"


class Medical(Word):
    """医疗费用支付方式 (Table A; several may hold)."""

    EMPLOYEE = "employee", "职工基本医疗保险"
    RESIDENT = "resident", "城乡居民基本医疗保险"
    SELF = "self", "自费"
    CIVIL_SERVANT = "civil_servant", "公务员补助"
    ENTERPRISE = "enterprise", "企业补充保险"
    PUBLIC = "public", "公费医疗"
    ASSISTANCE = "assistance", "医疗救助"
    CRITICAL = "critical", "大病保险"


class Income(Word):
    """经济来源 (Table A; several may hold)."""

    PENSION = "pension", "退休金/养老金"
    CHILDREN = "children", "子女补贴"
    RELATIVES = "relatives", "亲友资助"
    BENEFIT = "benefit", "国家普惠型补贴"
    SAVINGS = "savings", "个人储蓄"
    OTHER = "other", "其他补贴"


class Diagnosis(Word):
    """疾病诊断 (Table A), by ICD-10 group as the table prints them (V1)."""

    HYPERTENSION = "I10-I15", "高血压病"
    CORONARY = "I25", "冠心病"
    DIABETES = "E10-E14", "糖尿病"
    PNEUMONIA = "J12-J18", "肺炎"
    COPD = "J44", "慢性阻塞性肺疾病"
    HAEMORRHAGE = "I60-I62", "脑出血"
    INFARCTION = "I63", "脑梗死"
    URINARY = "urinary", "尿路感染（30 天内）"
    PARKINSON = "G20-G22", "帕金森综合征"
    RENAL = "N18-N19", "慢性肾衰竭"
    CIRRHOSIS = "K74", "肝硬化"
    STOMACH = "K20-K31", "消化性溃疡等"
    TUMOUR = "C00-D48", "肿瘤"
    AMPUTATION = "amputation", "截肢（6 个月内）"
    FRACTURE = "M84", "骨折（3 个月内）"
    EPILEPSY = "G40", "癫痫"
    THYROID = "E01-E03", "甲状腺功能减退症"
    CATARACT = "H25-H26", "白内障"
    GLAUCOMA = "H40-H42", "青光眼"
    OSTEOPOROSIS = "M80-M82", "骨质疏松症"
    DEMENTIA = "F00-F03", "痴呆"
    MENTAL = "F04-F99", "其他精神和行为障碍"


class Relation(Word):
    """What a supporter (赡养人、扶养人) is to the elder."""

    SPOUSE = "spouse", "配偶"
    SON = "son", "儿子"
    DAUGHTER = "daughter", "女儿"
    GRANDCHILD = "grandchild", "孙辈"
    SIBLING = "sibling", "兄弟姐妹"
    OTHER = "other", "其他赡养人或扶养人"


class Lives(Word):
    """Where a supporter lives, seen from the elder. A roster's contact does not say."""

    HOUSEHOLD = "household", "同住"
    COMMUNITY = "community", "同村（社区）"
    CITY = "city", "同市"
    ELSEWHERE = "elsewhere", "外地"
    UNKNOWN = "unknown", "未登记"


class StatusKind(Word):
    """Kinds of status facts that ordinances ask for. Order is fixed: see ``queries.bulk``."""

    DIBAO = "dibao", "低保"
    DIBAO_MARGIN = "dibao_margin", "低保边缘"
    TEKUN = "tekun", "特困"
    YOUFU = "youfu", "优抚"
    JIANYIYONGWEI = "jianyiyongwei", "见义勇为"
    JISHENG = "jisheng", "计划生育特殊家庭"
    DISABILITY = "disability", "残疾"
    CHRONIC = "chronic", "重度慢性疾病"

    @property
    def of_household(self) -> bool:
        """低保、低保边缘、计划生育特殊家庭 belong to the family (Ningbo art. 22(1)(1))."""
        return self in _OF_HOUSEHOLD


_OF_HOUSEHOLD = {StatusKind.DIBAO, StatusKind.DIBAO_MARGIN, StatusKind.JISHENG}


class DisabilityKind(Word):
    VISUAL = "visual", "视力残疾"
    HEARING = "hearing", "听力残疾"
    SPEECH = "speech", "言语残疾"
    PHYSICAL = "physical", "肢体残疾"
    INTELLECTUAL = "intellectual", "智力残疾"
    MENTAL = "mental", "精神残疾"
    MULTIPLE = "multiple", "多重残疾"


class Certifier(Word):
    """The kind of body that certifies a status."""

    CIVIL_AFFAIRS = "civil_affairs", "县级民政部门"
    VETERANS = "veterans", "县级退役军人事务部门"
    GOVERNMENT = "government", "县级人民政府"
    HEALTH = "health", "县级卫生健康部门"
    DISABLED_FEDERATION = "disabled_federation", "县级残疾人联合会"
    HOSPITAL = "hospital", "二级以上医疗机构"
