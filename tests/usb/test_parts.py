"""The parts of the virtual machine that need none: messages of a card, and the archive a kernel unpacks."""

from __future__ import annotations

import io
import socket
import tarfile
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_scripts import cpio
from tests.support.poll import until
from tests.support.softtoken import Card, contents
from tests.usb.vscard import ATR, Kind, Message, Stream, UsbCard, VscardError, frame, hello

NUMBERS = st.integers(0, 0xFFFF_FFFF)
MESSAGES = st.builds(Message, NUMBERS, NUMBERS, st.binary(max_size=300))
SELECT = bytes.fromhex("00a4040009a00000030800001000")


def test_the_first_message_is_as_qemu_wants_it() -> None:
    assert frame(hello()).hex() == "00000001ffffffff0000000c" + b"VSCD".hex() + "0000000200000000"


@given(st.lists(MESSAGES, max_size=5), st.integers(1, 50))
def test_messages_survive_any_cutting(messages: list[Message], size: int) -> None:
    data, stream = b"".join(map(frame, messages)), Stream()
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    assert [found for piece in pieces for found in stream.feed(piece)] == messages


def test_a_message_without_end_is_refused() -> None:
    with pytest.raises(VscardError):
        Stream().feed(frame(Message(7, 0, b""))[:8] + b"\xff\xff\xff\xff")


class _Qemu:
    """The other side, as far as a card sees it."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._line: socket.socket | None = None
        threading.Thread(target=self._serve, daemon=True).start()

    def say(self, kind: int, body: bytes, reader: int = 0) -> None:
        assert self._line is not None
        self._line.sendall(frame(Message(kind, reader, body)))

    def waits_for(self, kind: Kind, count: int = 1) -> Message:
        found = until(lambda: [each for each in self.heard if each.kind == kind][count - 1 :], what=kind.name)
        return found[0]

    def close(self) -> None:
        self._listener.close()
        if self._line is not None:
            self._line.close()

    def _serve(self) -> None:
        self._line, _ = self._listener.accept()
        stream = Stream()
        while data := self._line.recv(4096):
            self.heard += stream.feed(data)


def test_a_card_says_hello_once_is_put_in_once_answers_and_is_swapped() -> None:
    qemu = _Qemu()
    card = UsbCard(Card(contents()), qemu.port)
    card.insert()
    qemu.waits_for(Kind.INIT)
    qemu.say(Kind.INIT, frame(hello())[12:])
    qemu.waits_for(Kind.READER_ADD)
    qemu.say(Kind.ERROR, bytes(4))
    assert qemu.waits_for(Kind.ATR).body == ATR
    qemu.say(Kind.ERROR, bytes(4))  # QEMU says "no error" to that, too
    qemu.say(Kind.APDU, SELECT)
    assert qemu.waits_for(Kind.APDU).body[-2:] == b"\x90\x00"
    card.answer = lambda _: b""
    qemu.say(Kind.APDU, SELECT)
    until(lambda: card.commands == 2)
    card.swap(Card(contents(number=1)))
    qemu.waits_for(Kind.ATR, 2)
    kinds = [message.kind for message in qemu.heard]
    assert kinds == [Kind.INIT, Kind.READER_ADD, Kind.ATR, Kind.APDU, Kind.CARD_REMOVE, Kind.ATR]
    card.pull()
    qemu.close()


def _tar(path: Path) -> Path:
    with tarfile.open(path, "w") as archive:
        top = tarfile.TarInfo("./etc/")
        top.type, top.mode = tarfile.DIRTYPE, 0o755
        archive.addfile(top)
        whole = tarfile.TarInfo("./etc/one")
        whole.size, whole.mode = 5, 0o640
        archive.addfile(whole, io.BytesIO(b"first"))
        hard = tarfile.TarInfo("./etc/two")
        hard.type, hard.linkname = tarfile.LNKTYPE, "./etc/one"
        archive.addfile(hard)
        soft = tarfile.TarInfo("./etc/three")
        soft.type, soft.linkname = tarfile.SYMTYPE, "one"
        archive.addfile(soft)
        unwanted = tarfile.TarInfo("./etc/four")
        archive.addfile(unwanted)
    return path


def _read(data: bytes) -> dict[str, tuple[int, bytes]]:
    """Mode and content by name, read by the fields' places in the kernel's description."""
    found: dict[str, tuple[int, bytes]] = {}
    at = 0
    while True:
        mode, size, length = (int(data[at + place : at + place + 8], 16) for place in (14, 54, 94))
        name = data[at + 110 : at + 110 + length - 1].decode()
        at += 110 + length + -(110 + length) % 4
        if name == "TRAILER!!!":
            return found
        found[name] = (mode, data[at : at + size])
        at += size + -size % 4


def test_a_tar_becomes_what_a_kernel_unpacks(tmp_path: Path) -> None:
    out = io.BytesIO()
    cpio.from_tar(_tar(tmp_path / "root.tar"), out, wanted=lambda name: name != "etc/four")
    assert _read(out.getvalue()) == {
        "etc": (0o040755, b""),
        "etc/one": (0o100640, b"first"),
        "etc/two": (0o100644, b"first"),
        "etc/three": (0o120644, b"one"),
    }


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40), st.binary(max_size=99))
def test_every_entry_ends_on_four_bytes(name: str, data: bytes) -> None:
    made = cpio.entry(name, data)
    assert len(made) % 4 == 0
    assert made.startswith(b"070701")
    assert int(made[54:62], 16) == len(data)
