"""Words of the drafts: GB/T 42195-2022 Table A and the statuses, as codes with Chinese labels.

Values are short and stable; ``label`` is what a screen or a roster shows.
"""

from __future__ import annotations

from enum import StrEnum


class Word(StrEnum):
    """A code with a Chinese label: write members as ``NAME = "value", "标签"``."""

    label: str

    def __new__(cls, value: str, label: str) -> Word:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class Sex(Word):
    MALE = "male", "男"
    FEMALE = "female", "女"


class Role(Word):
    """Place in the household, seen from its first member."""

    HEAD = "head", "本人"
    SPOUSE = "spouse", "配偶"
    PARENT = "parent", "父母"


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


class Relation(Word):
    """What a supporter (赡养人、扶养人) is to the elder."""

    SPOUSE = "spouse", "配偶"
    SON = "son", "儿子"
    DAUGHTER = "daughter", "女儿"


class Lives(Word):
    """Where a supporter lives, seen from the elder. Nobody is generated with ``UNKNOWN``: it is
    what remains of this in a roster, which has no column for it."""

    HOUSEHOLD = "household", "同住"
    COMMUNITY = "community", "同村（社区）"
    CITY = "city", "同市"
    ELSEWHERE = "elsewhere", "外地"
    UNKNOWN = "unknown", "未登记"


class StatusKind(Word):
    DIBAO = "dibao", "低保"
    DIBAO_MARGIN = "dibao_margin", "低保边缘"
    TEKUN = "tekun", "特困"
    YOUFU = "youfu", "优抚"
    JIANYIYONGWEI = "jianyiyongwei", "见义勇为"
    JISHENG = "jisheng", "计划生育特殊家庭"
    DISABILITY = "disability", "残疾"
    CHRONIC = "chronic", "重度慢性疾病"


class Certifier(Word):
    """The kind of body that certifies a status."""

    CIVIL_AFFAIRS = "civil_affairs", "县级民政部门"
    VETERANS = "veterans", "县级退役军人事务部门"
    GOVERNMENT = "government", "县级人民政府"
    HEALTH = "health", "县级卫生健康部门"
    DISABLED_FEDERATION = "disabled_federation", "县级残疾人联合会"
    HOSPITAL = "hospital", "二级以上医疗机构"


class DisabilityKind(Word):
    VISUAL = "visual", "视力残疾"
    HEARING = "hearing", "听力残疾"
    SPEECH = "speech", "言语残疾"
    PHYSICAL = "physical", "肢体残疾"
    INTELLECTUAL = "intellectual", "智力残疾"
    MENTAL = "mental", "精神残疾"
    MULTIPLE = "multiple", "多重残疾"
