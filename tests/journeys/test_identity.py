"""At the door: one-time codes, lock-out, two posts, platform staff, the first login."""

from __future__ import annotations

import pytest

from heling.contexts.identity.demo import DEMO_PASSWORD, demo_code
from tests.journeys.conftest import As, City
from tests.journeys.walker import Walker

pytestmark = pytest.mark.journey


def test_a_wrong_code_is_told_and_the_right_one_opens(walk: Walker) -> None:
    walk.go("/accounts/login/").fill(login="nb-street", password="wrong-password-1")
    walk.press("登录").sees("用户名或密码不对")
    walk.fill(login="nb-street", password=DEMO_PASSWORD).press("登录").sees("输入验证码")
    wrong = f"{(int(demo_code('nb-street')) + 1) % 1_000_000:06}"
    walk.fill(code=wrong).press("登录").sees("验证码不对或已经用过")
    walk.fill(code=demo_code("nb-street")).press("登录").sees("待办任务", "梁志强")
