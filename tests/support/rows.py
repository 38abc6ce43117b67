"""A row that fits any table: values by type, parents by their keys.

Usage: ``sample_row(table, {"rooms": {"id": "r-…", …}})``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Float, Integer, LargeBinary, String, Table, Text
from sqlalchemy.types import TypeEngine

from server.db.metadata import Moment

MOMENT = dt.datetime(2026, 11, 23, 1, 2, 3, 456000, tzinfo=dt.UTC)


def sample_row(table: Table, parents: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A value for every column; foreign keys point at the rows of ``parents``, checked columns take an allowed word."""
    return {column.name: _value(column, table, parents) for column in table.c}


def _value(column: Column[Any], table: Table, parents: dict[str, dict[str, Any]]) -> Any:
    for key in column.foreign_keys:
        return parents[key.column.table.name][key.column.name]
    allowed = _allowed(column, table)
    if allowed is not None:
        return allowed
    return _by_type(column.type, column.name)


def _allowed(column: Column[Any], table: Table) -> str | None:
    """The first word of ``column IN ('a', 'b')``."""
    for constraint in table.constraints:
        if isinstance(constraint, CheckConstraint):
            name, found, rest = str(constraint.sqltext).partition(" IN (")
            if found and name == column.name:
                return rest.split("'")[1]
    return None


def _by_type(kind: TypeEngine[Any], name: str) -> Any:
    if isinstance(kind, Moment):
        return MOMENT
    if isinstance(kind, Date):
        return MOMENT.date()
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, Integer):
        return 3
    if isinstance(kind, Float):
        return 0.5
    if isinstance(kind, LargeBinary):
        return b"\x00\xff" * 16
    if isinstance(kind, Text | String):
        return f"{name} đ"[: kind.length]
    raise AssertionError(f"teach this file a value for {kind!r}")
