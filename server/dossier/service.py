"""Writes a meeting's dossier: its log, the signed acts with their evidence, the signed papers, the authorities.

Rules G48: what is written is what is kept, byte for byte; nothing plain touches the disk of the server; that somebody
took a dossier stands in the administrators' log (L3), with the SHA-256 of its index: the record's signature covers it.

Usage: ``Dossiers(tools).export(meeting, by="person:u-…", now=now)``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from server.audit.model import AdminEvent
from server.audit.service import AdminLog
from server.dossier.layout import EVENTS, INDEX, README, RECORD, Index, evidence_value, material_name
from server.meetings.model import must_be_real
from server.record.errors import RecordForked
from server.record.service import RecordService
from server.statements.ports import KeptStatement
from server.trust.model import Kept
from server.trust.ports import Authority
from wire import canonical
from wire.entries import HOUSE
from wire.events import Event
from wire.ids import MeetingId
from wire.inclusions import Inclusions, Proof
from wire.state import MeetingState

EXPORTED: Final = "dossier_exported"
#: The archive's own clock; the moment stands in the index.
_DATE: Final = (1980, 1, 1, 0, 0, 0)
_README: Final = """HỒ SƠ CUỘC HỌP · DOSSIER OF A MEETING

Kiểm chứng, không cần mạng:  phonghop verify HỒ-SƠ.zip --anchors THƯ-MỤC-CHỨNG-THƯ-SỐ-GỐC --record-key TỆP-KHÓA
Verify it, without a network: phonghop verify DOSSIER.zip --anchors FOLDER-OF-TRUSTED-CERTIFICATES --record-key FILE

TỆP-KHÓA là khóa công khai của nhật ký toàn vẹn; lấy từ chính cơ quan tổ chức cuộc họp, không lấy từ hồ sơ.
FILE holds the public key of the record; take it from the house that held the meeting, not from the dossier.

Chứng thư số của cơ quan cấp có trong authorities/ chỉ để tham khảo: hãy lấy chứng thư số gốc từ chính cơ quan cấp.
The certificates in authorities/ are for reference only: take the trusted ones from the authority itself.

Một việc đã ký cũng kiểm tra được bằng công cụ khác · A signed act can be checked with other tools as well:
  openssl cms -verify -binary -inform DER -in statements/X.p7s -content statements/X.json -CAfile ROOT.pem -out X
"""


class Meetings(Protocol):
    """The meetings feature."""

    def state(self, meeting: MeetingId) -> MeetingState:
        """The folded log; raises NoSuchMeeting."""
        ...

    def events(self, meeting: MeetingId) -> list[Event]:
        """All events."""
        ...


class Statements(Protocol):
    """The signed acts."""

    def of_meeting(self, meeting: MeetingId) -> Sequence[KeptStatement]:
        """All of a meeting."""
        ...

    def one(self, meeting: MeetingId, sha256: str) -> KeptStatement:
        """With its material."""
        ...


class Rounds(Protocol):
    """Signed papers."""

    def file(self, round_id: str) -> bytes:
        """The newest revision."""
        ...


class Trust(Protocol):
    """The trust feature."""

    def known(self) -> tuple[Sequence[Authority], Sequence[Kept]]:
        """Authorities and material."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What the service works with."""

    meetings: Meetings
    statements: Statements
    rounds: Rounds
    trust: Trust
    log: AdminLog
    record: RecordService


@dataclass(frozen=True, slots=True)
class Dossiers:
    """All dossiers."""

    tools: Tools

    def export(self, meeting: MeetingId, *, by: str, now: dt.datetime, without: Collection[str] = frozenset()) -> bytes:
        """The dossier as a ZIP archive, ``without`` the papers of these kinds.

        Raises NoSuchMeeting, RehearsalUnsigned.
        """
        state = self.tools.meetings.state(meeting)
        must_be_real(state)
        files = self.files(meeting, without=without)
        events = canonical.decode(files[EVENTS])["events"]
        rounds = [each["data"]["round"] for each in events if each["kind"] == "round_opened"]
        left_out = [each for each in rounds if _path(each) not in files]
        index = Index.of(meeting, state.title, files, made_at=now, left_out=left_out).encode()
        told = {"meeting": meeting, "files": len(files), "index_sha256": hashlib.sha256(index).hexdigest()}
        with self.tools.log.unit.begin() as tx:
            export = self.tools.log.record(tx, EXPORTED, told, actor=by, now=now)
        return archive({INDEX: index, **self._recorded(meeting, len(events), export, now=now), **files})

    def _recorded(self, meeting: MeetingId, events: int, export: AdminEvent, *, now: dt.datetime) -> dict[str, bytes]:
        """What the record says of it; nothing when the record is not what it was, which the reader is told."""
        record = self.tools.record
        try:
            signed = record.sign(now=now)
        except RecordForked:
            return {}
        if signed is None:
            return {}
        proofs = [Proof(one.number, one.proof) for one in record.prove(meeting, size=signed.size)]
        number, proof = record.prove_one(HOUSE, export.number, size=signed.size)
        found = Inclusions(record.tools.key, signed.note, tuple(proofs[:events]), export.whole(), Proof(number, proof))
        return {RECORD: found.encode()}

    def files(self, meeting: MeetingId, *, without: Collection[str] = frozenset()) -> dict[str, bytes]:
        """All files but the index, by name; ``without`` the papers of these kinds."""
        tools, events = self.tools, self.tools.meetings.events(meeting)
        files = {
            README: _README.encode(),
            EVENTS: canonical.encode({"events": [event.to_value() for event in events]}),
        }
        for each in tools.statements.of_meeting(meeting):
            files |= _statement(tools.statements.one(meeting, each.sha256))
        for event in events:
            if event.kind == "round_opened" and event.data["kind"] not in without:
                files[_path(event.data["round"])] = tools.rounds.file(event.data["round"])
        authorities, kept = tools.trust.known()
        for authority in authorities:
            kind = "anchors" if authority.trusted else "others"
            files[f"authorities/{kind}/{authority.facts.fingerprint}.cer"] = authority.facts.der
        # Papers may lean on what is known of certificates today.
        return files | {material_name(one): one.der for one in kept if _has_rounds(events)}


def archive(files: Mapping[str, bytes]) -> bytes:
    """A ZIP archive, the same for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(zipfile.ZipInfo(name, _DATE), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _path(round_id: str) -> str:
    return f"signed/{round_id}.pdf"


def _statement(found: KeptStatement) -> dict[str, bytes]:
    path = f"statements/{found.sha256}"
    evidence = evidence_value(found.material, seq=found.seq, received_at=found.received_at)
    return {
        f"{path}.json": found.statement,
        f"{path}.p7s": found.cms,
        f"{path}.evidence.json": canonical.encode(evidence),
        **{material_name(one): one.der for one in found.material},
    }


def _has_rounds(events: Sequence[Event]) -> bool:
    return any(event.kind == "round_opened" for event in events)
