"""``visible_to``: the first net. Every query and action starts from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.db import models

from heling.kernel.actor import Actor

M = TypeVar("M", bound=models.Model)


if TYPE_CHECKING:
    _CharField = models.CharField[str, str]
else:  # Django's fields take no type arguments at run time
    _CharField = models.CharField


class DivisionCodeField(_CharField):
    """A 12-digit division code, compared byte by byte so that a scope is an index range."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 12)
        kwargs.setdefault("db_collation", "C")
        super().__init__(*args, **kwargs)


class TerritoryQuerySet(models.QuerySet[M]):
    """Rows with a division code and, usually, an elder."""

    code_field: ClassVar[str] = "code"
    elder_field: ClassVar[str | None] = "elder_id"

    def visible_to(self, actor: Actor) -> Self:
        """Rows of the actor's territory; of a family, the rows of its own elders."""
        if actor.territory is not None:
            return self.filter(
                **{
                    f"{self.code_field}__gte": actor.territory.lo,
                    f"{self.code_field}__lt": actor.territory.hi,
                }
            )
        if actor.role == "system":
            return self.all()
        if actor.elder_ids and self.elder_field is not None:
            return self.filter(**{f"{self.elder_field}__in": actor.elder_ids})
        return self.none()
