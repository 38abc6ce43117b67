"""A list of terminals to come, what becomes of each of its rows, and what a code is worth.

Rules D1, pure:

- A row promises one seat to the one machine that shows its serial and its code, once, until its last day.
- A row of a list is good or wrong; a wrong one is not taken and says of each cell why; the others do not depend on it,
  but for what stands twice: then none of them is taken.
- A code has at least 16 letters and figures, is no pattern and not made of the serial. It is kept as a hash.
- Five wrong codes lock a row. The same code of the same machine counts once, for a waiting seat asks on and on.

Usage::

    judged = judge(rows_of(cells), House(rooms, taken, awaited, serials))
    [each for each in judged if not each.faults]
"""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from server.roster.errors import RosterEmpty, RosterHeadless, RosterTooLong
from server.roster.model import columns_of, has_unseen, letters
from server.units.model import folded, tidy
from wire.fields import print_instant
from wire.ids import DeviceId

MOST_ROWS: Final = 2_000
#: Of all lists together.
MOST_WAITING: Final = 5_000
MOST_WRONG: Final = 5
DAYS: Final = 14
#: A row whose code has run out is shown so long, and for as long as it is among the newest.
SHOWN_FOR: Final = dt.timedelta(days=30)
MOST_DAYS: Final = 60
CODE_LEAST: Final = 16
CODE_MOST: Final = 64
#: Fewer different signs are a pattern.
_FEWEST: Final = 6
#: As a request for a certificate has it, but for the colon: the serial is sent as the name of an HTTP Basic
#: authentication, which has none (RFC 7617, section 2).
_SERIAL: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_CODE: Final = re.compile(r"[A-Za-z0-9-]*", re.ASCII)
_SHOWN: Final = 120


class Column(enum.StrEnum):
    """What a list says of a terminal, in the template's order."""

    SERIAL = "serial"
    CODE = "code"
    ROOM = "room"
    SEAT = "seat"


#: As the template calls them, and what people write instead. ``firmware_scripts.codes`` writes the same.
HEADS: Final[Mapping[Column, tuple[str, ...]]] = {
    Column.SERIAL: ("Số hiệu", "Số hiệu thiết bị", "Số máy", "Serial"),
    Column.CODE: ("Mã một lần", "Mã", "One-time code", "Code"),
    Column.ROOM: ("Phòng", "Phòng họp", "Room"),
    Column.SEAT: ("Chỗ ngồi", "Chỗ", "Seat"),
}


