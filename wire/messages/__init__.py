"""What server and seat say to each other: one frozen dataclass a message.

Rules W24–W29, W32, W34, W42, W53, W59–W61, W74, W79, W130, W170, W171, W176, W177, W187–W191. Every message travels as
a DSSE envelope (``wire.envelope``) of the type in ``TYPE``, sealed in a box frame, with a :class:`Head` that says which
device, which session and which number. Room messages (:class:`Events`, :class:`PaperOffer`, :class:`Point`,
:class:`View`) carry no head: their own sequence numbers and hashes do the work.

Usage::

    message = parse("have", signed.value())
"""

from __future__ import annotations

from typing import Any, Final

from wire.errors import UnknownType
from wire.fields import Fields
from wire.messages.acts import MAX_DATA_BYTES, OUTCOMES, Ack, Act, HeldPaper, Receipt
from wire.messages.casting import Drop, Mix, Mixed
from wire.messages.head import KEY_BYTES, SESSION_BYTES, Head, Message
from wire.messages.keeping import Hours, Keeping, Maintenance
from wire.messages.keys import SEALED_BYTES, Join, Key
from wire.messages.log import Events, Log
from wire.messages.machine import Machine
from wire.messages.orders import ORDERS, Obeyed, Order
from wire.messages.papers import WANTS, WRAPPED_BYTES, Have, PaperOffer, Want
from wire.messages.pointing import Point
from wire.messages.record import Kept, RecordCheckpoint, RecordRestored
from wire.messages.session import MAX_MEETINGS, MAX_PAPERS, Desired, Health, Hello, Holding, Welcome, Wish
from wire.messages.sign_in import Challenge, Knock
from wire.messages.signing import RoundMark, RoundNumber, RoundSigner, SigningRound, SignOffer, SignPart, SignRounds
from wire.messages.updates import (
    RELEASE_PATH,
    UPDATE_KINDS,
    UPDATE_REASONS,
    UPDATE_STATES,
    Release,
    Update,
    Updating,
)
from wire.messages.viewing import View

#: Every message by its type.
TYPES: Final[dict[str, type[Any]]] = {
    kind.TYPE: kind
    for kind in (
        Hello,
        Welcome,
        Desired,
        Join,
        Key,
        Want,
        Have,
        Knock,
        Challenge,
        SignRounds,
        SignPart,
        SignOffer,
        RecordCheckpoint,
        RecordRestored,
        Drop,
        Mix,
        Mixed,
        Act,
        Ack,
        Receipt,
        Health,
        Log,
        Events,
        PaperOffer,
        Point,
        View,
        Order,
        Obeyed,
        Keeping,
        Update,
        Updating,
    )
}


def parse(message_type: str, value: Any) -> Any:
    """The message of this type; raises :class:`UnknownType` or another :class:`WireError`."""
    kind = TYPES.get(message_type)
    if kind is None:
        raise UnknownType(f"message type {message_type[:40]!r}")
    fields = Fields(value, message_type)
    message = kind.read(fields)
    fields.end()
    return message


__all__ = [
    "KEY_BYTES",
    "MAX_DATA_BYTES",
    "MAX_MEETINGS",
    "MAX_PAPERS",
    "ORDERS",
    "OUTCOMES",
    "RELEASE_PATH",
    "SEALED_BYTES",
    "SESSION_BYTES",
    "TYPES",
    "UPDATE_KINDS",
    "UPDATE_REASONS",
    "UPDATE_STATES",
    "WANTS",
    "WRAPPED_BYTES",
    "Ack",
    "Act",
    "Challenge",
    "Desired",
    "Drop",
    "Events",
    "Have",
    "Head",
    "Health",
    "HeldPaper",
    "Hello",
    "Holding",
    "Hours",
    "Join",
    "Keeping",
    "Kept",
    "Key",
    "Knock",
    "Log",
    "Machine",
    "Maintenance",
    "Message",
    "Mix",
    "Mixed",
    "Obeyed",
    "Order",
    "PaperOffer",
    "Point",
    "Receipt",
    "RecordCheckpoint",
    "RecordRestored",
    "Release",
    "RoundMark",
    "RoundNumber",
    "RoundSigner",
    "SignOffer",
    "SignPart",
    "SignRounds",
    "SigningRound",
    "Update",
    "Updating",
    "View",
    "Want",
    "Welcome",
    "Wish",
    "parse",
]
