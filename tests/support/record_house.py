"""Logs of meetings and of administrators with their record, over a database and nothing else.

Run as a program it writes events until it is killed and prints the number of each that was acknowledged:
``python -m tests.support.record_house URL FOLDER``.

Usage: ``house = RecordHouse(database, tmp_path); house.event(); house.act(); house.record.check()``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
from pathlib import Path

from sealing.signatures import ServerSigner, holds
from server.assembly.logs import SqlLogs
from server.audit.service import AdminLog
from server.audit.store import SqlAuditStore
from server.db.engine import Database
from server.idempotency.store import SqlActLedger
from server.meetings.logbook import Logbook
from server.meetings.model import Draft
from server.meetings.ports import Record
from server.meetings.store import SqlMeetingStore
from server.record.keep import FileKeep
from server.record.model import Signed
from server.record.service import Recorder, RecordService, Tools
from server.record.store import SqlRecordStore
from server.rooms.model import Room
from server.rooms.store import SqlRoomStore
from server.slots import Slots
from wire.ids import MeetingId
from wire.note import NoteKey

NOW = dt.datetime(2026, 11, 23, 1, 2, 3, 456000, tzinfo=dt.UTC)
ROOM = "r-aaaaaaaaaaaaaaaa"
MEETING = MeetingId("m-aaaaaaaaaaaaaaaa")
OTHER = MeetingId("m-bbbbbbbbbbbbbbbb")


class RecordHouse:
    """One house; a second one over the same database stands for a second process."""

    def __init__(self, database: Database, folder: Path, *, recorder: Record | None = None) -> None:
        self.database = database
        recorder = recorder or Recorder(database, SqlRecordStore())
        slots = Slots()
        self.book = Logbook(
            database, SqlMeetingStore(), ledger=SqlActLedger(), announcer=slots, epochs=slots, record=recorder
        )
        self.admin = AdminLog(database, SqlAuditStore(), recorder)
        self.signer = ServerSigner.generate()
        key = NoteKey(f"record.example/{hashlib.sha256(self.signer.public).hexdigest()[:8]}", self.signer.public)
        self.keep = FileKeep(folder / "checkpoint")
        self.record = RecordService(
            Tools(database, SqlRecordStore(), SqlLogs(), self.keep, key, self.signer.sign, holds)
        )

    def begin(self) -> None:
        """A room and two meetings."""
        with self.database.begin() as tx:
            SqlRoomStore().add(tx, Room(ROOM, "Phòng 1", ()), NOW)
        for meeting in (MEETING, OTHER):
            self.book.append(meeting, actor="system", now=NOW, decide=lambda _: [_created()], creates=True)

    def event(self, meeting: MeetingId = MEETING, text: str = "x") -> int:
        """One more event; its number."""
        draft = Draft("display_set", {"mode": "message", "text": text})
        return int(self.book.append(meeting, actor="system", now=NOW, decide=lambda _: [draft])["seq"])

    def act(self, kind: str = "picture_set") -> int:
        """One more act of an administrator; its number."""
        with self.database.begin() as tx:
            return self.admin.record(tx, kind, {"owner": "seal"}, actor="system", now=NOW).number

    def sign(self) -> Signed:
        """A checkpoint."""
        signed = self.record.sign(now=NOW)
        assert signed is not None
        return signed

    def problems(self) -> list[str]:
        """What a check names: code, log and number."""
        found = self.record.check().problems
        return [" ".join(str(part) for part in (one.code, *one.data.values())) for one in found]


def _created() -> Draft:
    data = {
        "title": "Họp (demo)",
        "type": "Giao ban",
        "room": ROOM,
        "room_name": "Phòng 1",
        "starts_at": "2026-11-23T01:30:00.000Z",
        "planned_minutes": 90,
    }
    return Draft("meeting_created", data)


def _write_until_killed(url: str, folder: str) -> None:
    house = RecordHouse(Database(url), Path(folder))
    while True:
        for kind, write in (("event", house.event), ("act", house.act)):
            sys.stdout.write(f"{kind} {write()}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    _write_until_killed(*sys.argv[1:])
