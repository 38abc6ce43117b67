"""What a list of accounts says, and what would become of each row.

Rules, pure:

- A row is new, unchanged, changed or wrong. A wrong one is not taken, and says of each cell what is wrong; the others
  do not depend on it, but for a user name that stands twice: then neither is taken.
- Texts are in NFC, with one blank between words; marks that cannot be seen are refused, formulas as well.
- An account that exists is recognised by its user name **and** its name: the same user name for somebody else is wrong.
  An empty cell leaves what is there.
- Who may give which role is as for a single account (I5); who is one of the three administrators is never changed by a
  list, in either direction, nor any other role of theirs. Nobody changes their own roles.

Usage::

    judged = judge(rows_of(cells), House(accounts, names, actor, now=now, unused=unused))
    [each for each in judged if each.kind is Kind.WRONG]
"""

from __future__ import annotations

import datetime as dt
import enum
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from server.identity import model as identity
from server.identity.errors import BadUsername, NotTheirsToGrant, RolesConflict
from server.identity.model import ADMINS, Account, Actor, Role
from server.roster.errors import RosterEmpty, RosterHeadless, RosterTooLong
from server.units.errors import NoSuchUnit
from server.units.model import Names, Unit, folded, tidy
from wire import canonical

_Named = TypeVar("_Named", bound=enum.StrEnum)
MOST_ROWS: Final = 5_000
MAX_NAME: Final = 200
#: Longer than any path of units; what is cut off was wrong anyway.
_SHOWN: Final = 300


class Column(enum.StrEnum):
    """What a list says of a person, in the template's order."""

    NAME = "name"
    USERNAME = "username"
    POSITION = "position"
    UNIT = "unit"
    ROLES = "roles"


#: As the template calls them, and what people write instead.
HEADS: Final[Mapping[Column, tuple[str, ...]]] = {
    Column.NAME: ("Họ và tên", "Họ tên", "Full name", "Name"),
    Column.USERNAME: ("Tên đăng nhập", "Tài khoản", "User name", "Username"),
    Column.POSITION: ("Chức vụ", "Chức danh", "Position"),
    Column.UNIT: ("Đơn vị", "Mã đơn vị", "Unit"),
    Column.ROLES: ("Vai trò", "Quyền", "Roles", "Role"),
}
_NEEDED: Final = (Column.NAME, Column.USERNAME)
ROLES: Final[Mapping[Role, tuple[str, ...]]] = {
    Role.SECRETARY: ("Thư ký", "Secretary"),
    Role.IT: ("Cán bộ kỹ thuật", "IT"),
    Role.CLERK: ("Văn thư", "Registry clerk"),
    Role.SYSTEM_ADMIN: ("Quản trị hệ thống", "System administrator"),
    Role.SECURITY_ADMIN: ("Quản trị an ninh", "Security administrator"),
    Role.AUDITOR: ("Kiểm toán viên", "Auditor"),
}
_ROLE_OF: Final = {folded(word): role for role, words in ROLES.items() for word in (*words, role.value)}


