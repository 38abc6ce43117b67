"""Writes a meeting's dossier: its log, the signed acts with their evidence, papers and signed papers, the authorities.

Rules G48, D8: what is written is what is kept, byte for byte; nothing plain touches the disk of the server, and papers
are read while they are written to whoever takes them. That somebody took a dossier stands in the administrators' log
(L3), with the SHA-256 of its index: the record's signature covers it.

Usage: ``Dossiers(tools).take(meeting, actor, now=now).pieces``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol

from server.audit.model import AdminEvent
from server.audit.service import AdminLog
from server.dossier.handing import Shelf, left_out
from server.dossier.layout import EVENTS, INDEX, README, RECORD, Index, evidence_value, material_name
from server.dossier.packing import Streamed, archive, packed
from server.dossier.papers import Published, published
from server.identity.model import Actor
from server.meetings.model import must_be_real
from server.record.errors import RecordForked
from server.record.service import RecordService
from server.statements.ports import KeptStatement
from server.trust.model import Kept
from server.trust.ports import Authority
from wire import canonical
from wire.entries import HOUSE
from wire.events import Event
from wire.fold import fold
from wire.ids import MeetingId
from wire.inclusions import Inclusions, Proof
from wire.state import MeetingState

EXPORTED: Final = "dossier_exported"
_README: Final = """HỒ SƠ CUỘC HỌP · DOSSIER OF A MEETING

Kiểm chứng, không cần mạng:  phonghop verify HỒ-SƠ.zip --anchors THƯ-MỤC-CHỨNG-THƯ-SỐ-GỐC --record-key TỆP-KHÓA
Verify it, without a network: phonghop verify DOSSIER.zip --anchors FOLDER-OF-TRUSTED-CERTIFICATES --record-key FILE

Trong hồ sơ có · What is in it
  muc-luc.pdf      mục lục văn bản, để đọc và in · the list of documents, to be read and printed
  ho-so.xml        thông tin mô tả hồ sơ, để nộp lưu trữ (NĐ 30/2020, Phụ lục VI) · metadata for archives
  signed/          văn bản đã ký số: giấy mời, biên bản, thông báo, nghị quyết · signed documents
  papers/          tài liệu họp, mọi bản đã phát hành; tệp nào không kèm thì mục lục ghi lý do
                   · the meeting's papers, every version given out; what is not there is listed with the reason
  events.json      nhật ký cuộc họp, mỗi dòng giữ mã kiểm tra của dòng trước · the log, a chain of hashes
  statements/      các việc đã ký số (có mặt, biểu quyết, bế mạc) và chữ ký · signed acts and their signatures
  luot-mo.json     tài liệu nào đã được mở, ai chưa mở · who has not opened which paper
  record.json      bằng chứng của nhật ký toàn vẹn · the proofs of the record
  index.json       bản kê mọi tệp với mã SHA-256 · every file with its SHA-256
Các bước kiểm chứng:
  1. Giữ nguyên tệp .zip, không mở ra rồi nén lại.
  2. Xin tệp khóa của cơ quan tổ chức cuộc họp, và chứng thư số gốc của cơ quan cấp.
  3. Chạy lệnh ở trên; máy không cần nối mạng.
  4. Đọc kết luận ở cuối: ĐẠT; KHÔNG ĐẠT, kèm điều sai đầu tiên; hoặc CHƯA XÁC NHẬN ĐƯỢC HẾT, kèm điều còn thiếu.

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
class Taking:
    """A dossier that is being made: of what, for whom. ``reason``: why an auditor reads who opened what, or empty."""

    state: MeetingState
    events: Sequence[Event]
    actor: Actor | None
    reason: str
    now: dt.datetime
    #: The papers that are not in it, by path, and why.
    without: Mapping[str, str] = field(default_factory=dict)

    @property
    def meeting(self) -> MeetingId:
        """Whose dossier it is."""
        return MeetingId(self.events[0].meeting)

    @property
    def by(self) -> str:
        """As the administrators' log has it."""
        return "system" if self.actor is None else self.actor.label


