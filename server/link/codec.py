"""Messages ⇄ what travels: DSSE envelope, then box or room frame (W20–W24).

Rules: what comes is opened with the server's mailbox key, must be signed by the device whose tree it came in, be of
the type its lane is for, and name that device in its head. Whether it is stale is decided by who knows the session.

Usage::

    message, envelope = codec.open_up(topic, payload)
    link.publish(topic, codec.seal_down(topic, welcome, to=box))
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sealing.boxes import BoxKey, open_box, seal_box
from sealing.epochs import EpochKey
from sealing.signatures import ServerSigner
from wire import messages
from wire.envelope import Verify, open_envelope, seal, seal_written
from wire.errors import BadField, BadTopic
from wire.messages import Message
from wire.topics import Topic

#: Lanes that carry no message: the broker itself says that a seat is gone.
SILENT: Final = frozenset({"gone"})


class Opened(NamedTuple):
    """A message that was checked, and the signed envelope it came in."""

    message: Any
    envelope: bytes


class Codec:
    """Opens what seats send, seals what the server sends."""

    def __init__(self, *, signer: ServerSigner, mailbox: BoxKey, verify: Verify) -> None:
        self._signer: Final = signer
        self._mailbox: Final = mailbox
        self._verify: Final = verify

    def open_up(self, topic: Topic, payload: bytes) -> Opened:
        """The message on ``u/<device>/<lane>``; raises a :class:`wire.errors.WireError`."""
        if topic.tree != "u" or topic.lane in SILENT:
            raise BadTopic("no message travels here")
        envelope = open_box(payload, key=self._mailbox, topic=topic)
        signed = open_envelope(envelope, verify=self._verify)
        if signed.type != topic.lane:
            raise BadField("envelope.payloadType", "is not the one of this topic")
        message = messages.parse(signed.type, signed.value())
        if signed.key_id != topic.owner or message.head.device != topic.owner:
            raise BadField("head.device", "is not the device of this topic")
        return Opened(message, envelope)

    def seal_down(self, topic: Topic, message: Message, *, to: bytes) -> bytes:
        """A box frame for the seat whose session key is ``to``; raises :class:`sealing.errors.BadKey`."""
        return seal_box(self._signed(message), to=to, topic=topic)

    def seal_room(self, topic: Topic, message: Message, *, epoch: EpochKey) -> bytes:
        """A room frame for all seats that hold the epoch's key."""
        return epoch.seal_room(self._signed(message), topic=topic)

    def _signed(self, message: Message) -> bytes:
        key_id, sign = self._signer.key_id, self._signer.sign
        if isinstance(message, messages.Log):
            return seal_written(message.TYPE, message.written(), key_id=key_id, sign=sign)
        return seal(message.TYPE, message.to_value(), key_id=key_id, sign=sign)
