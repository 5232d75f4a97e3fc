"""The main thread, in a browser: roster → register → assess → apply → review → publicise →
object → decide → read as family. Everybody uses their own account, the assessor and the
family a phone. Time is the only thing that is arranged: see ``days_pass``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.journeys.conftest import As, City
from tests.journeys.walker import Walker

from heling.contexts.registry.testing import resident_id
from heling.demo import (
    ElderDraft,
    VillageRef,
    dirty_roster_rows,
    generate,
    roster_rows,
    write_xlsx,
)

pytestmark = pytest.mark.journey

TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()
PHONE_NUMBER, ADDRESS = "13900007788", "演示路 8 号 301 室"
ON_THE_PHONE = 3  # items that are filled in on the phone; the rest on the desk
ILLNESS = ("失能", "失智", "重度", "中度", "痴呆", "低保", "特困", "残疾", "疾病")


@dataclass
class Case:
    """Whom the thread is about."""

    name: str
    birth: str
    number: str
    community: str
    elder: int = 0
    application: int = 0

    @property
    def masked(self) -> str:
        inner = len(self.name) - 2
        return f"{self.name[0]}{'*' * max(inner, 1)}{self.name[-1] if inner > 0 else ''}"


def test_from_the_roster_to_the_family(as_: As, city: City, tmp_path: Path) -> None:
    community = city.psql(
        "select p.code from identity_post p join identity_user u on u.id = p.user_id "
        "where u.username = 'nb-committee'"
    )
    name = city.psql(f"select name from places_division where code = '{community}'")  # noqa: S608
    people = [
        elder
        for household in generate(
            seed=4711, elders=40, villages=[VillageRef(community, name, urban=True)], on=TODAY
        )
        for elder in household.members
    ]
    street = as_("nb-street")
    roster_is_imported(street, roster_file(tmp_path, community, name), len(people))
    case = somebody_like(oldest_written(people, city), community)
    elder_is_registered(street, case)
    family_is_registered(street, case, city)

    assessment = assessment_is_arranged(street, case)
    assessor = as_("nb-assessor1", phone=True)
    first_items_on_the_phone(assessor, assessment)
    rest_on_the_desk(as_("nb-assessor1"), assessment)
    both_sign(as_("nb-assessor2"), assessment)

    clerk_applies(as_("nb-committee"), case)
    street_reviews(street, case)
    same_person_is_refused_the_second_review(as_("nb-city"), street, case, community)
    county = as_("nb-county1")
    county_reviews(county, case)
    line = county_publishes(county, case)
    public = as_()
    notice_tells_nothing_sensitive(public, case, line)
    somebody_objects(public, case)
    county_resolves(county, as_("nb-county2"), case)
    decision_must_wait(county, case)
    days_pass(city, case)
    county_decides(county, case)
    family_reads(as_("nb-family", phone=True), case)


# --- the roster -----------------------------------------------------------------------------


def roster_file(folder: Path, community: str, name: str) -> Path:
    """Forty elders of one community as a clerk keeps them: one row in five has a mistake."""
    here = VillageRef(community, name, urban=True)
    households = generate(seed=4711, elders=40, villages=[here], on=TODAY)
    dirty = dirty_roster_rows(roster_rows(households), seed=4711, on=TODAY, share=0.2)
    path = folder / "南门街道老年人名册.xlsx"
    write_xlsx(path, (row.row for row in dirty))
    return path


def roster_is_imported(street: Walker, file: Path, people: int) -> None:
    street.go("/console/").sees("待办任务")
    street.follow("批量导入")
    street.page.set_input_files("[name=file]", file)
    street.press("上传并检查")
    checked = until_done(street, "检查结果")
    checked.sees("要改什么", "校验位")
    errors = int(re.findall(r"有问题的 (\d+) 行不写入", street.page.inner_text("body"))[0])
    assert 0 < errors < people
    street.press("全部写入")
    until_done(street, "已写入").sees("新登记")
    written = int(re.findall(r"新登记 (\d+) 位", street.page.inner_text("body"))[0])
    assert people - errors <= written <= people


def until_done(walker: Walker, words: str) -> Walker:
    """Follow a job's progress as a person does: look again until it is there."""
    for _ in range(60):
        if words in walker.page.inner_text("main"):
            return walker.look()
        walker.page.wait_for_timeout(500)
        walker.page.reload()
    raise AssertionError(f"{words!r} did not come\n{walker.page.inner_text('main')}")


# --- the register ---------------------------------------------------------------------------


def oldest_written(people: list[ElderDraft], city: City) -> ElderDraft:
    """Of those whose row had no mistake."""
    registered = city.psql("select name || birth from registry_elder").splitlines()
    return min((p for p in people if f"{p.name}{p.birth}" in registered), key=lambda p: p.birth)


