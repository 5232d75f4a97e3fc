"""Finding or opening the account of a named person. Rights are checked by the actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from heling.contexts.identity import passwords
from heling.contexts.identity.events import AccountOpened
from heling.contexts.identity.models import User
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput
from heling.platform.journal.record import record


@dataclass(frozen=True, slots=True)
class Account:
    """``first_password`` is set when the account was opened just now: show it once."""

    user: User
    first_password: str | None


def find_or_open(*, username: str, name: str, code: str, at: datetime, by: Actor) -> Account:
    """The account ``username`` if it is this person's, or a new one. Raises BadInput.

    The name must match: a slip of the pen must not give somebody else the rights.
    """
    username, name = passwords.read_username(username), passwords.read_name(name)
    user = User.objects.filter(username=username).first()
    if user is not None:
        if user.name != name:
            raise BadInput.single("用户名", "已被别人使用（姓名对不上），请核对，或换一个用户名")
        return Account(user, None)
    first = passwords.fresh()
    user = User.objects.create_user(username, first, name=name, initial_until=at + passwords.LASTS)
    record(AccountOpened(user_id=user.pk, username=username, code=code), by=by)
    return Account(user, first)
