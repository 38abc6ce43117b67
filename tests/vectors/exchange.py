"""One whole exchange between a seat and the server, with real keys and real bytes, for wire/README.md.

Rules: `exchange.json` holds the keys (of nobody) and the frames as they travel; what stands in the README is printed
from it, and tests open every frame again. Signatures and boxes are random, so making it anew changes it: do so only
when the contract changes.

Usage: `python -m tests.vectors.exchange` writes both.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import json
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sealing.boxes import BoxKey, new_key, open_box, seal_box
from sealing.epochs import EpochKey, open_epoch, seal_epoch
from sealing.papers import encrypt_paper, new_paper_key
from sealing.signatures import DeviceSigner, ServerSigner, device_verifier, server_verifier
from tests.support.meeting_log import MEETING, described, named
from wire import envelope, ids, lanes, messages, topics
from wire.bitmap import Bitmap
from wire.errors import BadFrame
from wire.events import Event
from wire.ids import DeviceId, PaperId, RoomId
from wire.lanes import Sealing
from wire.manifest import Manifest
from wire.messages import Head, HeldPaper, Holding, Wish
from wire.records import Layout
from wire.secret import Secret
from wire.topics import PaperVersion, Topic

HERE = Path(__file__).resolve().parent
README = HERE.parents[1] / "wire" / "README.md"
BEGIN, END = "<!-- exchange: begin -->", "<!-- exchange: end -->"

_ROOM = RoomId(named("r", "room"))
_PAPER = PaperVersion(PaperId(named("p", "report")), 1)
_PLAIN = "Trích yếu: giao ban tuần 47.".encode()
_AT = dt.datetime(2026, 11, 21, 1, 15, 0, tzinfo=dt.UTC)
_ACT, _RECEIPT = ids.new("a", b"present..."), ids.new("a", b"receipt...")


@dataclass
class _Sides:
    """The keys of both sides."""

    server: ServerSigner
    mailbox: BoxKey
    device: DeviceSigner
    session: BoxKey
    meeting: BoxKey
    epoch: EpochKey
    paper: Secret

    @property
    def name(self) -> DeviceId:
        return self.device.key_id


class _Writer:
    """Seals each message for its topic and keeps it as a step."""

    def __init__(self, sides: _Sides) -> None:
        self.sides = sides
        self.steps: list[dict[str, str]] = []
        self._numbers = {"u": 0, "s": 0}

    def head(self, tree: str) -> Head:
        self._numbers[tree] += 1
        at = _AT + dt.timedelta(milliseconds=20 * len(self.steps))
        return Head(self.sides.name, hashlib.sha256(b"session").digest()[:16], self._numbers[tree], at)

    def up(self, message: Any) -> None:
        signer, topic = self.sides.device, Topic.up(self.sides.name, message.TYPE)
        data = envelope.seal(message.TYPE, message.to_value(), key_id=signer.key_id, sign=signer.sign)
        self._step(topic, seal_box(data, to=self.sides.mailbox.public, topic=topic))

    def down(self, message: Any) -> None:
        topic = Topic.down(self.sides.name, message.TYPE)
        self._step(
            topic, seal_box(self.signed(message.TYPE, message.to_value()), to=self.sides.session.public, topic=topic)
        )

    def room(self, topic: Topic, message: Any) -> None:
        data = self.signed(message.TYPE, message.to_value())
        self._step(topic, self.sides.epoch.seal_room(data, topic=topic))

    def chunk(self, topic: Topic, data: bytes) -> None:
        self._step(topic, data)

    def signed(self, kind: str, value: Any) -> bytes:
        signer = self.sides.server
        return envelope.seal(kind, value, key_id=signer.key_id, sign=signer.sign)

    def _step(self, topic: Topic, payload: bytes) -> None:
        self.steps.append({"topic": str(topic), "payload": b64(payload)})


def new_exchange() -> dict[str, Any]:
    """A fresh exchange; different on every call."""
    sides = _Sides(
        ServerSigner.generate(), new_key(), DeviceSigner.generate(), new_key(), new_key(), EpochKey.generate(1),
        new_paper_key(),
    )  # fmt: skip
    writer = _Writer(sides)
    _arrive(writer)
    _receive(writer)
    _act_and_leave(writer)
    return {
        "about": "The exchange of wire/README.md. All keys are of nobody and made for it.",
        "keys": {
            "server": _text(sides.server.to_pem()),
            "device": _text(sides.device.to_pem()),
            "mailbox": _b64(sides.mailbox.to_secret()),
            "session": _b64(sides.session.to_secret()),
            "meeting": _b64(sides.meeting.to_secret()),
        },
        "epoch": 1,
        "meeting": MEETING,
        "steps": writer.steps,
    }


def _arrive(writer: _Writer) -> None:
    sides = writer.sides
    writer.up(messages.Hello(writer.head("u"), sides.session.public, "8c1f2f6a-boot", "phonghop 0.1.0", open=False))
    hold = (Holding(MEETING, 1, 7, (_PAPER,)),)
    wish = Wish(4, named("s", "A3"), "A3", _ROOM, "Phòng họp 1", hold)
    writer.down(messages.Welcome(writer.head("s"), wish, hashlib.sha256(b"store").digest()))
    writer.up(messages.Join(writer.head("u"), MEETING, sides.meeting.public))
    sealed = seal_epoch(sides.epoch, to=sides.meeting.public, meeting=MEETING, device=sides.name)
    writer.down(messages.Key(writer.head("s"), MEETING, 1, sealed))


def _receive(writer: _Writer) -> None:
    sides, target = writer.sides, io.BytesIO()
    created = Event.after(
        None,
        meeting=MEETING,
        at=_AT,
        actor=f"person:{named('u', 'secretary')}",
        kind="meeting_created",
        data=described(),
    )
    writer.room(Topic.events(_ROOM, MEETING), messages.Events(MEETING, (created,)))
    made = encrypt_paper(io.BytesIO(_PLAIN), target, key=sides.paper, paper=_PAPER)
    manifest = Manifest(MEETING, *_PAPER, made.plain_bytes, 1, made.plain_sha256, made.hashes)
    signed = writer.signed("manifest", manifest.to_value())
    offer = messages.PaperOffer(MEETING, 1, signed, sides.epoch.wrap(sides.paper))
    writer.room(Topic.manifest(_ROOM, _PAPER), offer)
    writer.chunk(Topic.room_chunk(_ROOM, _PAPER, 0), target.getvalue())
    have = Bitmap(manifest.layout.chunks)
    have.add(0)
    writer.up(messages.Have(writer.head("u"), _PAPER, have.size, have.to_bytes()))


def _act_and_leave(writer: _Writer) -> None:
    data = {"paper": _PAPER.paper, "version": 1, "page": 1}
    writer.up(messages.Act(writer.head("u"), _ACT, MEETING, "present", named("u", "chair"), _AT, data))
    writer.down(messages.Ack(writer.head("s"), _ACT, "done"))
    held = HeldPaper(_PAPER, 1, Layout(len(_PLAIN)).cipher_bytes)
    writer.up(messages.Receipt(writer.head("u"), _RECEIPT, MEETING, _AT + dt.timedelta(hours=1), (held,)))


def _text(secret: Secret) -> str:
    return secret.reveal().decode("ascii")


def _b64(secret: Secret) -> str:
    return b64(secret.reveal())


def b64(data: bytes) -> str:
    """Bytes as they stand in the file."""
    return base64.b64encode(data).decode("ascii")


def inner_manifest(offer: messages.PaperOffer) -> envelope.Signed:
    """The manifest in an offer of the kept exchange, checked."""
    server = ServerSigner.from_pem(Secret(read()["keys"]["server"].encode()))
    return envelope.open_envelope(offer.manifest, verify=server_verifier(server.public))


@dataclass(frozen=True)
class Opened:
    """A step after opening: its topic, what travelled, and the message with who signed it (None for a chunk)."""

    topic: Topic
    payload: bytes
    signed: envelope.Signed | None

    def message(self) -> Any:
        """The message, read and checked."""
        assert self.signed is not None
        return messages.parse(self.signed.type, self.signed.value())


def opened(exchange: dict[str, Any]) -> list[Opened]:
    """Every step, opened with the keys of the side it is for; raises what the receiver would raise."""
    keys = exchange["keys"]
    device = DeviceSigner.from_pem(Secret(keys["device"].encode()))
    server = ServerSigner.from_pem(Secret(keys["server"].encode()))
    boxes = {name: BoxKey.from_secret(Secret(base64.b64decode(keys[name]))) for name in ("mailbox", "session")}
    verify = {"u": device_verifier({str(device.key_id): device.spki}.get), "s": server_verifier(server.public)}
    epoch: EpochKey | None = None
    found = []
    for step in exchange["steps"]:
        topic, payload = topics.parse(step["topic"]), base64.b64decode(step["payload"])
        lane = lanes.of(topic)
        if lane.sealing is Sealing.CHUNK:
            found.append(Opened(topic, payload, None))
            continue
        if lane.sealing is Sealing.ROOM:
            if epoch is None:
                raise BadFrame("no key for this room yet")
            data = epoch.open_room(payload, topic=topic)
        else:
            data = open_box(payload, key=boxes["mailbox" if topic.tree == "u" else "session"], topic=topic)
        found.append(
            Opened(topic, payload, envelope.open_envelope(data, verify=verify["u" if topic.tree == "u" else "s"]))
        )
        message = found[-1].message()
        if isinstance(message, messages.Key):
            epoch = _epoch(message, exchange)
    return found


def _epoch(message: messages.Key, exchange: dict[str, Any]) -> EpochKey:
    key = BoxKey.from_secret(Secret(base64.b64decode(exchange["keys"]["meeting"])))
    return open_epoch(message.sealed, key=key, meeting=message.meeting, epoch=message.epoch, device=message.head.device)


_REMARKS = {
    "hello": """**1. The seat starts.** It makes an X25519 key (`box`) for the answers of this session and says who it
        is. Its store is still closed.""",
    "welcome": """**2. The server answers.** The same `session` shows that this is no old answer. `store_key` opens the
        seat's store, `wish` says what to hold: one meeting, one paper.""",
    "join": "**3. The seat asks for the meeting's key** with an X25519 key that it made for this meeting alone.",
    "key": """**4. The server gives the key of epoch 1**: 32 bytes of HPKE's encapsulated key, 32 of sealed epoch key,
        16 of tag.""",
    "events": """**5. The room hears an event.** Second byte 02: a room frame, then the epoch's number (4 bytes), the
        nonce (12), the ciphertext.""",
    "offer": "**6. The room is offered a paper**: its signed manifest, and the paper's key wrapped under the epoch.",
    None: """**7. The paper comes**, here in a single chunk: salt (24 bytes), key commitment (32), one record with its
        tag. It is ciphertext already, so no frame is around it.""",
    "have": "**8. The seat reports what it keeps**: one chunk of one, bit `80`.",
    "act": """**9. Somebody presents page 1** at the seat. The act stays in the seat's outbox until it is
        acknowledged.""",
    "ack": "**10. The server has committed it.**",
    "receipt": "**11. The meeting is over**: the keys are destroyed, and the seat signs what it held.",
}