def somebody_like(other: ElderDraft, community: str) -> Case:
    """Another person with the name and the birthday of one on the roster."""
    number = resident_id(other.birth, female=other.sex.value == "female", area="330203")
    assert number != other.resident_id
    return Case(other.name, other.birth.isoformat(), number, community)


def elder_is_registered(street: Walker, case: Case) -> None:
    street.go("/console/elders/").follow("新登记")
    street.fill(name=case.name, resident_id=case.number, code=case.community, address=ADDRESS)
    street.fill(phone=PHONE_NUMBER, living="alone")
    street.press("登记", status=422).sees("可能已经登记过", case.name)
    street.choose("已核对，不是同一个人")
    street.press("登记").sees("已登记", case.name, "139****7788")
    case.elder = street.number()
    street.follow("登记认定")
    street.fill(kind="dibao", certifier="civil_affairs", certified_by="海曙区民政局")
    street.fill(document="演示低保〔2025〕9 号", starts="2025-01-01")
    street.press("登记").sees("演示低保〔2025〕9 号")


def family_is_registered(street: Walker, case: Case, city: City) -> None:
    """The demonstration's family account acts for this elder, too."""
    name = city.psql("select name from identity_user where username = 'nb-family'")
    street.go(f"/console/elders/{case.elder}/").follow("登记代办人")
    street.fill(name=name, username="nb-family", relation="child", consent="written")
    street.fill(document="委托书（演示）9 号").press("登记")


# --- the assessment -------------------------------------------------------------------------


def assessment_is_arranged(street: Walker, case: Case) -> int:
    street.go(f"/console/elders/{case.elder}/").follow("能力评估")
    street.follow("安排评估")
    boxes = street.page.locator("[name=assessors]")
    assert boxes.count() >= 2
    for box in boxes.all()[:2]:
        box.check()
    street.fill(planned_on=TODAY.isoformat())
    street.press("安排").sees("已安排")
    return street.number()


def first_items_on_the_phone(assessor: Walker, assessment: int) -> None:
    """上门: the visit first, then one item a screen, saved one by one."""
    assessor.go("/console/assessments/").go(f"/console/assessments/{assessment}/")
    assessor.follow("开始：上门和健康情况")
    assessor.fill(on=TODAY.isoformat(), place="家中")
    assessor.press("保存，开始问健康情况")
    while "/facts/" in assessor.path():
        for known in ("已询问，近 30 天没有发生照护风险事件", "以上都没有"):
            if assessor.page.get_by_label(known, exact=True).count():
                assessor.choose(known)
        assessor.press("保存，下一题")
    assessor.press("保存，下一题", status=422).sees("请选一项，再进入下一题")
    for number in range(1, ON_THE_PHONE + 1):
        assessor.sees(f"第 {number} 题")
        assessor.page.locator("[name=answer]").last.check()
        assessor.press("保存，下一题")
    assessor.follow("先停一停，回到这次评估").sees(f"已答 {ON_THE_PHONE} /")


def rest_on_the_desk(assessor: Walker, assessment: int) -> None:
    assessor.go(f"/console/assessments/{assessment}/").follow("整张评估表")
    assessor.press("保存并提交签字", status=422).sees("还不能提交签字")
    names = assessor.evaluate(
        "[...new Set([...document.querySelectorAll('#sheet [type=radio]')].map(r => r.name))]"
        ".filter(n => n.startsWith('B.') && !document.querySelector(`[name='${n}']:checked`))"
    )
    for name in names:
        assessor.page.locator(f"[name='{name}']").last.check()
    assessor.page.get_by_text("按现在的作答").wait_for()
    assessor.press("保存并提交签字").sees("核对并签字")
    assessor.fill(name="莫晓燕").press("签字").sees("等另一位签字")


def both_sign(second: Walker, assessment: int) -> None:
    second.go(f"/console/assessments/{assessment}/").follow("核对并签字")
    second.fill(name="莫晓燕").press("签字", status=422)  # somebody else's name is no signature
    second.fill(name="蓝国栋").press("签字").sees("评估已生效")


# --- the case -------------------------------------------------------------------------------


def clerk_applies(clerk: Walker, case: Case) -> None:
    clerk.go(f"/console/elders/{case.elder}/").follow("待遇资格")
    clerk.follow("代办申请").press("提交申请", status=422).sees("请至少选择一项")
    for value in ("意外伤害保险", "应急呼叫设施"):
        clerk.page.locator(f"[name=grants][value='{value}']").check()
    clerk.choose("上门，本人口头同意")
    clerk.press("提交申请").sees("申请已提交，等待街道受理", "待受理")
    case.application = clerk.number()


def street_reviews(street: Walker, case: Case) -> None:
    street.go(f"/console/entitlements/applications/{case.application}/")
    street.follow("受理").press("受理").sees("已受理")
    street.follow("初审").sees("依据", "用到的事实和来源", "第二十二条")
    street.choose("通过，报区县复核").press("初审").sees("初审意见已签字")


