"""COPY into a table under row-level security: by way of a temporary table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, models
from psycopg import sql

_LENGTH = re.compile(r"\(\d+\)")


@dataclass(frozen=True)
class Table:
    """A model's table as a target of COPY. Columns that the database fills are left to it."""

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    defaults: tuple[Any, ...]

    @classmethod
    @cache
    def of(cls, model: type[models.Model]) -> Table:
        options = model._meta  # noqa: SLF001 - Django's documented API
        fields = [
            f
            for f in options.concrete_fields
            if f.column is not None and f.db_default is models.NOT_PROVIDED
        ]
        return cls(
            name=options.db_table,
            columns=tuple(str(f.column) for f in fields),
            types=tuple(_LENGTH.sub("", str(f.db_type(connection))) for f in fields),
            defaults=tuple(_default(f) for f in fields),
        )

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Insert rows given by column name, under every constraint and policy of the table."""
        self.write_lines(
            [row.get(c, d) for c, d in zip(self.columns, self.defaults, strict=True)]
            for row in rows
        )

    def write_lines(self, lines: Iterable[Sequence[Any]]) -> None:
        """The same for rows that have every column, in the order of ``columns``."""
        stage = sql.Identifier(f"stage_{self.name}")
        table = sql.Identifier(self.name)
        named = sql.SQL(", ").join(map(sql.Identifier, self.columns))
        begin = sql.SQL(
            "create temp table if not exists {stage} on commit drop as"
            " select {named} from {table} with no data; truncate {stage}"
        )
        copy = sql.SQL("copy {stage} from stdin (format binary)")
        insert = sql.SQL("insert into {table} ({named}) select * from {stage}")
        parts = {"stage": stage, "table": table, "named": named}
        with connection.cursor() as cursor:
            cursor.execute(begin.format(**parts))
            with cursor.copy(copy.format(**parts)) as stream:
                stream.set_types(self.types)
                for line in lines:
                    stream.write_row(line)
            cursor.execute(insert.format(**parts))


def _default(field: models.Field[Any, Any]) -> Any:
    """The field's constant default; one that is made anew for each row has to be given."""
    made = field.has_default() and callable(field.default)
    return None if made else field.get_default()


def new_ids(model: type[models.Model], count: int) -> list[int]:
    """So many fresh primary keys from the table's sequence."""
    table = model._meta.db_table  # noqa: SLF001 - Django's documented API
    with connection.cursor() as cursor:
        cursor.execute(
            "select nextval(pg_get_serial_sequence(%s, 'id')) from generate_series(1, %s)",
            [table, count],
        )
        return [n for (n,) in cursor.fetchall()]
