"""A database that was put back: told in numbers, acknowledged once with a reason, explained at terminals (L1, W75)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.record.desk import Place, RecordDesk
from server.record.model import SeatState, Signed
from tests.support.office import PASSWORD, Browser, Office

DEVICE, OLDER = "d-aaaaaaaaaaaaaaaa", "d-bbbbbbbbbbbbbbbb"


class PutBack:
    """A house whose database somebody put back over a meeting that was signed."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder)
        self.record = self.office.services.record
        self.early = self._signed()
        self._folder = folder
        self.copy()
        self.office.meeting("open")
        self.middle = self._signed()
        self.office.meeting("submitted")
        self.late = self._signed()
        self.put_back()
        self.security = self.office.sign_in("anninh")

    def copy(self) -> None:
        """Of the database as it is."""
        with sqlite3.connect(self._folder / "phonghop.db") as live, sqlite3.connect(self._folder / "copy.db") as copy:
            live.backup(copy)

    def put_back(self) -> None:
        """The copy takes the place of the database."""
        with sqlite3.connect(self._folder / "copy.db") as copy, sqlite3.connect(self._folder / "phonghop.db") as live:
            copy.backup(live)

    def _signed(self) -> Signed:
        found = self.record.sign(now=self.office.clock.now())
        assert found is not None
        return found

    def acknowledge(self, browser: Browser | None = None, **changes: Any) -> Any:
        shown = self.security.get("/api/record").body["went_back"] or {"old": 1, "new": 0}
        body = {"old": shown["old"], "new": shown["new"], "reason": "Hỏng đĩa (demo)", "password": PASSWORD, **changes}
        return (browser or self.security).post("/api/record/restored", body)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[PutBack]:
    found = PutBack(tmp_path)
    yield found
    found.office.services.close()


def test_L1_the_page_says_from_which_number_to_which_the_record_went_back(house: PutBack) -> None:
    shown = house.security.get("/api/record").done()
    assert shown["forked"] is True
    assert (shown["went_back"]["old"], shown["went_back"]["new"]) == (house.late.size, house.early.size)
    assert shown["restored"] == []


def test_L1_the_security_administrator_acknowledges_it_once_and_signing_goes_on(house: PutBack, tmp_path: Path) -> None:
    done = house.acknowledge().done()
    assert (done["forked"], done["went_back"]) == (False, None)
    (was,) = done["restored"]
    assert (was["old"], was["new"], was["reason"]) == (house.late.size, house.early.size, "Hỏng đĩa (demo)")
    assert was["by"] == "anninh (demo)"
    (entry,) = house.office.services.audit.newest("record_restored", limit=5)
    assert entry.data["root"] == house.late.root.hex()
    assert [file.read_bytes() for file in (tmp_path / "record").glob("checkpoint-*.old")] == [house.late.note]
    assert house.record.check().problems == ()
    house.office.meeting("open")
    later = house.record.sign(now=house.office.clock.now())
    assert later is not None
    assert later.size > done["size"]
    assert house.acknowledge().code == "record-not-restored"


def test_L1_only_who_proves_to_be_the_security_administrator_does_and_of_what_the_page_shows(house: PutBack) -> None:
    for name in ("kythuat", "kiemtoan", "thuky", "hethong"):
        assert house.acknowledge(house.office.sign_in(name)).status == 403
    assert house.acknowledge(password="sai").code == "bad-credentials"
    assert house.acknowledge(reason="").code == "bad-field"
    assert house.acknowledge(old=house.late.size + 1).code == "restoration-not-shown"
    assert house.acknowledge(new=house.early.size + 1).code == "restoration-not-shown"
    # What was signed and is still there was never lost.
    assert house.acknowledge(new=house.early.size - 1).code == "restoration-not-shown"
    assert house.security.get("/api/record").body["forked"] is True


def test_L1_what_a_restoration_does_not_explain_cannot_be_acknowledged(house: PutBack) -> None:
    with house.office.services.database.begin() as tx:
        tx.exec_driver_sql("UPDATE record_checkpoints SET root = zeroblob(32)")
    assert house.security.get("/api/record").body["went_back"] is None
    assert house.acknowledge().code == "record-not-restored"


def test_W75_terminals_that_keep_what_was_taken_away_contradict_it_until_it_is_acknowledged(house: PutBack) -> None:
    now = house.office.clock.now()
    seen = house.record.heard(DEVICE, house.late.size, house.late.root.hex(), forked=False, now=now)
    assert seen.state is SeatState.FORKED
    assert house.record.heard(OLDER, 1, "00" * 32, forked=False, now=now).state is SeatState.FORKED
    shown = [each["state"] for each in desk_of_two(house).overview()["seats"]]
    assert shown == ["forked", "forked"]
    house.acknowledge().done()
    assert [each["state"] for each in desk_of_two(house).overview()["seats"]] == ["acknowledged", "forked"]


def test_W75_a_terminal_of_the_new_history_that_is_contradicted_later_is_not_explained_by_it(house: PutBack) -> None:
    house.acknowledge().done()
    now = house.office.clock.now()
    newest = house.record.newest()
    assert newest is not None
    assert house.early.size < newest.size <= house.late.size
    kept = (DEVICE, newest.size, newest.root.hex())
    assert house.record.heard(*kept, forked=False, now=now).state is SeatState.GOOD
    # Said again after a restart of the server, it stays what it is.
    for _ in range(2):
        house.record.heard(*kept, forked=True, now=now)
        assert [each["state"] for each in desk_of_two(house).overview()["seats"]] == ["forked"]


def desk_of_two(house: PutBack) -> RecordDesk:
    places = {device: Place("Phòng 1", "A1") for device in (DEVICE, OLDER)}
    return RecordDesk(house.record, house.office.services.audit, lambda: places, lambda actor: actor)
