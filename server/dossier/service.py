"""Writes a meeting's dossier: its log, the signed acts with their evidence, the signed papers, the authorities.

Rules G48: what is written is what is kept, byte for byte; nothing plain touches the disk of the server; that somebody
took a dossier stands in the administrators' log (L3).

Usage: ``Dossiers(tools).export(meeting, by="person:u-…", now=now)``.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from server.audit.service import AdminLog
from server.dossier.layout import EVENTS, INDEX, README, Index, evidence_value, material_name
from server.statements.ports import KeptStatement
from server.trust.model import Kept
from server.trust.ports import Authority
from wire import canonical
from wire.events import Event
from wire.ids import MeetingId
from wire.state import MeetingState

EXPORTED: Final = "dossier_exported"
#: The archive's own clock; the moment stands in the index.
_DATE: Final = (1980, 1, 1, 0, 0, 0)
_README: Final = """HỒ SƠ CUỘC HỌP · DOSSIER OF A MEETING

Kiểm chứng, không cần mạng:  phonghop verify HỒ-SƠ.zip --anchors THƯ-MỤC-CHỨNG-THƯ-SỐ-GỐC
Verify it, without a network: phonghop verify DOSSIER.zip --anchors FOLDER-OF-TRUSTED-CERTIFICATES

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


@dataclass(frozen=True, slots=True)
class Dossiers:
    """All dossiers."""

    tools: Tools

    def export(self, meeting: MeetingId, *, by: str, now: dt.datetime) -> bytes:
        """The dossier as a ZIP archive; raises NoSuchMeeting."""
        files = self.files(meeting)
        index = Index.of(meeting, self.tools.meetings.state(meeting).title, files, made_at=now)
        with self.tools.log.unit.begin() as tx:
            self.tools.log.record(tx, EXPORTED, {"meeting": meeting, "files": len(files)}, actor=by, now=now)
        return archive({INDEX: index.encode(), **files})

    def files(self, meeting: MeetingId) -> dict[str, bytes]:
        """All files but the index, by name."""
        tools, events = self.tools, self.tools.meetings.events(meeting)
        files = {
            README: _README.encode(),
            EVENTS: canonical.encode({"events": [event.to_value() for event in events]}),
        }
        for each in tools.statements.of_meeting(meeting):
            files |= _statement(tools.statements.one(meeting, each.sha256))
        for event in events:
            if event.kind == "round_opened":
                round_id = event.data["round"]
                files[f"signed/{round_id}.pdf"] = tools.rounds.file(round_id)
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