class Kind(enum.StrEnum):
    """What would become of a row."""

    NEW = "new"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Row:
    """``number``: as a spreadsheet counts. ``places``: the letter of each column. ``cells``: as they were written."""

    number: int
    cells: Mapping[Column, str]
    places: Mapping[Column, str] = field(repr=False, default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """``code`` has a text under ``roster.fault`` in the catalogues, filled from ``data``."""

    column: Column
    code: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An account as the list wants it; ``roles`` and ``unit`` None: as they are."""

    username: str
    name: str
    position: str
    unit: Unit | None
    roles: frozenset[Role] | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A row, and what would become of it. ``account``: whose it is; ``changes``: the columns that differ."""

    row: Row
    kind: Kind
    faults: tuple[Fault, ...] = ()
    wanted: Wanted | None = None
    account: Account | None = None
    changes: tuple[Column, ...] = ()

    def to_value(self) -> dict[str, Any]:
        """As JSON; ``before``: what would be changed, as it is now."""
        return {
            "row": self.row.number,
            "kind": self.kind.value,
            "cells": {column.value: _shown(self.row.cells.get(column, "")) for column in Column},
            "faults": [
                {
                    "column": each.column.value,
                    "cell": f"{self.row.places.get(each.column, '')}{self.row.number}",
                    "code": each.code,
                    "data": dict(each.data),
                }
                for each in self.faults
            ],
            "before": {column.value: _said(self.account, column) for column in self.changes},
        }


@dataclass(frozen=True, slots=True)
class House:
    """What a list is judged by."""

    accounts: Sequence[Account]
    names: Names
    granter: Actor
    now: dt.datetime
    unused: dt.timedelta


def rows_of(sheet: Sequence[tuple[int, Sequence[str]]]) -> list[Row]:
    """The rows below the head, by what stands above them; ``sheet``: number and cells of each row that is not empty.

    Raises RosterEmpty, RosterHeadless, RosterTooLong.
    """
    if not sheet:
        raise RosterEmpty
    columns = columns_of(sheet[0][1], HEADS)
    missing = [HEADS[column][0] for column in _NEEDED if column not in columns]
    if missing:
        raise RosterHeadless(missing=", ".join(missing))
    if len(sheet) - 1 > MOST_ROWS:
        raise RosterTooLong(most=MOST_ROWS)
    places = {column: letters(at) for column, at in columns.items()}
    found = []
    for number, cells in sheet[1:]:
        written = {column: cells[at] if at < len(cells) else "" for column, at in columns.items()}
        # What stands beside the list (sums, remarks) is no row of it.
        if any(text.strip() for text in written.values()):
            found.append(Row(number, written, places))
    if not found:
        raise RosterEmpty
    return found


def judge(rows: Sequence[Row], house: House) -> list[Judged]:
    """What would become of each row, in their order."""
    known = {each.username: each for each in house.accounts}
    at: dict[str, list[int]] = {}
    for row in rows:
        at.setdefault(_username(row), []).append(row.number)
    found = []
    for row in rows:
        username = _username(row)
        others = [number for number in at[username][:2] if number != row.number] if username else []
        faults = [Fault(Column.USERNAME, "twice", {"row": others[0]})] if others else []
        found.append(_judged(row, known.get(username), house, faults))
    return found


def _judged(row: Row, account: Account | None, house: House, faults: list[Fault]) -> Judged:
    for column in Column:
        faults += _written(column, row.cells.get(column, ""))
    name, username = tidy(row.cells.get(Column.NAME, "")), _username(row)
    try:
        identity.username(username)
    except BadUsername:
        faults.append(Fault(Column.USERNAME, "username-wrong" if username else "missing"))
    if not name:
        faults.append(Fault(Column.NAME, "missing"))
    if account is not None:
        faults += _against(account, name, house)
    unit, unit_faults = _unit(row, house.names)
    roles, role_faults = _roles(row, account, house.granter)
    faults += unit_faults + role_faults
    if faults:
        # Of one cell the first that is wrong: what it means is no question while it cannot be read.
        firsts = {each.column: each for each in reversed(faults)}
        told = tuple(firsts[column] for column in Column if column in firsts)
        return Judged(row, Kind.WRONG, told, account=account)
    wanted = Wanted(username, name, tidy(row.cells.get(Column.POSITION, "")), unit, roles)
    if account is None:
        return Judged(row, Kind.NEW, wanted=wanted)
    changes = tuple(_changes(wanted, account))
    return Judged(row, Kind.CHANGED if changes else Kind.UNCHANGED, (), wanted, account, changes)


def has_unseen(text: str) -> bool:
    """Whether a cell has marks that nobody sees."""
    return any(
        unicodedata.category(letter) in {"Cc", "Cf", "Co", "Cs", "Cn"} for letter in text if letter not in "\t\n\r"
    )


def _written(column: Column, text: str) -> Iterator[Fault]:
    """What is wrong with a cell whatever it means."""
    if has_unseen(text):
        yield Fault(column, "characters")
    if text.lstrip().startswith("="):
        yield Fault(column, "formula")
    if column in {Column.NAME, Column.POSITION} and len(tidy(text)) > MAX_NAME:
        yield Fault(column, "too-long", {"most": MAX_NAME})


def _against(account: Account, name: str, house: House) -> Iterator[Fault]:
    if folded(account.name) != folded(name):
        yield Fault(Column.USERNAME, "taken", {"name": account.name})
    elif account.is_disabled(house.now, house.unused):
        yield Fault(Column.USERNAME, "disabled")


def _unit(row: Row, names: Names) -> tuple[Unit | None, list[Fault]]:
    text = row.cells.get(Column.UNIT, "")
    if not text.strip():
        return None, []
    try:
        return names.unit(text), []
    except NoSuchUnit:
        return None, [Fault(Column.UNIT, "unit-unknown", {"unit": _shown(tidy(text))})]


def _roles(row: Row, account: Account | None, granter: Actor) -> tuple[frozenset[Role] | None, list[Fault]]:
    words = [word for word in row.cells.get(Column.ROLES, "").replace(";", ",").split(",") if word.strip()]
    if not words:
        return None, []
    unknown = [tidy(word) for word in words if folded(word) not in _ROLE_OF]
    if unknown:
        return None, [Fault(Column.ROLES, "role-unknown", {"role": _shown(unknown[0])})]
    roles = frozenset(_ROLE_OF[folded(word)] for word in words)
    try:
        identity.check_roles(roles)
        if account is None:
            identity.check_grant(granter.roles, roles)
    except RolesConflict:
        return None, [Fault(Column.ROLES, "roles-conflict")]
    except NotTheirsToGrant:
        return None, [Fault(Column.ROLES, "not-theirs-to-grant")]
    if account is not None and roles & ADMINS != account.roles & ADMINS:
        return None, [Fault(Column.ROLES, "administrators-stay")]
    if account is not None and roles != account.roles:
        if account.id == granter.person:
            return None, [Fault(Column.ROLES, "own-roles")]
        if account.roles & ADMINS:
            return None, [Fault(Column.ROLES, "administrators-roles")]
    return roles, []


def _changes(wanted: Wanted, account: Account) -> Iterator[Column]:
    if wanted.name != account.name:
        yield Column.NAME
    if wanted.position and wanted.position != account.position:
        yield Column.POSITION
    if wanted.unit is not None and wanted.unit.id != account.unit_id:
        yield Column.UNIT
    if wanted.roles is not None and wanted.roles != account.roles:
        yield Column.ROLES


def _said(account: Account | None, column: Column) -> str:
    if account is None:
        return ""
    if column is Column.ROLES:
        return ", ".join(ROLES[role][0] for role in sorted(account.roles))
    return str(getattr(account, column.value))


def columns_of(head: Sequence[str], heads: Mapping[_Named, tuple[str, ...]]) -> dict[_Named, int]:
    """Where each column stands, by what is written above it; ``heads``: what people write above each."""
    words = {folded(word): column for column, words in heads.items() for word in words}
    found: dict[_Named, int] = {}
    for at, cell in enumerate(head):
        # Templates mark what is needed with an asterisk.
        column = words.get(folded(cell).rstrip("* "))
        if column is not None:
            found.setdefault(column, at)
    return found


def letters(at: int) -> str:
    """A column as spreadsheets name it: 0 → A, 26 → AA."""
    found = ""
    while at >= 0:
        found = chr(ord("A") + at % 26) + found
        at = at // 26 - 1
    return found


def _username(row: Row) -> str:
    return identity.spelled(row.cells.get(Column.USERNAME, ""))


def _shown(text: str) -> str:
    # In one form, so that what is compared and searched is what is seen.
    text = canonical.normal(text)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
