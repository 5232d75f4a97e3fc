"""From a draft to an edition, and everything that is refused on the way."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from heling.contexts.identity import testing as people
from heling.contexts.identity.public import RoleKey
from heling.contexts.lawbook import actions, testing
from heling.contexts.lawbook.checking import Identity, check, prove_text
from heling.contexts.lawbook.models import Draft, DraftStep, Edition
from heling.contexts.lawbook.public import count_tasks, tasks_for
from heling.contexts.lawbook.rules import folder
from heling.contexts.lawbook.testing import CITY, MORE_HOURS, NORMS, NOW, PACK, TODAY, Pair, changed
from heling.engines.law.source import MAX_BYTES
from heling.kernel.actor import Actor, system
from heling.kernel.errors import BadInput, Conflict, Forbidden, NotFound, Refused
from heling.platform.access.scope import scoped
from heling.platform.journal.models import Entry
from heling.platform.testing.at_once import together, within

OTHER_NORMS = f"{CITY}/tasks-2018"
WHO = Identity(PACK, CITY, "ordinance")


@pytest.fixture
def two(db: None) -> Pair:
    return testing.pair()


def said(error: BadInput) -> str:
    return "；".join(map(str, error.problems))


def findings(changes: dict[str, str]) -> str:
    text = changed(_released(), changes)
    return "；".join(f"{f.spot}：{f.message}" for f in check(text, WHO, on=TODAY).findings)


def _released() -> str:
    return (folder().pack(PACK) or b"").decode()


# --- the good way -----------------------------------------------------------------------------


def test_from_draft_to_edition(two: Pair) -> None:
    made = testing.draft(two.drafter)
    assert made.text == _released()
    assert made.base.number == 1
    made = testing.saved(made, MORE_HOURS, by=two.drafter)
    made = actions.submit_draft(
        draft_id=made.pk, seen=made.version, note="每月五十小时", on=TODAY, by=two.drafter
    )
    assert made.state == "submitted"
    edition = actions.publish_draft(
        draft_id=made.pk,
        seen=made.version,
        effective_from=TODAY - timedelta(days=60),
        reason="常务会议通过",
        at=NOW,
        by=two.approver,
    )
    assert (edition.number, edition.city, edition.origin) == (2, CITY, "published")
    assert edition.content == changed(_released(), MORE_HOURS)
    assert edition.sha256 == made.checked_sha256
    assert {p["outcome"] for p in edition.report["proofs"]} == {"proved"}
    assert edition.report["tests"] > 10
    assert not edition.report["broken"]
    assert edition.report["elsewhere"], "the assumed measures count on 45 hours"
    made.refresh_from_db()
    assert (made.state, made.edition_id) == ("published", edition.pk)
    steps = DraftStep.objects.filter(draft=made).order_by("pk").values_list("step", flat=True)
    assert list(steps) == ["begin", "save", "submit", "publish"]
    event = Entry.objects.get(kind="lawbook.EditionPublished")
    assert event.payload["retroactive"] is True
    assert event.code.strip() == "330200000000"


def test_returned_drafts_go_on_and_withdrawn_ones_end(two: Pair) -> None:
    made = testing.submitted(two, MORE_HOURS)
    with pytest.raises(BadInput, match="请写明退回的理由"):
        actions.return_draft(draft_id=made.pk, reason=" ", by=two.approver)
    actions.return_draft(draft_id=made.pk, reason="先征求区县意见", by=two.approver)
    made.refresh_from_db()
    made = testing.saved(made, {"# 宁波市": "# 宁波"}, by=two.drafter)
    assert (made.state, made.checked_sha256) == ("draft", "")
    actions.withdraw_draft(draft_id=made.pk, reason="不改了", by=two.drafter)
    with pytest.raises(Refused, match="已撤回"):
        actions.save_draft(draft_id=made.pk, text="x", seen=made.version + 1, by=two.drafter)
    assert testing.draft(two.drafter).pk != made.pk


def test_a_submitted_draft_may_be_taken_back(two: Pair) -> None:
    made = testing.submitted(two, MORE_HOURS)
    with pytest.raises(Refused, match="不能修改"):
        testing.saved(made, {"value: 50": "value: 60"}, by=two.drafter)
    again = actions.recall_draft(draft_id=made.pk, by=two.drafter)
    assert testing.saved(again, {"value: 50": "value: 60"}, by=two.drafter).state == "draft"


def test_norms_are_drafted_too(two: Pair) -> None:
    made = testing.draft(two.drafter, pack=NORMS)
    first = made.text.split("\n")[0]
    made = testing.saved(made, {first: first + "（修订）"}, by=two.drafter)
    submitted = actions.submit_draft(
        draft_id=made.pk, seen=made.version, note="说明", on=TODAY, by=two.drafter
    )
    proofs = submitted.report["proofs"]
    assert len(proofs) >= 12
    assert {p["outcome"] for p in proofs} == {"proved"}


def test_a_draft_lies_before_those_whose_turn_it_is(two: Pair) -> None:
    made = testing.submitted(two, MORE_HOURS)
    today = timezone.localdate()

    def waits_for(person: Actor, *, on: date = today) -> list[tuple[str, bool]]:
        found = tasks_for(person, on=on)
        assert len(found) == count_tasks(person)
        return [(task.todo, task.overdue) for task in found]

    assert waits_for(two.drafter) == []
    assert waits_for(two.approver) == [("审定规则草稿", False)]
    assert waits_for(two.approver, on=today + timedelta(days=7)) == [("审定规则草稿", False)]
    assert waits_for(two.approver, on=today + timedelta(days=8)) == [("审定规则草稿", True)]
    assert waits_for(people.acting(RoleKey.CITY, "4501")) == []
    assert waits_for(people.acting(RoleKey.AUDITOR, "3302")) == []
    actions.return_draft(draft_id=made.pk, reason="先征求意见", by=two.approver)
    assert waits_for(two.approver) == []
    assert waits_for(two.drafter) == [("按退回的意见修改规则", False)]


# --- what is refused --------------------------------------------------------------------------


def test_nobody_approves_what_they_wrote(two: Pair) -> None:
    made = testing.draft(two.drafter)
    made = testing.saved(made, MORE_HOURS, by=two.drafter)
    made = testing.saved(made, {"# 宁波市": "# 宁波"}, by=two.approver)
    made = actions.submit_draft(
        draft_id=made.pk, seen=made.version, note="说明", on=TODAY, by=two.drafter
    )
    for person in (two.drafter, two.approver):
        with pytest.raises(Forbidden, match="不能自己审定"):
            publish(made, by=person)
    third = testing.pair().approver
    assert publish(made, by=third).approver_id == third.user_id


def publish(made: Draft, *, by: object, **changes: object) -> Edition:
    given = {"effective_from": TODAY, "reason": "通过", "at": NOW, "seen": made.version}
    return actions.publish_draft(draft_id=made.pk, by=by, **{**given, **changes})  # type: ignore[arg-type]


def test_a_text_that_changed_after_it_was_submitted_is_not_published(two: Pair) -> None:
    made = testing.submitted(two, MORE_HOURS)
    Draft.objects.filter(pk=made.pk).update(text=made.text + "# 偷改\n")
    with pytest.raises(Refused, match="与提交时检查过的不一致"):
        publish(made, by=two.approver)
    assert Edition.objects.filter(origin="published").count() == 0


def test_publishing_needs_a_day_a_reason_and_the_page_as_it_is(two: Pair) -> None:
    made = testing.submitted(two, MORE_HOURS)
    with pytest.raises(BadInput, match="请写明从哪一天起适用"):
        publish(made, by=two.approver, effective_from=None)
    with pytest.raises(BadInput, match="法规自 2018-10-01 起施行"):
        publish(made, by=two.approver, effective_from=date(2018, 9, 30))
    with pytest.raises(BadInput, match="不能晚于 2100-12-31"):
        publish(made, by=two.approver, effective_from=date(2101, 1, 1))
    with pytest.raises(BadInput, match="请写明发布的理由"):
        publish(made, by=two.approver, reason=" ")
    with pytest.raises(Conflict, match="改过这份草稿"):
        publish(made, by=two.approver, seen=made.version - 1)
    assert publish(made, by=two.approver, effective_from=date(2018, 10, 1)).number == 2
    with pytest.raises(Refused, match="已发布"):
        publish(made, by=two.approver, seen=made.version + 1)


def test_an_edition_must_fit_those_of_other_packs_that_begin_later(two: Pair) -> None:
    """Both books of norms bring the same new word: they cannot stand side by side."""
    word = (
        "constants:\n  共用的新词: {cite: 46, unit: 年, versions: [{from: 2018-10-01, value: 1}]}\n"
    )
    later = TODAY + timedelta(days=60)
    testing.published(
        {"\nconstants:\n": f"\n{word}"}, pack=OTHER_NORMS, effective_from=later, people=two
    )
    made = testing.submitted(two, {"\nconstants:\n": f"\n{word}"}, pack=NORMS)
    with pytest.raises(BadInput, match=f"自 {later} 起不能用"):
        publish(made, by=two.approver)
    assert Edition.objects.filter(origin="published").count() == 1


def test_only_the_citys_own_officials(two: Pair) -> None:
    made = testing.draft(two.drafter)
    elsewhere = people.acting(RoleKey.CITY, "4501")
    county = people.acting(RoleKey.COUNTY, "330203")
    with pytest.raises(NotFound):
        actions.save_draft(draft_id=made.pk, text="x", seen=1, by=elsewhere)
    with pytest.raises(Forbidden):
        actions.save_draft(draft_id=made.pk, text="x", seen=1, by=county)
    assert not Draft.objects.visible_to(county).exists()
    with pytest.raises(Forbidden, match="别的城市的规则包"):
        actions.begin_draft(pack=PACK, at=NOW, by=elsewhere)
    with pytest.raises(Refused, match="全国通用"):
        actions.begin_draft(pack="cn/elder", at=NOW, by=two.drafter)
    with pytest.raises(NotFound, match="没有规则包"):
        actions.begin_draft(pack="330200/none", at=NOW, by=two.drafter)
    with pytest.raises(Refused, match="没有办完"):
        actions.begin_draft(pack=PACK, at=NOW, by=two.approver)


def test_row_security_hides_a_draft_from_other_cities(two: Pair) -> None:
    made = testing.draft(two.drafter)
    for stranger in (people.acting(RoleKey.CITY, "4501"), people.acting(RoleKey.COUNTY, "330203")):
        with scoped(stranger):
            assert not Draft.objects.filter(pk=made.pk).exists()
            assert not DraftStep.objects.exists()
    with scoped(two.approver):
        assert Draft.objects.filter(pk=made.pk).exists()


def test_what_cannot_be_kept(two: Pair) -> None:
    made = testing.draft(two.drafter)
    save = {"draft_id": made.pk, "seen": made.version, "by": two.drafter}
    with pytest.raises(BadInput, match="NUL"):
        actions.save_draft(text="a\x00b", **save)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="不是文字的编码"):
        actions.save_draft(text="甲\ud800", **save)  # type: ignore[arg-type]
    fits = "#" * (MAX_BYTES - 1)
    with pytest.raises(BadInput, match=r"超过 1,000,000 字节的上限"):
        actions.save_draft(text=fits + "#", **save)  # type: ignore[arg-type]
    kept = actions.save_draft(text=fits, **save)  # type: ignore[arg-type]
    assert len(kept.text.encode()) == MAX_BYTES


def test_two_people_at_one_draft(two: Pair) -> None:
    made = testing.draft(two.drafter)
    testing.saved(made, MORE_HOURS, by=two.drafter)
    with pytest.raises(Conflict, match="您写的内容还在下面"):
        actions.save_draft(draft_id=made.pk, text="我的", seen=made.version, by=two.approver)
    again = Draft.objects.get(pk=made.pk)
    same = actions.save_draft(
        draft_id=made.pk, text=again.text, seen=again.version, by=two.approver
    )
    assert same.version == again.version, "nothing changed: no step, and nobody became a writer"
    assert two.approver.user_id not in same.writers


def test_nothing_to_submit(two: Pair) -> None:
    made = testing.draft(two.drafter)
    submit = {"draft_id": made.pk, "seen": made.version, "on": TODAY, "by": two.drafter}
    with pytest.raises(BadInput, match="请写明修改说明"):
        actions.submit_draft(note="", **submit)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="没有可以审定的修改"):
        actions.submit_draft(note="说明", **submit)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"facts:\n": "facts: [\n"}, "不是合法的 YAML"),
        ({"cite: 22/1/3\n": "cite: 22/1/9\n"}, "第（九）项）：原文里没有这一条款项"),
        (
            {"value: (失能免费服务 + 高龄免费服务) * 小时价格": "value: 失能免费服务 + 小时价格"},
            "单位",
        ),
        ({"年龄 >= 高龄年龄 and 独居": "高龄独居老年人 and 独居"}, "循环|圈"),
        ({"amount: 45": "amount: 44"}, "测试没有通过"),
        ({"pack: 330200/home-care-2018": "pack: 330200/other"}, "不能改变 pack"),
        ({'city: {code: "330200"': 'city: {code: "450100"'}, "不能改变 city"),
        ({"kind: ordinance": "kind: measure"}, "不能改变 kind"),
        ({"sha256: f712": "sha256: f713"}, "已经改动"),
        ({"value: 45": "value: 50"}, "测试没有通过"),
        ({"优待对象 and": "优待对像 and"}, "优待对像"),
    ],
)
@pytest.mark.usefixtures("db")
def test_what_a_check_finds(changes: dict[str, str], words: str) -> None:
    found = findings(changes)
    assert re.search(words, found), found


def test_a_draft_with_errors_is_not_submitted(two: Pair) -> None:
    made = testing.saved(
        testing.draft(two.drafter), {"cite: 22/1/3\n": "cite: 22/1/9\n"}, by=two.drafter
    )
    with pytest.raises(BadInput) as error:
        actions.submit_draft(
            draft_id=made.pk, seen=made.version, note="说明", on=TODAY, by=two.drafter
        )
    assert "第（九）项" in said(error.value)
    assert "应急呼叫设施" in said(error.value)


def test_a_broken_property_stops_it_and_is_shown_as_a_person(two: Pair) -> None:
    changes = {"otherwise: higher_of": "otherwise: exclusive"}
    text = changed(_released(), changes)
    proved = prove_text(text, WHO, on=TODAY)
    assert not proved.good
    failing = [p for p in proved.proofs if not p.holds]
    assert "没有选择的就高" in {p.stated.word for p in failing}
    assert all(p.person is not None and p.person.facts for p in failing)
    assert {b.stated.word for b in proved.broken} >= {"没有选择的就高"}
    made = testing.saved(testing.draft(two.drafter), changes, by=two.drafter)
    with pytest.raises(BadInput, match="性质“没有选择的就高”不成立"):
        actions.submit_draft(
            draft_id=made.pk, seen=made.version, note="说明", on=TODAY, by=two.drafter
        )


def test_a_promise_taken_out_is_reported_and_kept_with_the_edition(two: Pair) -> None:
    """Taking a property out of the text does not hide that it is broken."""
    changes = {
        "otherwise: higher_of": "otherwise: exclusive",
        "  没有选择的就高:\n    cite: 22/2\n    quote: 就高\n    claim: {higher_received: 就高不重复}\n": "",
        "expect: {失能免费服务: {status: granted, amount: 45, effect: open}}": "expect: {失能免费服务: {status: granted, amount: 45, effect: keeps}}",
    }
    edition = testing.published(changes, people=two)
    assert [b["property"] for b in edition.report["broken"]] == ["没有选择的就高"]
    assert edition.report["broken"][0]["counterexample"]["facts"]


def test_a_branch_that_nobody_reaches_stops_it(two: Pair) -> None:
    changes = {"年龄 >= 保险起始年龄 or": "年龄 >= 保险起始年龄 or not 老年人 or"}
    proved = prove_text(changed(_released(), changes), WHO, on=TODAY)
    assert proved.branches
    assert all(f.spot.line > 1 for f in proved.branches)
    made = testing.saved(testing.draft(two.drafter), changes, by=two.drafter)
    with pytest.raises(BadInput, match=r"第 \d+ 行"):
        actions.submit_draft(
            draft_id=made.pk, seen=made.version, note="说明", on=TODAY, by=two.drafter
        )


@pytest.mark.usefixtures("db")
def test_a_pack_that_rests_on_it_is_named_and_does_not_stop_it() -> None:
    text = changed(_released(), MORE_HOURS)
    checked = check(text, WHO, on=TODAY)
    assert checked.good
    assert {f.spot.file for f in checked.elsewhere} == {"packs/330200/assumed-measures.yaml"}


@pytest.mark.usefixtures("own_database")
def test_two_approvers_at_once() -> None:
    with scoped(system("测试")):
        two = testing.pair()
        made = testing.submitted(two, MORE_HOURS)
        other = testing.pair().approver
    given = {
        "draft_id": made.pk,
        "seen": made.version,
        "effective_from": TODAY,
        "reason": "通过",
        "at": NOW,
    }
    results = together(
        within(two.approver, actions.publish_draft, **given),
        within(other, actions.publish_draft, **given),
    )
    assert sorted(type(r).__name__ for r in results) == ["Conflict", "Edition"]
    with scoped(system("测试")):
        assert Edition.objects.filter(origin="published").count() == 1


@pytest.mark.usefixtures("own_database")
def test_two_people_begin_at_once() -> None:
    with scoped(system("测试")):
        two = testing.pair()
    results = together(
        within(two.drafter, actions.begin_draft, pack=PACK, at=NOW),
        within(two.approver, actions.begin_draft, pack=PACK, at=NOW),
    )
    assert sorted(type(r).__name__ for r in results) == ["Draft", "Refused"]
