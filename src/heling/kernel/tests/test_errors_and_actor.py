"""What reaches a person is one sentence and what to do; who acts holds only what was given."""

from enum import StrEnum

import pytest

from heling.kernel.actor import ANONYMOUS, Actor, system
from heling.kernel.errors import BadInput, Conflict, Forbidden, HelingError, Problem, Refused
from heling.kernel.identifiers import Territory


class Perm(StrEnum):
    READ = "registry.read"
    WRITE = "registry.write"


def test_message_and_hint_are_shown_together() -> None:
    assert str(Refused("不能撤回。", hint="请先登记。")) == "不能撤回。 请先登记。"
    assert str(Conflict("已被他人修改。")) == "已被他人修改。"


def test_bad_input_lists_everything_at_once() -> None:
    first, second = Problem("姓名", "不能为空"), Problem("", "缺少工作表")
    error = BadInput(first, second, hint="请改正后重新上传。")
    assert error.problems == (first, second)
    assert error.message == "姓名：不能为空；缺少工作表"
    assert error.hint == "请改正后重新上传。"
    assert isinstance(error, HelingError)


def test_bad_input_without_a_problem_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="at least one Problem"):
        BadInput()


def test_a_permission_is_held_or_refused() -> None:
    reader = Actor(user_id=1, name="甲", role="clerk", permissions=frozenset({"registry.read"}))
    reader.require(Perm.READ)
    with pytest.raises(Forbidden, match="没有这项权限"):
        reader.require(Perm.WRITE)
    assert not ANONYMOUS.may(Perm.READ)


def test_the_platform_acts_with_what_it_was_given_and_no_more() -> None:
    job = system("名册导入", Perm.WRITE, territory=Territory("450103"))
    assert (job.user_id, job.role, job.name) == (None, "system", "名册导入")
    assert job.may(Perm.WRITE)
    assert not job.may(Perm.READ)
    assert job.territory == Territory("450103")
    assert system("清理").permissions == frozenset()
