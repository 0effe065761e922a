"""The statements of every message, compiled once and run on the driver's own connection.

SQLAlchemy writes them and knows the types; its execution of one costs 60 µs of Python, and a message has five: a third of all
that storing costs. What is asked rarely goes through SQLAlchemy as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import ArgumentError

_Convert = Callable[[Any], Any] | None


class Prepared:
    """A statement whose values all are bind parameters of their own names. Safe for threads."""

    def __init__(self, statement: sa.Executable) -> None:
        self._statement: Any = statement
        self._made: dict[str, _Compiled] = {}  # by dialect; two threads may make the same one twice

    def run(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Its rows, as Python values; none for a statement that has none.

        The statement is part of whatever transaction the driver's connection is in; SQLAlchemy is not told of it.

        Raises:
            ArgumentError: a value that its column refuses.
            the driver's own errors, which storage.engine.reasons knows.
        """
        dialect = connection.dialect
        made = self._made.get(dialect.name)
        if made is None:
            made = self._made[dialect.name] = _compiled(self._statement, dialect)
        try:
            given = [
                values[name] if convert is None else convert(values[name]) for name, convert in made.binds
            ]
        except ValueError as error:
            raise ArgumentError(str(error)) from error
        ran = driver(connection).execute(
            made.sql, given if made.positional else dict(zip(made.names, given, strict=True))
        )
        if not made.columns:
            return []
        if made.plain:
            return list(ran.fetchall())
        return [
            tuple(
                value if convert is None else convert(value)
                for convert, value in zip(made.columns, row, strict=True)
            )
            for row in ran.fetchall()
        ]


@dataclass(frozen=True)
class _Compiled:
    """binds: name and conversion of each value, in order. columns: the conversion of each column of a row."""

    sql: str
    binds: tuple[tuple[str, _Convert], ...]
    columns: tuple[_Convert, ...]
    positional: bool

    @property
    def plain(self) -> bool:
        """Whether rows need no conversion."""
        return not any(self.columns)

    @property
    def names(self) -> list[str]:
        """The names of the values, in order."""
        return [name for name, _ in self.binds]


def driver(connection: Connection) -> Any:
    """The connection of sqlite3 or psycopg under SQLAlchemy's."""
    return connection.connection.dbapi_connection


def _compiled(statement: Any, dialect: Dialect) -> _Compiled:
    made = statement.compile(dialect=dialect)
    names = made.positiontup if made.positional else list(made.binds)
    selected = statement.selected_columns if isinstance(statement, sa.Select) else ()
    return _Compiled(
        sql=str(made),
        binds=tuple(
            (name, made.binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names
        ),
        columns=tuple(
            column.type.dialect_impl(dialect).result_processor(dialect, None) for column in selected
        ),
        positional=made.positional,
    )
