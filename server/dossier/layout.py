"""How a dossier is laid out: names of its files, and the index that holds the hash of each.

Rules G48: the index is canonical JSON; it names every other file with its size and SHA-256, and nothing else lies
beside. A dossier that goes into signed minutes says which earlier minutes it leaves out: their files hold dossiers of
their own. One that somebody takes says which papers are not in it, and why (D8). Names are of a few kinds and plain,
so that a dossier can be unpacked anywhere.

Usage::

    index = Index.of(meeting, title, files, made_at=now)
    Index.read(files[INDEX]).differences(files)
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
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
#: The folder of the meeting's papers: ``papers/p-….2.pdf`` is the second version of a paper.
PAPERS: Final = "papers/"
MAX_FILES: Final = 20_000
#: Why a file is not there: whoever took the dossier wanted none, may not read it, the server could not read it, or
#: the printer did not make it.
ASKED, READER, UNREADABLE, PRINTER = "asked", "reader", "unreadable", "printer"
WHYS: Final = frozenset({ASKED, READER, UNREADABLE, PRINTER})
#: The kinds of papers that a dossier may leave out, where its index says so.
LEFT_OUT: Final = frozenset({"minutes"})
_HASH: Final = "[0-9a-f]{64}"
NAME: Final = re.compile(
    rf"events\.json|README\.txt|muc-luc\.pdf|ho-so\.xml|luot-mo\.json|statements/{_HASH}\.(?:json|p7s|evidence\.json)|material/{_HASH}\.(?:crl|ocsp)"
    rf"|authorities/(?:anchors|others)/{_HASH}\.cer|signed/k-[a-z2-7]{{16}}\.pdf"
    r"|papers/p-[a-z2-7]{16}\.[1-9][0-9]{0,4}\.pdf",
    re.ASCII,
)


class Entry(NamedTuple):
    """A file of the index."""

    size_bytes: int
    sha256: str


class Files(Mapping[str, bytes]):
    """The files of a dossier that was opened, by name; ``measured`` are read again whenever they are asked for."""

    def __init__(self, kept: Mapping[str, bytes], measured: Mapping[str, tuple[Entry, Callable[[], bytes]]]) -> None:
        self._kept: Final = kept
        self._measured: Final = measured

    def __getitem__(self, name: str) -> bytes:
        return self._kept[name] if name in self._kept else self._measured[name][1]()

    def __iter__(self) -> Iterator[str]:
        yield from self._kept
        yield from self._measured

    def __len__(self) -> int:
        return len(self._kept) + len(self._measured)

    def entry(self, name: str) -> Entry:
        """Size and hash; of what was measured without reading it."""
        return self._measured[name][0] if name in self._measured else _entry(self._kept[name])


def entry_of(files: Mapping[str, bytes], name: str) -> Entry:
    """Size and hash of one of the files; raises KeyError."""
    return files.entry(name) if isinstance(files, Files) else _entry(files[name])


@dataclass(frozen=True, slots=True)
class Index:
    """What a dossier holds; ``left_out``: the rounds whose files it does not, though its log names them.

    ``without``: the other files that are not there, and why; None where papers were never to be in it.
    """

    meeting: str
    title: str
    made_at: dt.datetime
    files: Mapping[str, Entry]
    left_out: tuple[str, ...] = ()
    without: Mapping[str, str] | None = None

    @classmethod
    def of(
        cls,
        meeting: str,
        title: str,
        files: Mapping[str, bytes],
        *,
        made_at: dt.datetime,
        left_out: Sequence[str] = (),
        papers: Mapping[str, Entry] | None = None,
        without: Mapping[str, str] | None = None,
    ) -> Index:
        """Of the files as they are, and of ``papers`` as they are known to be."""
        entries = {name: entry_of(files, name) for name in files} | dict(papers or {})
        return cls(meeting, title, made_at, entries, tuple(left_out), without)

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
                **({} if self.without is None else {"without": _without_value(self.without)}),
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
        without = _without(fields, files) if fields.has("without") else None
        title, made_at = meeting.text("title", limit=500), fields.instant("made_at")
        found = cls(meeting.id("id", "m"), title, made_at, files, left_out, without)
        meeting.end()
        fields.end()
        return found

    def differences(self, files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
        """``missing``, ``changed`` or ``extra``, and the name; nothing when all is as the index says."""
        for name, entry in self.files.items():
            if name not in files:
                yield "missing", name
            elif entry_of(files, name) != entry:
                yield "changed", name
        for name in files:
            if name not in {INDEX, RECORD} and name not in self.files:
                yield "extra", name


def _without_value(without: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"path": path, "why": why} for path, why in sorted(without.items())]


def _without(fields: Fields, files: Mapping[str, Entry]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for entry in fields.objects("without", limit=MAX_FILES):
        path, why = entry.text("path", limit=200), entry.choice("why", WHYS)
        if NAME.fullmatch(path) is None or path in files or path in found:
            raise BadField("index.without", "names a file twice, one that is there, or one that is none of a dossier")
        found[path] = why
        entry.end()
    return found


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
