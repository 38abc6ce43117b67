"""A published paper once more, under another id and key, for a rehearsal (M5).

Rules: decrypted and encrypted in memory, piece by piece: nothing plain touches the disk. The copy shares no key with
the paper, so destroying one touches the other in no way.

Usage::

    copied = copier.copy(PaperVersion("p-…", 3), meeting=rehearsal, now=now)
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple, cast

from sealing.papers import PaperReader, new_paper_key
from server.papers.errors import PaperUnknown
from server.papers.ports import StoredVersion
from server.papers.submission import Tools
from wire import ids
from wire.ids import MeetingId, PaperId
from wire.topics import PaperVersion


class Copied(NamedTuple):
    """What is to be kept in the database, and the SHA-256 (hexadecimal) of the plain paper."""

    stored: StoredVersion
    plain_sha256: str


@dataclass(frozen=True, slots=True)
class PaperCopier:
    """Copies papers of one meeting for another."""

    tools: Tools

    def copy(self, source: PaperVersion, *, meeting: MeetingId, now: dt.datetime) -> Copied:
        """A copy as version 1 of a new paper, its file on the disk; raises PaperUnknown, DiskFull."""
        tools = self.tools
        with tools.unit.read() as tx:
            known = tools.store.find(tx, source)
        if known is None:
            raise PaperUnknown(paper=source.paper)
        version = PaperVersion(PaperId(ids.new("p", tools.random(ids.RANDOM_BYTES))), 1)
        key = new_paper_key()
        with tools.files.path(source).open("rb") as file:
            plain = PaperReader(file, layout=known.layout, key=tools.master.unwrap(known.wrapped_key), paper=source)
            made = tools.files.encrypt(cast("BinaryIO", plain), version, key=key)
        sealed = tools.sealer.seal(meeting, version, made=made, pages=known.pages)
        stored = StoredVersion(
            version=version,
            meeting=meeting,
            plain_bytes=sealed.manifest.plain_bytes,
            pages=sealed.manifest.pages,
            manifest=sealed.envelope,
            manifest_sha256=sealed.sha256,
            wrapped_key=tools.master.wrap(key),
            created_at=now,
        )
        return Copied(stored, made.plain_sha256)
