"""The demonstration city's people: fixed names, passwords and one-time codes.

Everything here refuses to work in production, and an account marked as demonstration
cannot log in there (adapters.py).
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.utils import timezone
from pypinyin import Style, lazy_pinyin

from heling.contexts.identity.divisions import divisions
from heling.contexts.identity.models import Consent, Post, Relation, Representation, User
from heling.contexts.identity.roles import ROLES, RoleKey
from heling.kernel.errors import Refused
from heling.kernel.identifiers import Territory
from heling.platform.access.scope import EVERYTHING, scoped

DEMO_PASSWORD = "heling-demo-2026"  # noqa: S105
_PERIOD = 30  # seconds of a one-time code (RFC 6238)

# (username without the city, role, level of the post, name, medical background)
_OFFICIALS = (
    ("city", RoleKey.CITY, "市", "陆明远", False),
    ("city2", RoleKey.CITY, "市", "沈若谷", False),
    ("county1", RoleKey.COUNTY, "县", "韦建华", False),
    ("county2", RoleKey.COUNTY, "县", "黄丽萍", False),
    ("street", RoleKey.STREET, "乡", "梁志强", False),
    ("committee", RoleKey.COMMITTEE, "村", "覃秀兰", False),
    ("assessor1", RoleKey.ASSESSOR, "县", "莫晓燕", True),
    ("assessor2", RoleKey.ASSESSOR, "县", "蓝国栋", False),
    ("auditor", RoleKey.AUDITOR, "市", "邓审之", False),
    ("staff", RoleKey.STAFF, "市", "农运维", False),
)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One line of the table on ``/demo/`` and in ``heling up``."""

    username: str
    name: str
    role: str
    description: str
    place: str
    password: str
    code: str | None


def demo_accounts(homes: Iterable[str]) -> list[str]:
    """Make one account per role for each home; returns their usernames. Harmless twice.

    A home is a city's prefix (its first village is taken) or the 12-digit village in
    which the committee's post lies; street, county and city are those above it.
    """
    _refuse_in_production()
    hashed = make_password(DEMO_PASSWORD)
    made = []
    with scoped(EVERYTHING):
        for village in map(_village, homes):
            short = short_name(village)
            for key, role, level, name, medical in _OFFICIALS:
                user = _account(f"{short}-{key}", name, hashed, second_factor=True)
                _post(user, role, _above(village, level), medical=medical)
                made.append(user.username)
    return made


def demo_family(*, elder_id: int, code: str, elder_name: str) -> tuple[str, str]:
    """Give an elder of the demonstration an account and a daughter who acts for them."""
    _refuse_in_production()
    short = short_name(Territory.parse(code))
    hashed = make_password(DEMO_PASSWORD)
    with scoped(EVERYTHING):
        elder = _account(f"{short}-elder", elder_name, hashed, second_factor=False)
        _speaks_for(elder, elder_id, code, Relation.SELF, Consent.SELF, "")
        family = _account(f"{short}-family", f"{elder_name}的女儿", hashed, second_factor=False)
        _speaks_for(family, elder_id, code, Relation.CHILD, Consent.WRITTEN, "委托书（演示）")
    return elder.username, family.username


def demo_table() -> list[DemoAccount]:
    """Every demonstration account with its current one-time code."""
    _refuse_in_production()
    with scoped(EVERYTHING):
        return list(_rows())


def demo_code(username: str) -> str:
    """The one-time code that the account's authenticator shows now."""
    _refuse_in_production()
    counter = int(time.time()) // _PERIOD
    return str(format_hotp_value(hotp_value(_secret(username), counter)))


def seconds_left() -> int:
    """Seconds until every code changes."""
    return _PERIOD - int(time.time()) % _PERIOD


def let_code_be_used_again(user: User, code: str) -> None:
    """A demonstration is walked by many at once: its codes may serve twice in their 30 s."""
    if not (settings.DEMO and user.demo):
        return
    for authenticator in Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP):
        cache.delete(TOTP(authenticator)._get_used_cache_key(code))  # noqa: SLF001


def short_name(place: Territory) -> str:
    """Initials of the city's name without 市: the first part of its usernames."""
    city = divisions().place(place.prefix[:4]).name.removesuffix("市")
    return "".join(lazy_pinyin(city, style=Style.FIRST_LETTER)).lower()


def _rows() -> Iterator[DemoAccount]:
    people = (
        User.objects.filter(demo=True).order_by("id").prefetch_related("posts", "representations")
    )
    names = divisions().names({p.code for u in people for p in u.posts.all()})
    for user in people:
        posts = list(user.posts.all())
        own = any(r.relation == Relation.SELF for r in user.representations.all())
        role = ROLES[posts[0].role if posts else RoleKey.ELDER if own else RoleKey.FAMILY]
        yield DemoAccount(
            username=user.username,
            name=user.name,
            role=role.label,
            description=role.description,
            place=names.get(posts[0].code, posts[0].code) if posts else "",
            password=DEMO_PASSWORD,
            code=demo_code(user.username) if role.second_factor else None,
        )


def _village(home: str) -> Territory:
    territory = Territory.parse(home)
    if territory.level == "村":
        return territory
    return Territory(divisions().below(territory, level="村")[0].code)


def _above(village: Territory, level: str) -> Territory:
    at = village
    while at.level != level and at.parent is not None:
        at = at.parent
    return at


def _account(username: str, name: str, hashed: str, *, second_factor: bool) -> User:
    user, made = User.objects.get_or_create(
        username=username, defaults={"name": name, "password": hashed, "demo": True}
    )
    if made and second_factor:
        TOTP.activate(user, _secret(username))
    return user


def _post(user: User, role: RoleKey, place: Territory, *, medical: bool) -> None:
    body = divisions().body_of(place.prefix)
    Post.objects.get_or_create(
        user=user,
        role=role,
        code=place.prefix,
        defaults={
            "starts": timezone.localdate(),
            "medical": medical,
            "body_name": body[0] if body else "",
        },
    )


def _speaks_for(
    user: User, elder_id: int, code: str, relation: Relation, consent: Consent, document: str
) -> None:
    Representation.objects.get_or_create(
        user=user,
        elder_id=elder_id,
        defaults={
            "code": code,
            "relation": relation,
            "consent": consent,
            "document": document,
            "starts": timezone.localdate(),
        },
    )


def _secret(username: str) -> str:
    digest = hashlib.sha256(f"heling demonstration {username}".encode()).digest()[:20]
    return base64.b32encode(digest).decode()


def _refuse_in_production() -> None:
    if not settings.DEMO:
        raise Refused(
            "正式环境没有演示账号。", hint="请用 heling manage open_account 开通真实账号。"
        )
