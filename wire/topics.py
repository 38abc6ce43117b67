"""Topics are values; nobody else formats or splits a topic string.

Rules W10–W13. Three trees: ``u/<device>/…`` from a seat up to the server, ``s/<device>/…`` from
the server to one seat, ``r/<room>/…`` from the server to every seat of a room. The broker's
access list is made from :func:`grants`, nothing else.

Usage::

    print(Topic.up(device, "have"))           # u/d-…/have
    parse("r/r-…/c/p-….1/42").chunk           # 42
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from wire import ids
from wire.errors import BadId, BadTopic
from wire.ids import DeviceId, MeetingId, PaperId, RoomId

UP_LANES: Final = frozenset(
    {
        "hello",
        "join",
        "want",
        "have",
        "knock",
        "act",
        "receipt",
        "health",
        "gone",
        "drop",
        "mixed",
        "obeyed",
        "updating",
    }
)
DOWN_LANES: Final = frozenset(
    {
        "welcome",
        "desired",
        "key",
        "challenge",
        "ack",
        "log",
        "sign_rounds",
        "sign_part",
        "sign_offer",
        "checkpoint",
        "mix",
        "order",
        "keeping",
        "update",
    }
)

MAX_VERSION: Final = 9_999
MAX_CHUNK: Final = 2**24


class PaperVersion(NamedTuple):
    """One version of one paper; prints as ``p-….3``."""

    paper: PaperId
    version: int

    def __str__(self) -> str:
        return f"{self.paper}.{self.version}"


@dataclass(frozen=True, slots=True)
class Topic:
    """One concrete topic. Build it with a class method, print it with ``str``.

    ``tree`` is ``u``, ``s`` or ``r``; ``owner`` the device or room; ``lane`` the third level;
    ``meeting``, ``paper`` and ``chunk`` are set where the lane has them.
    """

    tree: str
    owner: str
    lane: str
    meeting: MeetingId | None = None
    paper: PaperVersion | None = None
    chunk: int | None = None

    @classmethod
    def up(cls, device: DeviceId, lane: str) -> Topic:
        """What a seat says to the server; raises :class:`BadTopic`."""
        return _checked(cls("u", device, lane))

    @classmethod
    def down(cls, device: DeviceId, lane: str) -> Topic:
        """What the server says to one seat; raises :class:`BadTopic`."""
        return _checked(cls("s", device, lane))

    @classmethod
    def seat_manifest(cls, device: DeviceId, paper: PaperVersion) -> Topic:
        """A manifest for the one seat that asked for it."""
        return _checked(cls("s", device, "man", paper=paper))

    @classmethod
    def seat_chunk(cls, device: DeviceId, paper: PaperVersion, chunk: int) -> Topic:
        """A missing chunk for the one seat that lacks it (W34)."""
        return _checked(cls("s", device, "fix", paper=paper, chunk=chunk))

    @classmethod
    def events(cls, room: RoomId, meeting: MeetingId) -> Topic:
        """Events of a meeting, for every seat of the room."""
        return _checked(cls("r", room, "ev", meeting=meeting))

    @classmethod
    def pointer(cls, room: RoomId, meeting: MeetingId) -> Topic:
        """Where the presenter of a meeting points, for every seat of the room."""
        return _checked(cls("r", room, "pt", meeting=meeting))

    @classmethod
    def manifest(cls, room: RoomId, paper: PaperVersion) -> Topic:
        """A manifest for every seat of the room."""
        return _checked(cls("r", room, "man", paper=paper))

    @classmethod
    def room_chunk(cls, room: RoomId, paper: PaperVersion, chunk: int) -> Topic:
        """A chunk for every seat of the room."""
        return _checked(cls("r", room, "c", paper=paper, chunk=chunk))

    def __str__(self) -> str:
        parts = [self.tree, self.owner, self.lane]
        if self.meeting is not None:
            parts.append(self.meeting)
        if self.paper is not None:
            parts.append(str(self.paper))
        if self.chunk is not None:
            parts.append(str(self.chunk))
        return "/".join(parts)


#: (tree, lane) → which further levels the topic has
_SHAPES: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    **{("u", lane): () for lane in UP_LANES},
    **{("s", lane): () for lane in DOWN_LANES},
    ("s", "man"): ("paper",),
    ("s", "fix"): ("paper", "chunk"),
    ("r", "ev"): ("meeting",),
    ("r", "pt"): ("meeting",),
    ("r", "man"): ("paper",),
    ("r", "c"): ("paper", "chunk"),
}
_OWNER: Final = {"u": "d", "s": "d", "r": "r"}
_NUMBER: Final = re.compile(r"0|[1-9]\d{0,7}", re.ASCII)


def parse(text: str) -> Topic:
    """The topic that prints as ``text``; raises :class:`BadTopic`."""
    parts = text.split("/")
    if len(parts) < 3:
        raise BadTopic("fewer than three levels")
    tree, owner, lane, *rest = parts
    shape = _SHAPES.get((tree, lane))
    if shape is None or len(rest) != len(shape):
        raise BadTopic("no such topic")
    found: dict[str, object] = {}
    try:
        for level, value in zip(shape, rest, strict=True):
            found[level] = _LEVELS[level](value)
        topic = Topic(tree, owner, lane, **found)  # type: ignore[arg-type]
    except BadId as exc:
        raise BadTopic(str(exc)) from exc
    return _checked(topic)


def parse_paper_version(text: str) -> PaperVersion:
    """The value of ``p-….3``; raises :class:`BadTopic`."""
    paper, dot, version = text.partition(".")
    if not dot or _NUMBER.fullmatch(version) is None:
        raise BadTopic("not a paper and its version")
    number = int(version)
    if not 1 <= number <= MAX_VERSION:
        raise BadTopic("no such version")
    try:
        return PaperVersion(PaperId(ids.parse("p", paper)), number)
    except BadId as exc:
        raise BadTopic(str(exc)) from exc


def _parse_chunk(text: str) -> int:
    if _NUMBER.fullmatch(text) is None or int(text) >= MAX_CHUNK:
        raise BadTopic("no chunk number")
    return int(text)


_LEVELS: Final = {
    "meeting": lambda text: MeetingId(ids.parse("m", text)),
    "paper": parse_paper_version,
    "chunk": _parse_chunk,
}


def _checked(topic: Topic) -> Topic:
    shape = _SHAPES.get((topic.tree, topic.lane))
    if shape is None:
        raise BadTopic("no such lane")
    levels = {"meeting": topic.meeting, "paper": topic.paper, "chunk": topic.chunk}
    if {name for name, value in levels.items() if value is not None} != set(shape):
        raise BadTopic("not the levels of this lane")
    try:
        ids.parse(_OWNER[topic.tree], topic.owner)
        if topic.meeting is not None:
            ids.parse("m", topic.meeting)
        if topic.paper is not None:
            ids.parse("p", topic.paper.paper)
    except BadId as exc:
        raise BadTopic(str(exc)) from exc
    if topic.paper is not None and not 1 <= topic.paper.version <= MAX_VERSION:
        raise BadTopic("no such version")
    if topic.chunk is not None and not 0 <= topic.chunk < MAX_CHUNK:
        raise BadTopic("no chunk number")
    return topic


class Grant(NamedTuple):
    """One line of the broker's access list: ``access`` is ``read`` or ``write``."""

    access: str
    filter: str


def device_grants(device: DeviceId, room: RoomId | None) -> tuple[Grant, ...]:
    """What an enrolled device may do (W12): its own two trees, and its room's if it has one."""
    own = [Grant("write", f"u/{device}/{lane}") for lane in sorted(UP_LANES)]
    own.append(Grant("read", f"s/{device}/#"))
    if room is not None:
        own.append(Grant("read", f"r/{room}/#"))
    return tuple(own)


#: What the server itself may do (W13).
SERVER_GRANTS: Final = (
    Grant("read", "u/#"),
    Grant("write", "s/#"),
    Grant("write", "r/#"),
)


def device_filters(device: DeviceId, room: RoomId | None) -> tuple[str, ...]:
    """What a seat subscribes to."""
    own = (f"s/{device}/#",)
    return own if room is None else (*own, f"r/{room}/#")


#: What the server subscribes to: every device's own tree.
SERVER_FILTER: Final = "u/+/+"
