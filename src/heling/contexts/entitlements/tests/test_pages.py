"""Every page of every face: it renders, it says what it must, and the public sees no person."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from heling.contexts.entitlements import actions, testing
from heling.contexts.entitlements.models import NoticeLine, Objection
from heling.contexts.entitlements.testing import CALL, INSURANCE, PLACE
from heling.contexts.identity import testing as people
from heling.contexts.identity.public import RoleKey
from heling.contexts.registry.public import StatusKind

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def office() -> testing.Office:
    return testing.office()


def as_role(role: RoleKey, place: str = PLACE) -> Client:
    client = Client()
    people.sign_in(client, people.official(role, place))
    return client


def ask(client: Client, name: str, *args: object, status: int = 200, **data: object) -> str:
    url = reverse(name, args=args)
    response = client.post(url, data) if data else client.get(url)
    assert response.status_code == status, (response.status_code, response.content.decode()[:3000])
    return response.content.decode()


def test_a_whole_number_finds_the_cases_without_standing_in_the_address(
    office: testing.Office,
) -> None:
    hers = testing.applied(testing.elder(name="王秀兰", phone="13900002221"), by=office)
    testing.applied(testing.elder(name="李桂英"), by=office)
    street, url = as_role(RoleKey.STREET, PLACE[:9]), reverse("entitlements_application_list")
    answer = street.post(url, {"do": "ask", "q": "139 0000 2221"})
    assert answer["Location"] == f"{url}?q_is={hers.elder_id}"
    page = street.get(answer["Location"]).content.decode()
    assert "王秀兰" in page
    assert "李桂英" not in page


def test_a_case_through_the_officials_pages(office: testing.Office) -> None:
    today = timezone.localdate()
    elder_id = testing.elder(name="王秀兰")
    clerk = as_role(RoleKey.COMMITTEE)
    page = ask(clerk, "entitlements_apply_for", elder_id)
    assert "政府出钱给您买意外伤害保险（可以享受）" in page
    data = {"grants": [INSURANCE, CALL], "consent": "电话征得本人同意"}
    ask(clerk, "entitlements_apply_for", elder_id, status=302, **data)
    case = testing.latest(elder_id)

    street = as_role(RoleKey.STREET, PLACE[:9])
    assert "下一步：街道（乡镇）决定是否受理" in ask(street, "entitlements_application", case.pk)
    step = "entitlements_application_step"
    ask(street, step, case.pk, "accept", status=302, seen=case.version)
    page = ask(street, step, case.pk, "first")
    assert "《宁波市居家养老服务条例》第二十二条第一款第（二）项" in page
    page = ask(street, step, case.pk, "first", status=422, verdict="fail", seen=3)
    assert "请写明理由" in page
    ask(street, step, case.pk, "first", status=302, verdict="pass", seen=3)
    ask(street, step, case.pk, "second", status=403)

    county = as_role(RoleKey.COUNTY, PLACE[:6])
    ask(county, step, case.pk, "second", status=302, verdict="pass")
    listed = ask(county, "entitlements_application_list")
    assert "王秀兰" in listed
    assert "复核通过" in listed
    preview = ask(county, "entitlements_application_list", do="bulk:publish", pick=case.pk)
    assert "发布后不能修改" in preview
    done = ask(
        county,
        "entitlements_application_list",
        do="bulk:publish",
        pick=case.pk,
        confirmed="yes",
    )
    assert f"{today + timedelta(days=1)}" in done
    case.refresh_from_db()
    ask(county, "entitlements_notice_list")
    assert "王*兰" in ask(county, "entitlements_notice", case.notice_id)
    ask(county, step, case.pk, "decide", status=422, starts=today)


def test_every_console_page_opens(office: testing.Office) -> None:
    elder_id = testing.elder()
    case = testing.granted(elder_id, by=office)
    county, city = as_role(RoleKey.COUNTY, PLACE[:6]), as_role(RoleKey.CITY, PLACE[:4])
    ask(county, "entitlements_elder", elder_id)
    ask(county, "entitlements_application", case.pk)
    page = ask(county, "entitlements_determination", case.determination_id)
    assert "结果指纹" in page
    assert "什么会改变结果" in page
    letter = county.get(reverse("entitlements_decision", args=[case.decisions.get().pk]))
    assert letter.content.startswith(b"%PDF")
    for name in ("candidate", "objection", "cycle"):
        ask(city, f"entitlements_{name}_list")
    ask(city, "entitlements_discover")
    ask(city, "entitlements_cycle_new")
    cycle = actions.open_cycle(month="2026-10", on=testing.TODAY, by=office.city)
    ask(city, "entitlements_cycle", cycle.pk)
    ask(city, "entitlements_cycle_close", cycle.pk)
    ask(county, "entitlements_redetermine", elder_id, status=302, x=1)


def test_strangers_get_404_and_the_unauthorised_403(office: testing.Office) -> None:
    elder_id = testing.elder()
    case = testing.published(elder_id, by=office)
    elsewhere = as_role(RoleKey.COUNTY, "330205")
    for name, pk in (
        ("entitlements_application", case.pk),
        ("entitlements_elder", elder_id),
        ("entitlements_determination", case.determination_id),
    ):
        ask(elsewhere, name, pk, status=404)
    auditor = as_role(RoleKey.AUDITOR, PLACE[:6])
    ask(auditor, "entitlements_application", case.pk)
    ask(auditor, "entitlements_application_step", case.pk, "accept", status=403)
    neighbour = Client()
    people.sign_in(neighbour, people.family(testing.elder(), PLACE))
    ask(neighbour, "entitlements_my_application", case.pk, status=404)
    ask(neighbour, "entitlements_benefits_of", elder_id, status=404)
    ask(neighbour, "entitlements_application", case.pk, status=403)


def test_the_public_notice_shows_no_person(office: testing.Office) -> None:
    today = timezone.localdate()
    canaries = {"name": "欧阳金丝雀", "address": "泄密路八十八号", "phone": "13900008888"}
    elder_id = testing.elder(**canaries, living="alone")
    testing.status(elder_id, StatusKind.DIBAO)
    testing.status(elder_id, StatusKind.CHRONIC)
    testing.level(elder_id, 3, on=today)
    answers = {"护理补贴": 0}
    case = testing.reviewed(
        elder_id, testing.HOURS, CALL, INSURANCE, by=office, on=today, answers=answers
    )
    notice = actions.publish_batch(application_ids=[case.pk], on=today, by=office.county)
    client = Client()
    pages = [ask(client, "portal_notice_list"), ask(client, "portal_notice", notice.pk)]
    line = NoticeLine.objects.filter(notice=notice).first()
    pages.append(ask(client, "portal_objection", line.pk))
    assert "欧**雀" not in pages[0]
    assert pages[1].count("欧***雀") == 3
    assert "免费居家养老服务" in pages[1]
    told = re.compile(
        "欧阳金|金丝雀|泄密路|八十八号|1390000|8888|990103|低保|慢性|慢病|重度|失能|残疾|独居"
        "|45 小时|演示认字"
    )
    for page in pages:
        main = page.split("<main", 1)[1].split("</main>", 1)[0]
        said = main.replace("不显示证件、电话、住址、健康和家庭情况", "")
        assert not told.search(said), told.search(said)


def test_anybody_may_object_by_name(office: testing.Office) -> None:
    today = timezone.localdate()
    case = testing.reviewed(testing.elder(), by=office, on=today)
    notice = actions.publish_batch(application_ids=[case.pk], on=today, by=office.county)
    line = NoticeLine.objects.get(notice=notice)
    client = Client()
    page = ask(client, "portal_objection", line.pk, status=422, content="我认识这个人")
    assert "我认识这个人" in page
    form = {
        "objector": "李邻居",
        "contact": "13800001111",
        "content": "他去年已经搬到外地和儿子住了",
    }
    page = ask(client, "portal_objection", line.pk, **form)
    objection = Objection.objects.get(application=case)
    assert f"<strong>{objection.pk}</strong>" in page
    assert b"13800001111" not in bytes(objection.contact_sealed)

    county = as_role(RoleKey.COUNTY, PLACE[:6])
    page = ask(county, "entitlements_objection", objection.pk)
    assert "他去年已经搬到外地" in page
    ask(
        county,
        "entitlements_objection",
        objection.pk,
        status=302,
        outcome="reject",
        reason="已上门核实，本人仍住在本社区",
    )
    case.refresh_from_db()
    assert case.state == "published"


def test_the_family_reads_and_applies_one_question_a_page(office: testing.Office) -> None:
    elder_id = testing.elder(name="陈桂兰")
    client = Client()
    people.sign_in(client, people.family(elder_id, PLACE))
    ask(client, "entitlements_benefits", status=302)
    page = ask(client, "entitlements_benefits_of", elder_id)
    assert "可以享受" in page
    assert "政府出钱给您买意外伤害保险" in page
    cited = re.findall(r'依据：\s*<a class="h-cite" href="([^"]+)">(《.+?》第.+?)</a>', page)
    assert len(cited) == page.count("h-panel-head"), "a result without its article"
    assert "《宁波市居家养老服务条例》第二十二条第一款第（二）项" in dict(map(reversed, cited))
    article = client.get(cited[0][0].replace("&amp;", "&"), follow=True)
    assert article.status_code == 200

    name = "entitlements_apply"
    page = ask(client, name, elder_id)
    assert "您想申请哪几样" in page
    page = ask(client, name, elder_id, page="grants", grants=[testing.HOURS])
    asked = []
    while 'name="answer"' in page:
        hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
        data: dict[str, list[str]] = {}
        for key, value in hidden:
            if key != "csrfmiddlewaretoken":
                data.setdefault(key, []).append(value)
        asked.append(re.search(r"<legend>(.*?)</legend>|h-label[^>]*>(.*?)<", page))
        answer = "0" if 'type="number"' in page or "单位：元" in page else "no"
        if "unsure" in page and 'value="no"' not in page:
            answer = "unsure"
        page = ask(client, name, elder_id, answer=answer, **data)
    assert "还有什么要告诉我们的" in page
    assert len(asked) >= 3
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    data = {}
    for key, value in hidden:
        if key != "csrfmiddlewaretoken":
            data.setdefault(key, []).append(value)
    ask(client, name, elder_id, status=302, statement="请早点办", **data)
    case = testing.latest(elder_id)
    assert case.channel == "family"
    assert case.declared["低保"] is False
    page = ask(client, "entitlements_my_application", case.pk)
    assert "街道正在看材料" in page
    ask(client, "entitlements_mine")
    page = ask(client, "entitlements_my_step", case.pk, "withdraw")
    ask(client, "entitlements_my_step", case.pk, "withdraw", status=302, reason="先不办了吧")
    case.refresh_from_db()
    assert case.state == "withdrawn"


def kept(page: str) -> dict[str, list[str]]:
    """What a page of the wizard hands to the next one."""
    data: dict[str, list[str]] = {}
    for key, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page):
        if key != "csrfmiddlewaretoken":
            data.setdefault(key, []).append(value)
    return data


def test_what_is_still_open_is_asked_one_question_a_page_before_the_step(
    office: testing.Office,
) -> None:
    case = testing.applied(testing.elder(), testing.HOURS, by=office)
    street = as_role(RoleKey.STREET, PLACE[:9])
    ask(
        street, "entitlements_application_step", case.pk, "correct",
        status=302, what="请补低保证", seen=case.version,
    )  # fmt: skip
    client, step = Client(), ("entitlements_my_step", case.pk, "resubmit")
    people.sign_in(client, people.family(case.elder_id, PLACE))
    page = ask(client, *step)
    first = re.search(r"<legend>(.*?)</legend>|h-label[^>]*>(.*?)<", page)
    assert "第 1 题" in page
    assert "上一题" not in page
    assert "补充了什么" not in page
    assert "请选一个" in ask(client, *step, status=422, **kept(page), answer="") or (
        "请填一个数" in page
    )
    count = 0
    while 'name="answer"' in page:
        count += 1
        money = "单位：元" in page
        page = ask(client, *step, **kept(page), answer="0" if money else "no")
    assert count >= 2
    assert "补充了什么" in page
    last = ask(client, *step, **kept(page), back="1")  # what was answered is kept
    assert f"第 {count} 题" in last
    assert " checked" in last or 'value="0"' in last
    for _ in range(count - 1):
        last = ask(client, *step, **kept(last), back="1")
    assert first is not None
    assert first[0] in last
    assert "请填写补充了什么" in ask(client, *step, status=422, **kept(page), statement="")
    ask(client, *step, status=302, **kept(page), statement="交了低保证")
    case.refresh_from_db()
    assert case.state == "submitted"
    assert len(case.declared) == count


def test_the_family_reads_the_decision(office: testing.Office) -> None:
    elder_id = testing.elder()
    case = testing.granted(elder_id, by=office)
    client = Client()
    people.sign_in(client, people.family(elder_id, PLACE))
    page = ask(client, "entitlements_my_application", case.pk)
    assert "已经批准" in page
    decision = case.decisions.get()
    page = ask(client, "entitlements_my_decision", decision.pk)
    assert "可以享受" in page
    assert client.get(reverse("entitlements_my_letter", args=[decision.pk])).content[:4] == b"%PDF"