class State(enum.StrEnum):
    """đang chờ · đã dùng · bị khóa · đã rút lại."""

    WAITING = "waiting"
    USED = "used"
    LOCKED = "locked"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat as lists name it."""

    id: str
    label: str
    room_name: str


@dataclass(frozen=True, slots=True)
class Fault:
    """``code`` has a text under ``enrolment.fault`` in the catalogues, filled from ``data``."""

    column: Column
    code: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """``number``: as a spreadsheet counts. The code never shows itself."""

    number: int
    cells: Mapping[Column, str] = field(repr=False)
    places: Mapping[Column, str] = field(repr=False, default_factory=dict)

    def text(self, column: Column) -> str:
        """A cell, tidied."""
        return tidy(self.cells.get(column, ""))


@dataclass(frozen=True, slots=True)
class Judged:
    """A row, what is wrong with it, and the seat it means."""

    row: Row
    faults: tuple[Fault, ...] = ()
    seat: Seat | None = None

    def to_value(self) -> dict[str, Any]:
        """As JSON; of the code only whether there is one."""
        told = {column.value: self.row.text(column)[:_SHOWN] for column in Column if column is not Column.CODE}
        return {
            "row": self.row.number,
            **told,
            "code": bool(self.row.text(Column.CODE)),
            "faults": [
                {
                    "column": each.column.value,
                    "cell": f"{self.row.places.get(each.column, '')}{self.row.number}",
                    "code": each.code,
                    "data": dict(each.data),
                }
                for each in self.faults
            ],
        }


@dataclass(frozen=True, slots=True)
class House:
    """What a list is judged by: its seats, who has one, which are promised, and which serials are known."""

    seats: Sequence[Seat]
    #: seat → the serial of the terminal that has it
    taken: Mapping[str, str]
    #: seats of rows that wait
    promised: frozenset[str]
    #: serials of rows that wait
    awaited: frozenset[str]
    #: serial → the seat of the terminal that is in already
    serials: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Promise:
    """A row that was taken. ``other``: the machine that came with the serial after another was let in with it.

    ``other_at``: since when IT has not seen that.
    """

    number: int
    serial: str
    code_hash: str = field(repr=False)
    seat: str
    seat_label: str
    room_name: str
    by: str
    by_name: str
    at: dt.datetime
    until: dt.datetime
    state: State = State.WAITING
    device: DeviceId | None = None
    ended_at: dt.datetime | None = None
    wrong: int = 0
    other: DeviceId | None = None
    other_at: dt.datetime | None = None

    def is_open(self, now: dt.datetime) -> bool:
        """Whether its code lets a machine in."""
        return self.state is State.WAITING and now < self.until

    def used(self, device: DeviceId, now: dt.datetime) -> Promise:
        """Its machine is in; the code is worth nothing from now on."""
        return replace(self, state=State.USED, device=device, ended_at=now, code_hash="")

    def guessed(self, wrong: int, now: dt.datetime) -> Promise:
        """So many wrong codes were tried."""
        if wrong < MOST_WRONG:
            return replace(self, wrong=wrong)
        return replace(self, wrong=wrong, state=State.LOCKED, ended_at=now, code_hash="")

    def taken_back(self, now: dt.datetime) -> Promise:
        """IT does not want it any more."""
        return replace(self, state=State.TAKEN_BACK, ended_at=now, code_hash="")

    def to_value(self, now: dt.datetime, *, is_taken: bool) -> dict[str, Any]:
        """As JSON; ``is_taken``: another terminal has the seat that was promised."""
        expired = self.state is State.WAITING and not self.is_open(now)
        return {
            "number": self.number,
            "serial": self.serial,
            "seat": self.seat,
            "seat_label": self.seat_label,
            "room_name": self.room_name,
            "state": "expired" if expired else self.state.value,
            "by_name": self.by_name,
            "at": print_instant(self.at),
            "until": print_instant(self.until),
            "ended_at": None if self.ended_at is None else print_instant(self.ended_at),
            "device": self.device,
            "wrong": self.wrong,
            "other": self.other if self.other_at else None,
            "other_at": None if self.other_at is None else print_instant(self.other_at),
            "seat_taken": self.is_open(now) and is_taken,
        }


def rows_of(sheet: Sequence[tuple[int, Sequence[str]]]) -> list[Row]:
    """The rows below the head; ``sheet``: number and cells of each row that is not empty.

    Raises RosterEmpty, RosterHeadless, RosterTooLong.
    """
    if not sheet:
        raise RosterEmpty
    columns = columns_of(sheet[0][1], HEADS)
    missing = [HEADS[column][0] for column in Column if column not in columns]
    if missing:
        raise RosterHeadless(missing=", ".join(missing))
    if len(sheet) - 1 > MOST_ROWS:
        raise RosterTooLong(most=MOST_ROWS)
    places = {column: letters(at) for column, at in columns.items()}
    found = []
    for number, cells in sheet[1:]:
        written = {column: cells[at] if at < len(cells) else "" for column, at in columns.items()}
        if any(text.strip() for text in written.values()):
            found.append(Row(number, written, places))
    if not found:
        raise RosterEmpty
    return found


def judge(rows: Sequence[Row], house: House) -> list[Judged]:
    """What is wrong with each row, in their order."""
    seats = _by_name(house.seats)
    rooms = frozenset(room for room, _ in seats)
    found = [_judged(row, house, seats, rooms) for row in rows]
    serials = Counter(each.row.text(Column.SERIAL).casefold() for each in found)
    codes = Counter(each.row.text(Column.CODE) for each in found)
    places = Counter(each.seat.id for each in found if each.seat)
    return [_beside(each, serials, codes, places) for each in found]


def _judged(row: Row, house: House, seats: Mapping[tuple[str, str], Seat | None], rooms: frozenset[str]) -> Judged:
    room, label = folded(row.text(Column.ROOM)), folded(row.text(Column.SEAT))
    seat = seats.get((room, label))
    faults = [
        *_unreadable(row),
        *_serial(row.text(Column.SERIAL), house),
        *_code(row.text(Column.CODE), row.text(Column.SERIAL)),
    ]
    if not room:
        faults.append(Fault(Column.ROOM, "missing"))
    elif room not in rooms:
        faults.append(Fault(Column.ROOM, "room-unknown"))
    elif not label:
        faults.append(Fault(Column.SEAT, "missing"))
    elif seat is None:
        faults.append(Fault(Column.SEAT, "seat-unknown"))
    elif seat.id in house.taken:
        faults.append(Fault(Column.SEAT, "seat-taken", {"serial": house.taken[seat.id] or "?"}))
    elif seat.id in house.promised:
        faults.append(Fault(Column.SEAT, "seat-promised"))
    return Judged(row, _firsts(faults), seat)


def _unreadable(row: Row) -> Iterator[Fault]:
    for column in Column:
        text = row.cells.get(column, "")
        if has_unseen(text):
            yield Fault(column, "characters")
        elif text.lstrip().startswith("="):
            yield Fault(column, "formula")


def _serial(serial: str, house: House) -> Iterator[Fault]:
    if not serial:
        yield Fault(Column.SERIAL, "missing")
    elif _SERIAL.fullmatch(serial) is None:
        yield Fault(Column.SERIAL, "serial-wrong")
    elif serial in house.serials:
        yield Fault(Column.SERIAL, "serial-enrolled", {"seat": house.serials[serial]})
    elif serial in house.awaited:
        yield Fault(Column.SERIAL, "serial-waits")


def _code(code: str, serial: str) -> Iterator[Fault]:
    bare = code.replace("-", "")
    if not code:
        yield Fault(Column.CODE, "missing")
    elif _CODE.fullmatch(code) is None or len(code) > CODE_MOST:
        yield Fault(Column.CODE, "code-wrong", {"most": CODE_MOST})
    elif len(bare) < CODE_LEAST:
        yield Fault(Column.CODE, "code-short", {"least": CODE_LEAST})
    elif len(set(bare.casefold())) < _FEWEST or _is_of(bare.casefold(), serial.casefold()):
        yield Fault(Column.CODE, "code-weak")


def _is_of(code: str, serial: str) -> bool:
    """Whether a code says little more than its serial."""
    plain = "".join(letter for letter in serial if letter.isalnum())
    return len(plain) > 2 and len(code.replace(plain, "")) < CODE_LEAST // 2


def _beside(judged: Judged, serials: Counter[str], codes: Counter[str], places: Counter[str]) -> Judged:
    """The same with what stands in other rows too."""
    faults, row = list(judged.faults), judged.row
    serial, code = row.text(Column.SERIAL).casefold(), row.text(Column.CODE)
    if serial and serials[serial] > 1:
        faults.append(Fault(Column.SERIAL, "serial-twice"))
    if code and codes[code] > 1:
        faults.append(Fault(Column.CODE, "code-twice"))
    if judged.seat is not None and places[judged.seat.id] > 1:
        faults.append(Fault(Column.SEAT, "seat-twice"))
    return replace(judged, faults=_firsts(faults))


def _firsts(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """Of one cell the first that is wrong."""
    found = {each.column: each for each in reversed(faults)}
    return tuple(found[column] for column in Column if column in found)


def _by_name(seats: Sequence[Seat]) -> dict[tuple[str, str], Seat | None]:
    """Seats by names as they are compared; None where a name means two."""
    found: dict[tuple[str, str], Seat | None] = {}
    for seat in seats:
        key = (folded(seat.room_name), folded(seat.label))
        found[key] = None if key in found else seat
    return found
