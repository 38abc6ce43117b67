"""The record of everything: who adds to it, who signs it, how it is checked.

Rules: puts ``record`` into the services, and the record's public key into ``record/key.vkey``. A checkpoint is signed a
few seconds after something was added, never while it is; when the database does not go on from what was signed, nothing
is signed any more and the log says so once.

Usage: ``record.build(services)``, after ``fleet.build``; ``build_audit(services)``, ``recorder(services)`` before it.
"""

from __future__ import annotations

import hashlib
from typing import Final

from sealing.signatures import holds
from server.assembly.logs import SqlLogs
from server.assembly.naming import LogNames
from server.audit.service import AdminLog
from server.audit.store import SqlAuditStore
from server.chores import Chore
from server.identity.errors import NoSuchPerson
from server.identity.routes import session_token, source
from server.keys.site import SiteKeys
from server.meetings.errors import NoSuchMeeting
from server.pki.files import PUBLIC_MODE, replace_file
from server.record import routes
from server.record.desk import Place, RecordDesk
from server.record.errors import RecordForked
from server.record.keep import FileKeep
from server.record.nightly import TURN_S, NightlyCheck
from server.record.reading import LogReader
from server.record.service import Recorder, RecordService, Tools
from server.record.store import SqlRecordStore
from server.services import Services
from wire.errors import WireError
from wire.ids import MeetingId
from wire.note import NoteKey
from wire.secret import Secret

SIGN_S: Final = 5.0
_ORIGIN: Final = "record.phonghop.local"


def recorder(services: Services) -> Recorder:
    """What the logs need of the record."""
    return Recorder(services.database, SqlRecordStore())


def build_audit(services: Services) -> AdminLog:
    """The administrators' log."""
    return AdminLog(services.database, SqlAuditStore(), recorder(services))


def note_key(keys: SiteKeys) -> NoteKey:
    """The public key of the record; the log is named by it, so that no two houses have logs of one name."""
    public = keys.record.public
    return NoteKey(f"{_ORIGIN}/{hashlib.sha256(public).hexdigest()[:16]}", public)


def build_record(services: Services) -> RecordService:
    """The service; needs the keys."""
    keep = FileKeep(services.settings.data_dir / "record" / "checkpoint")
    return RecordService(
        Tools(
            services.database,
            SqlRecordStore(),
            SqlLogs(),
            keep,
            note_key(services.keys),
            services.keys.record.sign,
            holds,
        )
    )


def build(services: Services) -> None:
    """Put the feature together."""
    services.record = build_record(services)
    # What a house gives to those who verify its dossiers.
    folder = services.settings.data_dir / "record"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_file(folder / "key.vkey", f"{services.record.tools.key.print()}\n".encode(), mode=PUBLIC_MODE)
    desk = RecordDesk(services.record, build_audit(services), _Places(services).all, _Places(services).name)
    reader = LogReader(
        SqlRecordStore(), build_audit(services), SqlLogs(), desk.name_of, _Places(services).title, LogNames(services).of
    )
    services.blueprints.append(
        routes.blueprint(desk, reader, services.clock, prove_again=lambda *proof: _prove_again(services, *proof))
    )
    nightly = NightlyCheck(desk, desk.audit, services.clock)
    services.chores.add(Chore("nightly check of the record", TURN_S, nightly.look))
    services.chores.add(Chore("checkpoints of the record", SIGN_S, _Signer(services).sign))


def _prove_again(services: Services, password: Secret, code: Secret | None) -> None:
    """Who calls shows password and code once more; raises what a sign-in raises."""
    services.identity.check_again(session_token(), password, code, source=source(), now=services.clock.now())


class _Places:
    """Where terminals stand and who acted, in words."""

    def __init__(self, services: Services) -> None:
        self._services: Final = services

    def all(self) -> dict[str, Place]:
        """By device."""
        rooms = {room.id: room.name for room in self._services.rooms.rooms()}
        stood = [(device.id, device.place) for device in self._services.fleet.approved()]
        return {device: Place(rooms.get(p.room, ""), p.label) for device, p in stood if p is not None}

    def title(self, meeting: str) -> str:
        """A meeting's title; empty for one that is not there, or whose log somebody spoilt."""
        try:
            return self._services.meetings.state(MeetingId(meeting)).title
        except (NoSuchMeeting, WireError):
            return ""

    def name(self, actor: str) -> str:
        """A person's name; empty for the system."""
        kind, _, person = actor.partition(":")
        try:
            return self._services.identity.person(person).name if kind == "person" else ""
        except NoSuchPerson:
            return ""


class _Signer:
    """Signs what was added."""

    def __init__(self, services: Services) -> None:
        self._services: Final = services
        self._forked = False

    def sign(self) -> None:
        """A checkpoint, when there is more than the last one says."""
        record = self._services.record
        newest = record.newest()
        self._forked = self._forked and record.is_forked()
        if self._forked or (newest is not None and newest.size == record.size()):
            return
        try:
            record.sign(now=self._services.clock.now())
        except RecordForked:
            # Told by the service; it stays so until the restoration is acknowledged, or another database is there.
            self._forked = True
