"""``heling manage open_account``: the first official of a city, from the machine itself."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from heling.contexts.identity.access import Perm
from heling.contexts.identity.actions.posts import grant_post
from heling.contexts.identity.roles import ROLES, RoleKey
from heling.kernel.actor import system
from heling.kernel.errors import HelingError
from heling.platform.access.scope import scoped


class Command(BaseCommand):
    help = "开通账号并任命岗位，打印一次性密码（只打印这一次，72 小时内有效）。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="用户名")
        parser.add_argument("name", help="姓名，与证件一致")
        parser.add_argument("code", help="区划代码")
        parser.add_argument(
            "--role", default=RoleKey.CITY.value, choices=[k for k, r in ROLES.items() if r.levels]
        )

    def handle(self, *_: Any, **options: Any) -> None:
        by, now = system("命令行 open_account", Perm.POSTS), timezone.now()
        try:
            with scoped(by):
                granted = grant_post(
                    username=options["username"],
                    name=options["name"],
                    role=options["role"],
                    code=options["code"],
                    starts=timezone.localdate(now),
                    at=now,
                    by=by,
                )
        except HelingError as error:
            raise CommandError(str(error)) from error
        password = granted.first_password or "（账号原来就有，密码不变）"
        self.stdout.write(f"用户名 {granted.username}\n一次性密码 {password}")
