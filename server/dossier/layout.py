"""How a dossier is laid out: names of its files, and the index that holds the hash of each.

Rules G48: the index is canonical JSON; it names every other file with its size and SHA-256, and nothing else lies
beside. A dossier that goes into signed minutes says which earlier minutes it leaves out: their files hold dossiers of
their own. Names are of a few kinds and plain, so that a dossier can be unpacked anywhere.

Usage::

    index = Index.of(meeting, title, files, made_at=now)
    Index.read(files[INDEX]).differences(files)
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from server.trust.model import Kept
from wire import canonical
from wire.errors import BadField
from wire.fields import Fields, print_instant

TYPE: Final = "phonghop.dossier"
INDEX: Final = "index.json"
#: What the record says of this dossier; it names the index, so the index cannot name it.
RECORD: Final = "record.json"
EVENTS: Final = "events.json"
README: Final = "README.txt"
#: The list of what is in it, to be read; the same and more for archives, as XML; who has opened which paper.
CONTENTS: Final = "muc-luc.pdf"
METADATA: Final = "ho-so.xml"
OPENINGS: Final = "luot-mo.json"
MAX_FILES: Final = 20_000
#: The kinds of papers that a dossier may leave out, where its index says so.
LEFT_OUT: Final = frozenset({"minutes"})
_HASH: Final = "[0-9a-f]{64}"
NAME: Final = re.compile(
    rf"events\.json|README\.txt|muc-luc\.pdf|ho-so\.xml|luot-mo\.json|statements/{_HASH}\.(?:json|p7s|evidence\.json)|material/{_HASH}\.(?:crl|ocsp)"
    rf"|authorities/(?:anchors|others)/{_HASH}\.cer|signed/k-[a-z2-7]{{16}}\.pdf",
    re.ASCII,
)


class Entry(NamedTuple):
    """A file of the index."""

    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Index:
    """What a dossier holds; ``left_out``: the rounds whose files it does not, though its log names them."""

    meeting: str
    title: str
    made_at: dt.datetime
    files: Mapping[str, Entry]
    left_out: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        meeting: str,
        title: str,
        files: Mapping[str, bytes],
        *,
        made_at: dt.datetime,
        left_out: Sequence[str] = (),
    ) -> Index:
        """Of the files as they are."""
        entries = {name: _entry(data) for name, data in files.items()}
        return cls(meeting, title, made_at, entries, tuple(left_out))

    def encode(self) -> bytes:
        """Canonical JSON."""
        entries = [
            {"path": name, "size_bytes": entry.size_bytes, "sha256": entry.sha256}
            for name, entry in sorted(self.files.items())
        ]
        return canonical.encode(
            {
                "type": TYPE,
                "v": 1,
                "meeting": {"id": self.meeting, "title": self.title},
                "made_at": print_instant(self.made_at),
                "files": entries,
                **({"left_out": list(self.left_out)} if self.left_out else {}),
            }
        )

    @classmethod
    def read(cls, data: bytes) -> Index:
        """Read and check; raises a WireError."""
        fields = Fields(canonical.decode(data), "index")
        fields.choice("type", frozenset({TYPE}))
        fields.number("v", low=1, high=1)
        meeting = fields.object("meeting")
        files: dict[str, Entry] = {}
        for entry in fields.objects("files", limit=MAX_FILES):
            name = entry.text("path", limit=200)
            if NAME.fullmatch(name) is None or name in files:
                raise BadField("index.files", "names a file twice, or one that is none of a dossier")
            files[name] = Entry(entry.number("size_bytes"), entry.hex("sha256", size=32))
            entry.end()
        left_out = tuple(fields.ids("left_out", "k", limit=MAX_FILES)) if fields.has("left_out") else ()
        title, made_at = meeting.text("title", limit=500), fields.instant("made_at")
        found = cls(meeting.id("id", "m"), title, made_at, files, left_out)
        meeting.end()
        fields.end()
        return found

    def differences(self, files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
        """``missing``, ``changed`` or ``extra``, and the name; nothing when all is as the index says."""
        for name, entry in self.files.items():
            if name not in files:
                yield "missing", name
            elif _entry(files[name]) != entry:
                yield "changed", name
        for name in files:
            if name not in {INDEX, RECORD} and name not in self.files:
                yield "extra", name


def _entry(data: bytes) -> Entry:
    return Entry(len(data), sha256_of(data))


def sha256_of(data: bytes) -> str:
    """In hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def evidence_value(kept: tuple[Kept, ...], *, seq: int, received_at: dt.datetime) -> dict[str, Any]:
    """``statements/….evidence.json``: what was known of the certificate when the statement came."""
    return {
        "seq": seq,
        "received_at": print_instant(received_at),
        "material": [
            {
                "path": material_name(one),
                "kind": one.kind,
                "about": one.about,
                "made_at": print_instant(one.made_at),
                "next_at": None if one.next_at is None else print_instant(one.next_at),
                "fetched_at": print_instant(one.fetched_at),
            }
            for one in kept
        ],
    }


def material_name(kept: Kept) -> str:
    """By its hash, so that many statements lean on one list."""
    return f"material/{hashlib.sha256(kept.der).hexdigest()}.{kept.kind}"


def read_evidence(data: bytes, files: Mapping[str, bytes]) -> tuple[tuple[Kept, ...], dt.datetime]:
    """The material, and when the statement came; raises a WireError."""
    fields = Fields(canonical.decode(data), "evidence")
    fields.number("seq", low=1)
    kept = tuple(_kept(entry, files) for entry in fields.objects("material", limit=1000))
    received_at = fields.instant("received_at")
    fields.end()
    return kept, received_at


def _kept(entry: Fields, files: Mapping[str, bytes]) -> Kept:
    path = entry.text("path", limit=200)
    if path not in files:
        raise BadField("evidence.path", "is not in the dossier")
    found = Kept(
        entry.choice("kind", frozenset({"crl", "ocsp"})),
        entry.text("about", limit=2000),
        files[path],
        entry.instant("made_at"),
        entry.instant("next_at") if entry.has("next_at") else None,
        entry.instant("fetched_at"),
    )
    entry.end()
    return found