def same_person_is_refused_the_second_review(
    city_official: Walker, street: Walker, case: Case, community: str
) -> None:
    """The first reviewer is promoted to the county overnight, and meets the own case again."""
    city_official.go("/console/accounts/new/county_official/")
    city_official.fill(username="nb-street", name="梁志强", code=community[:6])
    city_official.press("任命").sees("岗位已生效")
    street.go("/accounts/posts/").press("换成这个身份：区县民政 宁波市海曙区")
    street.go(f"/console/entitlements/applications/{case.application}/")
    street.sees("不能是同一人")
    street.go(f"/console/entitlements/applications/{case.application}/second/")
    street.choose("通过，列入公示").press("复核", status=422).sees("不能是同一人")
    street.go("/accounts/posts/").press("换成这个身份：街道（乡镇） 宁波市海曙区南门街道")


def county_reviews(county: Walker, case: Case) -> None:
    county.go(f"/console/entitlements/applications/{case.application}/").follow("复核")
    county.choose("通过，列入公示").press("复核").sees("复核意见已签字")


def county_publishes(county: Walker, case: Case) -> str:
    """Returns the path of the public notice."""
    county.go("/console/entitlements/applications/?state=second_passed")
    county.page.locator(f"[name=pick][value='{case.application}']").check()
    county.press("列入公示…").sees("请核对", case.name)
    county.press("列入公示 1 份").sees("已发布", "公示，")
    county.go(f"/console/entitlements/applications/{case.application}/").sees("公示中")
    county.page.locator("a[href*='/entitlements/notices/']").last.click()
    county.page.wait_for_load_state()
    county.look()
    return str(county.page.get_by_role("link", name="公众看到的样子").get_attribute("href"))


def notice_tells_nothing_sensitive(public: Walker, case: Case, notice: str) -> None:
    public.go("/").follow("公示公告").sees("正在公示")
    public.go(notice).sees(case.masked)
    public.sees_not(case.name, case.number, case.number[-4:], PHONE_NUMBER, ADDRESS, case.birth)
    rows: Iterable[str] = public.page.locator("tbody tr").all_inner_texts()
    assert rows
    for word in ILLNESS:
        assert not any(word in row for row in rows), f"{word} beside a name"


def somebody_objects(public: Walker, case: Case) -> None:
    public.page.get_by_role("row", name=case.masked).get_by_role("link").first.click()
    public.page.wait_for_load_state()
    public.press("提交异议", status=422).sees("请填写您的姓名")
    public.fill(objector="周邻居", contact="0574-00000000", content="听说这家子女常住，请核实。")
    public.press("提交异议").sees("受理编号")


def county_resolves(reviewer: Walker, other: Walker, case: Case) -> None:
    reviewer.go(f"/console/entitlements/applications/{case.application}/").sees("异议处理中")
    reviewer.follow(objection_of(reviewer))
    reviewer.sees("您审核过这份申请")
    other.go(reviewer.path()).choose("异议不成立，继续公示")
    other.fill(reason="已入户核实，老人独居，认定文件有效。")
    other.press("提交处理结果").sees("异议已处理", "公示中")


def objection_of(walker: Walker) -> str:
    return walker.page.locator("a[href*='/entitlements/objections/']").last.inner_text().strip()


def decision_must_wait(county: Walker, case: Case) -> None:
    county.go(f"/console/entitlements/applications/{case.application}/decide/")
    county.press("作出决定", status=422).sees("公示")


def days_pass(city: City, case: Case) -> None:
    """The publicity period lies behind: the database's owner moves its last day to yesterday.

    The platform takes "today" from the server's clock, on purpose, and no switch can set it;
    a notice itself is append-only. Only the case's own date is moved, and only here.
    """
    yesterday = TODAY - timedelta(days=1)
    city.psql(
        f"update entitlements_application set publicity_ends = '{yesterday}' "  # noqa: S608
        f"where id = {case.application}"
    )


def county_decides(county: Walker, case: Case) -> None:
    county.go(f"/console/entitlements/applications/{case.application}/").follow("作出决定")
    county.fill(starts=TODAY.isoformat()).press("作出决定").sees("决定已作出", "已决定给予")


# --- the family -----------------------------------------------------------------------------


def family_reads(family: Walker, case: Case) -> None:
    family.go("/family/").follow("我能享受什么 依法有哪些服务，为什么")
    family.sees("看哪一位")
    family.page.get_by_role("link", name=case.name).first.click()
    family.page.wait_for_load_state()
    family.look().sees(f"{case.name}能享受什么", "可以享受", "已经批准")
    family.go(f"/family/applications/{case.application}/").sees("已经批准")
    family.follow("看决定").sees("可以享受", "理由", "第二十二条")
    family.page.locator("main a.h-cite").first.click()
    family.page.wait_for_load_state()
    family.look().sees("第二十二条", "意外伤害保险")
    assert family.page.locator("html[data-face=portal][data-size=elder]").count() == 1
