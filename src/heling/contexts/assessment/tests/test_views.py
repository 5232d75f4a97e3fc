"""The whole thread through the pages, the twins of fragments, and who sees what."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from heling.contexts.assessment.domain import GBT42195, Reason, load_scale
from heling.contexts.assessment.domain.filling import asked_fields
from heling.contexts.assessment.models import Assessment, Dispute
from heling.contexts.assessment.testing import COUNTY, answers, completed, disputed, draft, pair
from heling.contexts.assessment.web.forms import fact_keys
from heling.contexts.assessment.web.lists import due_mark
from heling.contexts.identity.public import RoleKey
from heling.contexts.identity.testing import family, official, sign_in
from heling.contexts.places.testing import VILLAGE
from heling.contexts.registry.testing import elder
from heling.platform.access.scope import EVERYTHING, scoped

pytestmark = pytest.mark.usefixtures("db")
STREET = VILLAGE[:9]


def today() -> Any:
    return timezone.localdate()


def as_role(role: RoleKey, code: str = COUNTY, **more: Any) -> Client:
    client = Client()
    sign_in(client, official(role, code, **more))
    return client


def as_family(elder_id: int) -> Client:
    client = Client()
    sign_in(client, family(elder_id, VILLAGE))
    return client


@pytest.fixture
def two() -> tuple[Client, Client]:
    """Two assessors, logged in: a nurse and another."""
    return (
        as_role(RoleKey.ASSESSOR, name="李护士", medical=True),
        as_role(RoleKey.ASSESSOR, name="周评估"),
    )


def ids(*clients: Client) -> list[str]:
    return [str(c.session["_auth_user_id"]) for c in clients]


def arrange(client: Client, elder_id: int, people: list[str], **more: str) -> Any:
    given = {"scale": "gbt42195-2022", "reason": "first", "assessors": people, **more}
    return client.post(reverse("assessment_arrange", args=[elder_id]), given)


def sheet(**more: Any) -> dict[str, Any]:
    """Everything that the desk form asks for."""
    return {
        "on": today().isoformat(),
        "place": "家中",
        "diagnoses": ["none_of_these"],
        "no_risk_events": "on",
        "version": "999",
        **answers(70),
        **more,
    }


def text(response: Any) -> str:
    return str(response.content.decode())


def page(client: Client, name: str, *args: Any) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200, f"{name}: {response.status_code} {text(response)[-300:]}"
    return text(response)


def test_desk_arrange_fill_submit_sign_read_and_take_the_report(two: tuple[Client, Client]) -> None:
    someone = elder()
    nurse, other = two
    arranged = arrange(as_role(RoleKey.STREET, STREET), someone, ids(nurse, other))
    row = Assessment.objects.get()
    assert arranged.url == reverse("assessment", args=[row.pk])

    saved = nurse.post(reverse("assessment_form", args=[row.pk]), sheet(do="submit"))
    assert saved.url == reverse("assessment_sign", args=[row.pk])
    for client, name in ((nurse, "李护士"), (other, "周评估")):
        shown = page(client, "assessment_sign", row.pk)
        sha = re.search(r'name="sha256" value="([0-9a-f]{64})"', shown)
        assert sha, "the fingerprint that will be signed is in the form"
        done = client.post(
            reverse("assessment_sign", args=[row.pk]), {"name": name, "sha256": sha[1]}
        )
        assert done.status_code == 302

    seen = page(nurse, "assessment", row.pk)
    assert "1 级 能力轻度受损（轻度失能）" in seen
    assert "70 分（满分 90 分）" in seen
    report = other.get(reverse("assessment_report", args=[row.pk]))
    assert report.content.startswith(b"%PDF-")
    assert report["Content-Type"] == "application/pdf"


def test_phone_one_item_per_screen_saves_each_step_and_ends_at_the_signature(
    two: tuple[Client, Client],
) -> None:
    nurse, other = two
    arrange(nurse, elder(), ids(nurse, other))
    pk = Assessment.objects.get().pk
    here, asked = nurse.post(reverse("assessment_facts", args=[pk]), sheet()).url, 0
    while "/facts/" in here:  # Table A, one question a screen; what is left empty stays open
        asked += 1
        shown, key = text(nurse.get(here)), here.rstrip("/").rsplit("/", 1)[1]
        assert f"第 {asked} 题，共 {len(fact_keys(load_scale(GBT42195)))} 题" in shown
        here = nurse.post(here, {key: sheet()[key]} if key in sheet() else {}).url
    facts = Assessment.objects.get().facts
    assert facts == {"diagnoses": [], "no_risk_events": True}
    overview = page(nurse, "assessment_facts", pk)
    assert "以上都没有" in overview
    assert "近 30 天没有发生" in overview
    steps = 0
    given = answers(70)
    while "/item/" in here:
        shown = nurse.get(here)
        assert f"第 {steps + 1} 题，共 26 题" in text(shown)
        code = here.rstrip("/").rsplit("/", 1)[1]
        here = nurse.post(here, {"answer": given[code], "version": "0"}).url
        steps += 1
        assert len(Assessment.objects.get().answers) == steps
    assert (steps, here) == (26, reverse("assessment", args=[pk]))
    done = nurse.post(reverse("assessment_submit", args=[pk]))
    assert done.url == reverse("assessment_sign", args=[pk])


def test_a_question_of_table_a_says_what_is_wrong_with_its_answer_and_changes_no_other(
    two: tuple[Client, Client],
) -> None:
    nurse, other = two
    arrange(nurse, elder(), ids(nurse, other))
    pk = Assessment.objects.get().pk

    def answer(key: str, **given: Any) -> Any:
        return nurse.post(reverse("assessment_fact", args=[pk, key]), given)

    field = next(f for f in asked_fields(load_scale(GBT42195)) if any(c.alone for c in f.choices))
    alone = next(c.code for c in field.choices if c.alone)
    more = next(c.code for c in field.choices if not c.alone)
    assert answer("diagnoses", diagnoses="none_of_these").status_code == 302
    both = answer(field.key, **{field.key: [alone, more]})
    assert both.status_code == 422
    assert "不能再选其他" in text(both)
    assert answer(field.key, **{field.key: [more]}).status_code == 302
    assert Assessment.objects.get().facts == {"diagnoses": [], field.key: [more]}
    to_risks = answer("no_risk_events", do="risks")
    assert to_risks.url == reverse("assessment_risks", args=[pk])
    assert nurse.get(reverse("assessment_fact", args=[pk, "nothing"])).status_code == 404


def test_an_item_without_a_choice_says_so_and_goes_nowhere(two: tuple[Client, Client]) -> None:
    nurse, other = two
    arrange(nurse, elder(), ids(nurse, other))
    pk = Assessment.objects.get().pk
    answer = nurse.post(reverse("assessment_item", args=[pk, "B.1.1"]), {"version": "0"})
    assert answer.status_code == 422
    assert "请选一项，再进入下一题" in text(answer)
    assert nurse.get(reverse("assessment_item", args=[pk, "B.9.9"])).status_code == 404


def test_an_unfinished_form_lists_every_gap_with_its_anchor_and_keeps_what_was_given(
    two: tuple[Client, Client],
) -> None:
    nurse, other = two
    arrange(nurse, elder(), ids(nurse, other))
    pk = Assessment.objects.get().pk
    given = sheet(do="submit")
    del given["B.1.3"], given["B.3.9"], given["diagnoses"], given["no_risk_events"]
    answer = nurse.post(reverse("assessment_form", args=[pk]), given)
    assert answer.status_code == 422
    summary = text(answer).split("data-error-summary", 1)[1].split("</ul>", 1)[0]
    assert re.findall(r'href="#(id_[^"]+)"', summary) == [
        "id_B.1.3",
        "id_B.3.9",
        "id_diagnoses",
        "id_no_risk_events",
    ]
    row = Assessment.objects.get()
    assert (row.state, row.result, len(row.answers)) == ("draft", None, 24)


def test_the_gaps_of_an_almost_empty_form_are_gathered_by_part(two: tuple[Client, Client]) -> None:
    nurse, other = two
    arrange(nurse, elder(), ids(nurse, other))
    pk = Assessment.objects.get().pk
    some = ("B.1.1", "B.4.1", "B.4.2", "B.4.3")
    given = {code: key for code, key in answers(70).items() if code in some} | {"do": "submit"}
    answer = text(nurse.post(reverse("assessment_form", args=[pk]), given))
    assert "还不能提交签字：还有 22 项未评" in answer
    summary = answer.split("data-error-summary", 1)[1].split("</ul>", 1)[0]
    found = dict(re.findall(r'href="#id_([^"]+)">(.*?)</a>', summary))
    assert found["B.1.2"] == "自理能力：7 项还没有作答，请补上（从“B.1.2 修饰”起）"
    gaps = [anchor for anchor in found if anchor.startswith("B.")]
    assert gaps == ["B.1.2", "B.2.1", "B.3.1", "B.4.4", "B.4.5"]  # two are named one by one
    # At its field every gap is still told.
    assert answer.count('<span class="h-hidden">错误：</span>还没有作答') == 22


def test_the_live_totals_are_the_same_alone_and_in_the_page(two: tuple[Client, Client]) -> None:
    nurse, other = two
    arrange(nurse, elder(), ids(nurse, other))
    pk = Assessment.objects.get().pk
    address = reverse("assessment_form", args=[pk])
    alone = text(
        nurse.post(address, {"B.1.1": "3", "version": "0"}, headers={"HX-Request": "true"})
    )
    assert "已答 1 / 26 项，合计 3 分" in alone
    assert alone.strip() in text(nurse.get(address))
    full = text(nurse.post(address, sheet(), headers={"HX-Request": "true"}))
    assert "按现在的作答：1 级 能力轻度受损（轻度失能）" in full


def test_two_people_on_one_form_do_not_overwrite_each_other(two: tuple[Client, Client]) -> None:
    nurse, other = two
    arrange(nurse, elder(), ids(nurse, other))
    address = reverse("assessment_form", args=[Assessment.objects.get().pk])
    nurse.post(address, {"B.1.1": "3", "version": "0", "do": "save"})
    answer = other.post(address, {"B.1.1": "1", "version": "0", "do": "save"})
    assert answer.status_code == 422
    assert "B.1.1 进食刚由李护士改为“3”" in text(answer)
    assert Assessment.objects.get().answers == {"B.1.1": "3"}


def test_risk_events_are_added_and_taken_back(two: tuple[Client, Client]) -> None:
    nurse, other = two
    arrange(nurse, elder(), ids(nurse, other))
    row = Assessment.objects.get()
    address = reverse("assessment_risks", args=[row.pk])
    late = {"kind": "fall", "on": (today() + timedelta(days=1)).isoformat()}
    assert "还没有到" in text(nurse.post(address, late))
    nurse.post(address, {"kind": "fall", "on": today().isoformat(), "note": "卫生间"})
    assert "卫生间" in page(nurse, "assessment_risks", row.pk)
    event = row.risk_events.get()
    nurse.post(reverse("assessment_risk_remove", args=[row.pk, event.pk]))
    assert not row.risk_events.exists()


def test_arranging_twice_the_same_or_without_medical_says_what_is_wrong() -> None:
    lay = [as_role(RoleKey.ASSESSOR, name=f"周评估{n}") for n in (1, 2)]
    street, someone = as_role(RoleKey.STREET, STREET), elder()
    page(street, "assessment_arrange", someone)
    answer = arrange(street, someone, ids(*lay))
    assert (answer.status_code, Assessment.objects.count()) == (422, 0)
    assert "至少一名具有医护专业背景，现有 0 名，请补足" in text(answer)
    assert "至少两名评估人员同时在现场，现有 1 名" in text(arrange(street, someone, ids(lay[0])))


def test_a_family_reads_the_result_in_plain_words_doubts_it_and_withdraws() -> None:
    someone = elder()
    done = completed(someone, total=70)
    client = as_family(someone)
    shown = page(client, "assessment_family")
    assert "1 级 能力轻度受损（轻度失能）" in shown
    assert "哪些事要人帮忙" in shown
    assert reverse("assessment_family_dispute", args=[done.pk]) in shown
    address = reverse("assessment_family_dispute", args=[done.pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    client.post(address, {"reason": "洗澡一直要人帮"})
    row = Dispute.objects.get()
    assert (row.reason, row.relation) == ("洗澡一直要人帮", "子女")
    assert "没有参加过这次评估的人员" in page(client, "assessment_family_dispute", done.pk)
    client.post(reverse("assessment_family_withdraw", args=[done.pk]))
    done.refresh_from_db()
    assert done.state == "completed"
    assert client.get(reverse("assessment_family_report", args=[done.pk])).status_code == 200


def test_the_county_arranges_the_review_without_the_first_team() -> None:
    someone, team = elder(), pair()
    first = disputed(completed(someone, team))
    fresh = [as_role(RoleKey.ASSESSOR, medical=True, name="新护士"), as_role(RoleKey.ASSESSOR)]
    county = as_role(RoleKey.COUNTY)
    assert "安排复评" in page(county, "assessment", first.pk)
    address = f"{reverse('assessment_arrange', args=[someone])}?reviews={first.pk}"
    offered = text(county.get(address))
    assert "新护士" in offered
    assert "李护士" not in offered
    given = {"scale": first.scale, "reason": "review", "assessors": ids(*fresh)}
    assert county.post(address, given).status_code == 302
    assert Assessment.objects.get(reason=Reason.REVIEW.value).reviews_id == first.pk
    assert as_role(RoleKey.STREET, STREET).get(address).status_code == 403


def test_voiding_asks_for_a_reason_and_keeps_the_record() -> None:
    done = completed(elder())
    county = as_role(RoleKey.COUNTY)
    address = reverse("assessment_void", args=[done.pk])
    assert county.post(address, {"reason": ""}).status_code == 422
    county.post(address, {"reason": "认错了人"})
    shown = page(county, "assessment", done.pk)
    assert "这次评估已作废" in shown
    assert "认错了人" in shown


def test_the_committee_sees_the_level_and_no_answers() -> None:
    done = completed(elder(), total=70)
    shown = page(as_role(RoleKey.COMMITTEE, VILLAGE), "assessment", done.pk)
    assert "1 级 能力轻度受损（轻度失能）" in shown
    assert "B.1.1" not in shown
    assert "各项作答" not in shown


NAMES = ("assessment", "assessment_form", "assessment_sign", "assessment_report", "assessment_void")


@pytest.mark.parametrize("name", NAMES)
def test_strangers_learn_nothing(name: str) -> None:
    done = completed(elder())
    address = reverse(name, args=[done.pk])
    elsewhere = as_role(RoleKey.COUNTY, "980103")
    colleague = as_role(RoleKey.ASSESSOR, medical=True)
    assert colleague.get(address).status_code in (403, 404)
    assert elsewhere.get(address).status_code in (403, 404)
    missing = reverse(name, args=[done.pk + 1])
    assert elsewhere.get(address).status_code == elsewhere.get(missing).status_code


def test_another_family_gets_404() -> None:
    done = completed(elder())
    other = as_family(elder())
    for name in ("assessment_family_dispute", "assessment_family_report"):
        assert other.get(reverse(name, args=[done.pk])).status_code == 404
    assert other.get(reverse("assessment", args=[done.pk])).status_code == 403


@pytest.mark.parametrize(
    ("days", "mark"),
    [(-1, "已逾期 1 天"), (0, "今天到期"), (1, "还有 1 天"), (30, "还有 30 天")],
)
def test_the_last_day_itself_is_in_time(days: int, mark: str) -> None:
    assert due_mark(today() + timedelta(days=days), today())[1] == mark


def test_the_due_list_shows_the_overdue_first_and_filters_by_the_day() -> None:
    late, last, soon = elder(name="逾期人"), elder(name="当天人"), elder(name="一年人")
    with scoped(EVERYTHING):
        for who, ago in ((late, 366), (last, 365), (soon, 10)):
            completed(who, on=today() - timedelta(days=ago))
    street = as_role(RoleKey.STREET, STREET)
    shown = page(street, "assessment_due_list")
    assert shown.index("逾期人") < shown.index("当天人") < shown.index("一年人")
    overdue = text(street.get(reverse("assessment_due_list"), {"within": "overdue"}))
    assert "逾期人" in overdue
    assert "当天人" not in overdue
    assert "一年人" not in text(street.get(reverse("assessment_due_list"), {"within": "30"}))


def test_an_assessor_finds_the_own_tasks_and_no_others() -> None:
    nurse = as_role(RoleKey.ASSESSOR, medical=True, name="李护士")
    other = as_role(RoleKey.ASSESSOR, name="周评估")
    arrange(as_role(RoleKey.STREET, STREET), elder(name="我的人"), ids(nurse, other))
    draft(elder(name="别人的人"))
    shown = page(nurse, "assessment_list")
    assert "我的人" in shown
    assert "别人的人" not in shown


def test_the_disputes_list_and_the_history() -> None:
    someone = elder(name="有异议的人")
    disputed(completed(someone))
    county = as_role(RoleKey.COUNTY)
    assert "待复评" in page(county, "assessment_dispute_list")
    assert "现行有效" in page(county, "assessment_history", someone)
