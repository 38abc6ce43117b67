"""Use cases of lists of accounts: look at one, take it.

Rules: looking writes nothing. Taking judges the same file again in its own transaction and compares: what would become
of it must be what was seen. All good rows are taken in one commit, each an entry of the record, with one more about the
whole list. The one-time passwords are made from a seed that the caller brings and that is kept nowhere: the same act
asked again, after an answer was lost, gives the same passwords.

Usage::

    found = roster.look(data, granter=actor, now=now)
    roster.take(data, seen=found["seen"], seed=seed, by=By(...), granter=actor)
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import web
from server import spreadsheets
from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, once
from server.identity.choosing import given_password
from server.identity.model import Account, Actor
from server.journal import Journal
from server.roster.errors import RosterChanged
from server.roster.model import HEADS, Column, House, Judged, Kind, Row, Wanted, judge, rows_of
from server.roster.ports import Accounts, MadeHashes, Sheets, Units
from server.unit import Transaction, UnitOfWork
from server.units.model import Names, Tree
from server.units.service import By
from wire import ids
from wire.secret import Secret

TAKEN: Final = "roster_taken"
CREATED: Final = "account_created"
CHANGED: Final = "account_changed"


@dataclass(frozen=True, slots=True)
class Tools:
    """What the lists work with. ``unused``: how long an account may lie still (I5)."""

    unit: UnitOfWork
    sheets: Sheets
    accounts: Accounts
    units: Units
    hashes: MadeHashes
    ledger: ActLedger
    journal: Journal
    unused: dt.timedelta
    random: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class RosterService:
    """Lists of accounts."""

    tools: Tools

    def look(self, data: bytes, *, granter: Actor, now: dt.datetime) -> dict[str, Any]:
        """``{rows, counts, seen, wrong_file}``: what would become of each row; nothing is written.

        Raises RosterRefused, RosterBusy.
        """
        rows = rows_of(self.tools.sheets.read(data))
        with self.tools.unit.read() as tx:
            judged = self._judge(tx, rows, granter=granter, now=now)
        return {
            "rows": [each.to_value() for each in judged],
            "counts": _counts(judged),
            "seen": _digest(judged),
            "wrong_file": _wrong_file(judged),
        }

    def take(self, data: bytes, *, seen: str, seed: Secret, granter: Actor, by: By) -> dict[str, Any]:
        """Take the good rows; ``{counts, passwords: [{username, name, password}]}``.

        Raises RosterRefused, RosterBusy, RosterChanged, ActReused, UsernameTaken.
        """
        rows = rows_of(self.tools.sheets.read(data))
        file = hashlib.sha256(data).hexdigest()
        # Of the seed its hash alone: whoever reads the acts makes no password of it.
        content = {"file": file, "seen": seen, "seed": hashlib.sha256(seed.reveal()).hexdigest()}
        with self.tools.unit.begin() as tx:

            def take() -> dict[str, Any]:
                judged = self._judge(tx, rows, granter=granter, now=by.now)
                if _digest(judged) != seen:
                    raise RosterChanged
                made = [
                    self._add(tx, each.wanted, seed, by) for each in judged if each.kind is Kind.NEW and each.wanted
                ]
                for each in judged:
                    if each.kind is Kind.CHANGED:
                        self._change(tx, each, by)
                counts = _counts(judged)
                self.tools.journal.record(tx, TAKEN, {"sha256": file, **counts}, actor=by.actor, now=by.now)
                return {"counts": counts, "made": made}

            key = ActKey(by.act, by.actor, TAKEN, content)
            answer = once(self.tools.ledger, tx, key, now=by.now, do=take)
        passwords = [
            {**each, "password": given_password(seed, each["username"]).reveal().decode()} for each in answer["made"]
        ]
        return {"counts": answer["counts"], "passwords": passwords}

    def _judge(self, tx: Transaction, rows: Sequence[Row], *, granter: Actor, now: dt.datetime) -> list[Judged]:
        tools = self.tools
        names = Names(Tree(tools.units.units(tx)))
        return judge(rows, House(tools.accounts.accounts(tx), names, granter, now, tools.unused))

    def _add(self, tx: Transaction, wanted: Wanted, seed: Secret, by: By) -> dict[str, str]:
        account = Account(
            id=ids.new("u", self.tools.random(ids.RANDOM_BYTES)),
            username=wanted.username,
            name=wanted.name,
            position=wanted.position,
            unit="" if wanted.unit is None else wanted.unit.name,
            roles=wanted.roles or frozenset(),
            created_at=by.now,
            last_used_at=by.now,
            password_hash=self.tools.hashes.hash(given_password(seed, wanted.username)),
            unit_id=None if wanted.unit is None else wanted.unit.id,
            one_time=True,
        )
        self.tools.accounts.add_account(tx, account)
        told: dict[str, Any] = {"person": account.id, "username": account.username, "name": account.name}
        told |= {"roles": sorted(account.roles), "position": account.position, "unit": account.unit}
        self.tools.journal.record(tx, CREATED, told, actor=by.actor, now=by.now)
        return {"username": account.username, "name": account.name}

    def _change(self, tx: Transaction, judged: Judged, by: By) -> None:
        account, wanted = judged.account, judged.wanted
        if account is None or wanted is None:
            return
        changed = replace(account, name=wanted.name, position=wanted.position or account.position)
        if wanted.unit is not None:
            changed = replace(changed, unit=wanted.unit.name, unit_id=wanted.unit.id)
        if wanted.roles is not None:
            changed = replace(changed, roles=wanted.roles)
        self.tools.accounts.change_account(tx, changed)
        was, now_is = ({column.value: _told(one, column) for column in judged.changes} for one in (account, changed))
        told = {"person": account.id, "was": was, "now_is": now_is}
        self.tools.journal.record(tx, CHANGED, told, actor=by.actor, now=by.now)


def template() -> bytes:
    """An empty list with its head and two rows that show how it is filled in, as CSV for spreadsheets."""
    rows = [
        [HEADS[column][0] for column in Column],
        ["Nguyễn Văn An", "nguyenvanan", "Kiểm sát viên", "Phòng 1", ""],
        ["Trần Thị Bình", "tranthibinh", "Chuyên viên", "Vụ 2 / Phòng 1", "Thư ký, Văn thư"],
    ]
    return spreadsheets.csv_of(rows)


def _wrong_file(judged: Sequence[Judged]) -> str:
    """The wrong rows to be mended and brought again, with what is wrong beside them; empty without any."""
    wrong = [each for each in judged if each.kind is Kind.WRONG]
    if not wrong:
        return ""
    texts = web.catalogue("vi")["roster"]
    head = [*(HEADS[column][0] for column in Column), texts["wrong_column"], texts["row_column"]]
    rows = []
    for each in wrong:
        faults = [(f["column"], f["cell"], f["code"], f["data"]) for f in each.to_value()["faults"]]
        words = [f"{cell}: {web.filled(texts['fault'][code], data)}" for _, cell, code, data in faults]
        cells = [each.row.cells.get(column, "") for column in Column]
        rows.append([*cells, " ".join(words), str(each.row.number)])
    return spreadsheets.csv_of([head, *rows]).decode("utf-8")


def _told(account: Account, column: Column) -> str | list[str]:
    return sorted(account.roles) if column is Column.ROLES else str(getattr(account, column.value))


def _counts(judged: Sequence[Judged]) -> dict[str, int]:
    found = Counter(each.kind for each in judged)
    return {kind.value: found[kind] for kind in Kind}


def _digest(judged: Sequence[Judged]) -> str:
    told = json.dumps([each.to_value() for each in judged], sort_keys=True)
    return hashlib.sha256(told.encode("ascii")).hexdigest()
