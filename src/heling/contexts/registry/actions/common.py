"""Steps that several actions share: lock an elder, keep its index, find its household."""

from __future__ import annotations

from collections.abc import Iterable

from heling.contexts.places import public as places
from heling.contexts.registry.domain.naming import address_key, tidy_address
from heling.contexts.registry.domain.states import ELDER, ElderState
from heling.contexts.registry.models import Elder, ElderToken, Household, Supporter
from heling.contexts.registry.sealing import open_field, supporter_phone_place, tokens
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, NotFound, Refused
from heling.kernel.identifiers import Territory
from heling.platform.access.refusals import refusing
from heling.platform.crypto import unseal


def locked(elder_id: int, *, by: Actor) -> Elder:
    """The elder, locked for this transaction. NotFound for a stranger; Conflict where somebody
    else holds the row for longer than a person waits."""
    rows = Elder.objects.visible_to(by).select_for_update(of=("self",))
    with refusing():
        elder = rows.filter(pk=elder_id).first()
    if elder is None:
        raise NotFound("没有找到这位老年人。", hint="可能不在您的辖区内，请核对后再查。")
    return elder


def locked_active(elder_id: int, *, by: Actor, doing: str) -> Elder:
    """The same, refused unless the elder is 在册. ``doing`` completes “不能…”."""
    elder = locked(elder_id, by=by)
    if elder.state != ElderState.ACTIVE:
        raise Refused(
            f"这位老年人现在是“{ELDER.labels[ElderState(elder.state)]}”，不能{doing}。",
            hint="如属误登记，请先恢复在册。",
        )
    return elder


def known_community(code: str, *, where: str = "居住社区（村）") -> places.Place:
    """The community with this 12-digit code. BadInput where the division tree has none."""
    try:
        return places.place(code)
    except NotFound:
        raise BadInput.single(where, f"没有区划 {code}，请从列表中选择") from None


def own_community(code: str, *, by: Actor) -> places.Place:
    """The community, which must lie in the actor's territory. BadInput otherwise."""
    if by.territory is not None and not by.territory.contains(Territory(code)):
        raise BadInput.single("居住社区（村）", "不在您的辖区内，请由当地社区（村）登记")
    return known_community(code)


def household_at(code: str, address: str, *, demo: bool) -> Household:
    """The household behind the door with this address, or a new one.

    The same normalised address in the same community is the same door; without an address
    everybody gets a household of their own.
    """
    key = address_key(address)
    found = (
        Household.objects.filter(code=code, address_key=key).order_by("pk").first() if key else None
    )
    return found or Household.objects.create(
        code=code, address=tidy_address(address), address_key=key, demo=demo
    )


def refresh_tokens(elder: Elder) -> None:
    """Bring the search index of one elder up to date with name, numbers and supporters."""
    wanted: set[bytes] = set()
    if elder.state != ElderState.MERGED:
        wanted = tokens(elder.name, id_tail=elder.id_masked[-4:], phones=_phones(elder))
    have = {bytes(t) for t in elder.tokens.order_by("token").values_list("token", flat=True)}
    elder.tokens.filter(token__in=have - wanted).delete()
    write_tokens(elder, wanted - have)


def write_tokens(elder: Elder, wanted: Iterable[bytes]) -> None:
    ElderToken.objects.bulk_create(
        ElderToken(elder_id=elder.pk, token=t, code=elder.code) for t in sorted(wanted)
    )


def _phones(elder: Elder) -> list[str]:
    own = open_field("phone", elder.phone_sealed, uid=elder.uid)
    others = Supporter.objects.filter(elder_id=elder.pk, phone_sealed__isnull=False).order_by("pk")
    return [
        *([own] if own else []),
        *(unseal(s.phone_sealed or b"", bound_to=supporter_phone_place(s.uid)) for s in others),
    ]
