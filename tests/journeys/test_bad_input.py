"""What is typed wrong is told in words, in place, and nothing that was typed is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.journeys.conftest import As, City
from tests.journeys.walker import Walker

pytestmark = pytest.mark.journey

FOCUSED = "document.activeElement.hasAttribute('data-error-summary')"


def test_a_wrong_checksum_keeps_everything_typed(as_: As) -> None:
    street = as_("nb-street").go("/console/elders/new/")
    code = street.page.locator("[name=code] option").nth(2).get_attribute("value")
    assert code
    typed = {
        "name": "覃错号",
        "resident_id": "330203194605010019",
        "code": code,
        "address": "演示路 9 号",
        "living": "alone",
        "phone": "0574-87654321",
    }
    street.fill(**typed).press("登记", status=422).sees("请先改正下面的内容", "校验位")
    assert street.evaluate(FOCUSED), "the summary has no focus"
    for name, value in typed.items():
        assert street.page.locator(f"[name={name}]").input_value() == value
    street.page.locator("[data-error-summary] a").first.click()
    assert street.evaluate("document.activeElement.name") == "resident_id"
    described = street.page.locator("[name=resident_id]").get_attribute("aria-describedby")
    assert described
    assert "校验位" in street.page.locator(f"#{described.split()[-1]}").inner_text()


def test_two_clerks_save_the_same_elder(as_: As, city: City) -> None:
    """The later one sees what the earlier one saved beside the own typing, and decides."""
    elder = city.psql(
        "select e.id from registry_elder e join identity_post p on starts_with(e.code, p.code) "
        "join identity_user u on u.id = p.user_id "
        "where u.username = 'nb-committee' and e.state = 'active' order by e.id limit 1"
    )
    edit = f"/console/elders/{elder}/edit/"
    street, clerk = as_("nb-street").go(edit), as_("nb-committee").go(edit)
    street.fill(bank_name="街道填的银行").press("保存").sees("已保存")
    clerk.fill(bank_name="社区填的银行").press("保存", status=409)
    clerk.sees("街道填的银行")
    assert clerk.page.locator("[name=bank_name]").input_value() == "社区填的银行"
    stored = f"select bank_name from registry_elder where id = {elder}"  # noqa: S608
    assert city.psql(stored) == "街道填的银行"
    clerk.press("按我填的保存").sees("已保存")
    assert city.psql(stored) == "社区填的银行"


def test_an_unanswered_item_is_named_and_the_rest_is_kept(as_: As, city: City) -> None:
    elder = city.psql(
        "select e.id from registry_elder e join identity_post p on starts_with(e.code, p.code) "
        "join identity_user u on u.id = p.user_id "
        "where u.username = 'nb-committee' and e.state = 'active' "
        "and not exists (select 1 from assessment_assessment a where a.elder_id = e.id) "
        "order by e.id limit 1"
    )
    assessor = as_("nb-assessor1").go(f"/console/elders/{elder}/assessments/new/")
    for box in assessor.page.locator("[name=assessors]").all()[:2]:
        box.check()
    assessor.press("安排").follow("整张评估表")
    answered = assessor.page.locator("[name='B.1.1']")
    answered.first.check()
    assessor.page.get_by_text("已答 1 /").wait_for()
    assessor.press("保存并提交签字", status=422).sees("还不能提交签字")
    assert assessor.evaluate(FOCUSED)
    assert answered.first.is_checked()
    assessor.sees("还有 25 项未评", "自理能力：7 项还没有作答")
    missing = assessor.page.locator("[data-error-summary] a")
    assert 4 <= missing.count() <= 8, "gaps are gathered by part"
    missing.first.click()
    assert assessor.evaluate("document.activeElement.name") == "B.1.2"
    missing.nth(1).click()
    assert assessor.evaluate("document.activeElement.name") == "B.2.1"


def test_a_file_too_large_is_refused_before_it_is_read(as_: As, tmp_path: Path) -> None:
    large = tmp_path / "名册.csv"
    with large.open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    street = as_("nb-street").go("/console/elders/import/")
    street.page.set_input_files("[name=file]", large)
    street.press("上传并检查", status=413).sees("64 MB")


def test_a_file_that_is_no_roster_says_what_to_do(as_: As, tmp_path: Path) -> None:
    wrong = tmp_path / "名册.csv"
    wrong.write_text("甲,乙\n1,2\n", "utf-8")
    street = as_("nb-street").go("/console/elders/import/")
    street.page.set_input_files("[name=file]", wrong)
    street.press("上传并检查")
    _until(street, "没有写入任何内容")


def _until(walker: Walker, words: str) -> None:
    for _ in range(40):
        if words in walker.page.inner_text("main"):
            walker.look()
            return
        walker.page.wait_for_timeout(500)
        walker.page.reload()
    raise AssertionError(walker.page.inner_text("main"))