def readme_section(exchange: dict[str, Any]) -> str:
    """The part of wire/README.md between the markers."""
    parts = [BEGIN, ""]
    for step in opened(exchange):
        kind = None if step.signed is None else step.signed.type
        parts += [
            "\n".join(textwrap.wrap(" ".join(_REMARKS[kind].split()), 118)),
            "",
            "```",
            f"{step.topic}   {len(step.payload)} bytes",
        ]
        parts += [_hex(step.payload, 4 if kind is None else 1), "```", ""]
        if step.signed is not None:
            pretty = json.dumps(_shortened(step.signed.value()), ensure_ascii=False, indent=1)
            parts += ["```json", pretty, "```", ""]
    return "\n".join([*parts, END])


def _hex(data: bytes, lines: int) -> str:
    shown = [data[at : at + 32].hex(" ") for at in range(0, len(data), 32)]
    return "\n".join(shown[:lines]) + (" …" if len(shown) > lines else "")


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shortened(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shortened(inner) for inner in value]
    return f"{value[:60]}…" if isinstance(value, str) and len(value) > 90 else value


def read() -> dict[str, Any]:
    """The exchange as it is kept."""
    found: dict[str, Any] = json.loads((HERE / "exchange.json").read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    fresh = new_exchange()
    (HERE / "exchange.json").write_text(json.dumps(fresh, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    README.write_text(before + readme_section(fresh) + rest.partition(END)[2], encoding="utf-8")
