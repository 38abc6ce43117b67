"""What each lane carries: which messages, sealed how.

Rules W11: one table, read by both sides before they open or send anything. A message that arrives
on another lane than its own is refused, whatever its signature says.

Usage::

    lane = of(topic)
    lane.sealing is Sealing.BOX and "have" in lane.types
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from wire.errors import BadTopic
from wire.topics import Topic


class Sealing(enum.Enum):
    """How the payload on a lane is protected."""

    #: HPKE to one receiver (W22): up to the server's mailbox, down to the session's key.
    BOX = "box"
    #: AES-256-GCM under the meeting's epoch (W23).
    ROOM = "room"
    #: A transport chunk: ciphertext already, checked against the manifest (W33).
    CHUNK = "chunk"
    #: No payload at all: a last will.
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Lane:
    """``types`` are the message types that may stand in an envelope on this lane."""

    sealing: Sealing
    types: frozenset[str] = frozenset()


def _box(*types: str) -> Lane:
    return Lane(Sealing.BOX, frozenset(types))


def _room(*types: str) -> Lane:
    return Lane(Sealing.ROOM, frozenset(types))


#: (tree, lane) → what it carries
TABLE: Final[dict[tuple[str, str], Lane]] = {
    ("u", "hello"): _box("hello"),
    ("u", "join"): _box("join"),
    ("u", "want"): _box("want"),
    ("u", "have"): _box("have"),
    ("u", "knock"): _box("knock"),
    ("u", "act"): _box("act"),
    ("u", "receipt"): _box("receipt"),
    ("u", "health"): _box("health"),
    ("u", "drop"): _box("drop"),
    ("u", "mixed"): _box("mixed"),
    ("u", "obeyed"): _box("obeyed"),
    ("u", "updating"): _box("updating"),
    ("u", "gone"): Lane(Sealing.EMPTY),
    ("s", "welcome"): _box("welcome"),
    ("s", "desired"): _box("desired"),
    ("s", "key"): _box("key"),
    ("s", "challenge"): _box("challenge"),
    ("s", "ack"): _box("ack"),
    ("s", "log"): _box("log"),
    ("s", "sign_rounds"): _box("sign_rounds"),
    ("s", "sign_part"): _box("sign_part"),
    ("s", "sign_offer"): _box("sign_offer"),
    ("s", "checkpoint"): _box("checkpoint", "restored"),
    ("s", "mix"): _box("mix"),
    ("s", "order"): _box("order"),
    ("s", "keeping"): _box("keeping"),
    ("s", "update"): _box("update"),
    ("s", "man"): _room("offer"),
    ("s", "fix"): Lane(Sealing.CHUNK),
    ("r", "ev"): _room("events"),
    ("r", "pt"): _room("point", "view"),
    ("r", "man"): _room("offer"),
    ("r", "c"): Lane(Sealing.CHUNK),
}


def of(topic: Topic) -> Lane:
    """What ``topic`` carries; raises :class:`BadTopic` for a topic made by hand that is none."""
    try:
        return TABLE[topic.tree, topic.lane]
    except KeyError:
        raise BadTopic("no such lane") from None