@dataclass(frozen=True, slots=True)
class Put:
    """Files that are put into a dossier, and those that could not be made: by path, why."""

    files: Mapping[str, bytes]
    without: Mapping[str, str] = field(default_factory=dict)


class Extra(Protocol):
    """What another feature puts into a dossier."""

    def files(self, taking: Taking, files: Mapping[str, bytes]) -> Put:
        """More files; ``files``: those that are there already, but for the meeting's papers."""
        ...


@dataclass(frozen=True, slots=True)
class Taken:
    """A dossier on its way: an archive in pieces, to be gone through once. ``without``: by path, what it lacks, why."""

    pieces: Iterator[bytes]
    without: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tools:
    """What the service works with. ``extras``: in this order, each sees the files of the one before."""

    meetings: Meetings
    statements: Statements
    rounds: Rounds
    trust: Trust
    shelf: Shelf
    log: AdminLog
    record: RecordService
    extras: list[Extra] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Dossiers:
    """All dossiers."""

    tools: Tools

    def take(
        self, meeting: MeetingId, actor: Actor | None, *, now: dt.datetime, reason: str = "", papers: bool = True
    ) -> Taken:
        """The whole dossier for ``actor``; None: for who runs the server. It is written down before the first piece.

        With a ``reason`` an auditor's has who opened which page; ``papers`` False: without the files of the meeting's
        papers. Raises NoSuchMeeting, RehearsalUnsigned.
        """
        must_be_real(self.tools.meetings.state(meeting))
        files = self.files(meeting)
        # Of the log that goes into it, whatever has come meanwhile.
        events = [Event.from_value(each) for each in canonical.decode(files[EVENTS])["events"]]
        state, given_out = fold(events), published(events)
        without = left_out(given_out, state, actor, self.tools.shelf, wanted=papers)
        taking = Taking(state, events, actor, reason, now, dict(without))
        for extra in self.tools.extras:
            put = extra.files(taking, files)
            files |= put.files
            without |= put.without
        inside = [each for each in given_out if each.path not in without]
        head = self._headed(taking, files, inside, without)
        return Taken(packed(head, [self._streamed(each) for each in inside]), without)

    def export(self, meeting: MeetingId, *, by: str, now: dt.datetime, without: Collection[str] = frozenset()) -> bytes:
        """The evidence alone, without papers and what archives want beside it, ``without`` the rounds of these kinds.

        Raises NoSuchMeeting, RehearsalUnsigned.
        """
        state = self.tools.meetings.state(meeting)
        must_be_real(state)
        files = self.files(meeting, without=without)
        events = canonical.decode(files[EVENTS])["events"]
        rounds = [each["data"]["round"] for each in events if each["kind"] == "round_opened"]
        missing = [each for each in rounds if _path(each) not in files]
        index = Index.of(meeting, state.title, files, made_at=now, left_out=missing)
        return archive(self._signed(meeting, len(events), index, files, by=by, now=now))

    def _headed(
        self, taking: Taking, files: Mapping[str, bytes], inside: Sequence[Published], without: Mapping[str, str]
    ) -> dict[str, bytes]:
        entries = {each.path: each.entry for each in inside}
        index = Index.of(taking.meeting, taking.state.title, files, made_at=taking.now, papers=entries, without=without)
        return self._signed(taking.meeting, len(taking.events), index, files, by=taking.by, now=taking.now)

    def _signed(
        self, meeting: MeetingId, events: int, index: Index, files: Mapping[str, bytes], *, by: str, now: dt.datetime
    ) -> dict[str, bytes]:
        """The files with their index and what the record says of it, which is written down now."""
        encoded = index.encode()
        told = {"meeting": meeting, "files": len(index.files), "index_sha256": hashlib.sha256(encoded).hexdigest()}
        with self.tools.log.unit.begin() as tx:
            export = self.tools.log.record(tx, EXPORTED, told, actor=by, now=now)
        return {INDEX: encoded, **self._recorded(meeting, events, export, now=now), **files}

    def _streamed(self, paper: Published) -> Streamed:
        return Streamed(paper.path, paper.entry.size_bytes, partial(self.tools.shelf.pieces, paper.version))

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
