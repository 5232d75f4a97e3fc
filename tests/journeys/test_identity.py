"""At the door: one-time codes, lock-out, two posts, platform staff, the first login."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from tests.journeys.conftest import As, City
from tests.journeys.walker import Walker

from heling.contexts.identity.demo import DEMO_PASSWORD

pytestmark = pytest.mark.journey

OWN_PASSWORD = "seven quiet cranes at dawn"


def test_a_wrong_code_is_told_and_the_right_one_opens(walk: Walker) -> None:
    walk.go("/accounts/login/").fill(login="nb-street", password="wrong-password-1")
    walk.press("登录").sees("用户名或密码不对")
    walk.fill(login="nb-street", password=DEMO_PASSWORD).press("登录").sees("输入验证码")
    wrong = f"{(int(walk.code('nb-street')) + 1) % 1_000_000:06}"
    walk.fill(code=wrong).press("登录").sees("验证码不对或已经用过")
    walk.fill(code=walk.code("nb-street")).press("登录").sees("待办任务", "梁志强")
    walk.press("退出")
    walk.page.goto(walk.city.url + "/console/")
    assert walk.path() == "/accounts/login/", "the console stayed open after leaving"


def test_six_wrong_passwords_close_the_door_for_a_while(walk: Walker) -> None:
    walk.go("/accounts/login/")
    for _ in range(5):
        walk.fill(login="nn-auditor", password="wrong-password-1").press("登录")
        walk.sees("用户名或密码不对")
    walk.fill(login="nn-auditor", password="wrong-password-1").press("登录", status=429)
    walk.sees("失败次数太多", "15 分钟")
    walk.go("/accounts/login/")
    walk.fill(login="nn-auditor", password=DEMO_PASSWORD).press("登录", status=429)
    walk.sees("失败次数太多")


def test_a_person_with_two_posts_wears_one_at_a_time(as_: As, city: City) -> None:
    city_official, clerk = as_("nn-city"), as_("nn-committee")
    community = city.psql(
        "select p.code from identity_post p join identity_user u on u.id = p.user_id "
        "where u.username = 'nn-committee'"
    )
    city_official.go("/console/accounts/").follow("任命岗位、开通账号").follow("选择街道（乡镇）")
    city_official.fill(under=community[:6]).press("换一个区县")
    city_official.fill(username="nn-committee", name="写错的名字", code=community[:9])
    city_official.press("任命", status=422).sees("姓名对不上")
    city_official.fill(name="覃秀兰").press("任命").sees("岗位已生效")

    clerk.go("/console/").sees("社区（村）工作人员")
    clerk.follow("切换岗位").sees("用哪个身份办事", "正在使用")
    clerk.press("换成这个身份：街道（乡镇） 南宁市兴宁区民生街道")
    clerk.sees("现在的身份：街道（乡镇）", "南宁市兴宁区民生街道")
    clerk.follow("切换岗位").press("换成这个身份：社区（村）工作人员 南宁市兴宁区民生街道兴宁社区")
    clerk.sees("南宁市兴宁区民生街道兴宁社区")


def test_platform_staff_see_nobody_but_in_a_session(as_: As) -> None:
    staff = as_("nb-staff").go("/console/")
    staff.go("/console/elders/", status=403).sees("权限")
    staff.go("/console/staff-sessions/")
    staff.page.locator("[name=code]").select_option(index=1)
    staff.fill(reason="太短", minutes="15").press("进入", status=422).sees("至少 10 个字")
    staff.fill(reason="工单 2026-118：名册列表打不开，需要复现。")
    staff.press("进入").sees("正在", "会话中")
    staff.go("/console/elders/").sees("老年人档案", "运维会话")
    staff.follow("结束或查看")
    staff.press("结束会话").sees("会话已结束")
    staff.go("/console/elders/", status=403).sees_not("运维会话正在进行")


def test_a_new_clerk_comes_in_for_the_first_time(as_: As) -> None:
    """One-time password → own password → second factor → recovery codes → work."""
    city_official = as_("nn-city").go("/console/accounts/new/city_official/")
    city_official.page.locator("[name=code]").select_option(index=1)
    city_official.fill(username="nn-newcomer", name="新来的").press("任命")
    city_official.sees("请当面交付一次性密码", "只显示这一次")
    first = city_official.page.locator("main code").nth(1).inner_text()

    new = as_().go("/accounts/login/").fill(login="nn-newcomer", password=first)
    new.press("登录").sees("请先换成自己的密码")
    new.fill(oldpassword=first, password1="short", password2="short")
    new.press(_submit(new)).sees("12")
    new.fill(oldpassword=first, password1=OWN_PASSWORD, password2=OWN_PASSWORD)
    new.press(_submit(new))
    new.go("/console/").sees("两步验证", "请先设置验证器或通行密钥")
    new.follow("设置手机验证器")
    secret = new.page.locator("#totp_secret").inner_text()
    new.fill(code="000000").press("启用").sees("验证码不对")
    new.fill(code=_code(new.page.locator("#totp_secret").inner_text() or secret)).press("启用")
    new.sees("恢复码").follow("我已保存，继续")
    new.go("/console/").sees("待办任务", "新来的")


def _submit(walker: Walker) -> str:
    return walker.page.locator("main button[type=submit]").first.inner_text().strip()


def _code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
