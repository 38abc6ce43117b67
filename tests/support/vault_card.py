"""Root's program of the vault, as it is in the image, over a played card: cryptsetup and its like are not asked.

Rules: the program's own decisions, its socket and its answers are real. What it calls answers as those programs do; a
key among their words ends the test. ``folder`` is what is mounted.

Usage::

    with vault_program(card, where) as module:
        Partition(store, card.folder, where, is_mounted=card.shows).open(key)
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.unit.firmware import programs

#: What e2fsck returns of files that are whole, torn, or none; with ``-y`` it mends what is torn.
_CHECKED = {"whole": (0, 0), "torn": (4, 1), "none": (8, 8)}


@dataclass
class Card:
    """The partition: its header's keys (None: nothing was ever written; none: erased), and the state of its files."""

    folder: Path
    header: list[bytes] | None = None
    damaged: bool = False
    files: str = "none"
    mapped: bool = False
    mounted: bool = False
    #: what does not work, and what it returns
    broken: dict[str, int] = field(default_factory=dict)
    called: list[str] = field(default_factory=list)

    def shows(self, _folder: Path) -> bool:
        """Whether it is mounted, as the agent sees it."""
        return self.mounted

    def restart(self) -> None:
        """The power went: nothing is open."""
        self.mapped = self.mounted = False

    def head(self) -> bytes:
        """Its first bytes."""
        return bytes(8) if self.header is None else b"LUKS\xba\xbe\0\2"

    def run(self, *words: str, given: bytes | None = None) -> tuple[int, bytes]:
        """What a program returns and says."""
        assert not any(len(word) >= 32 and "=" not in word and "/" not in word and "\\" not in word for word in words)
        assert given is None or len(given) == 32
        name = words[1] if words[0] in {"cryptsetup", "systemctl"} else words[0]
        self.called.append(name)
        if name in self.broken:
            return self.broken[name], b""
        found = getattr(self, "_" + name.replace("-", "_").replace(".", "_"))(words, given)
        return found if isinstance(found, tuple) else (found, b"")

    def _isLuks(self, _words: Any, _given: Any) -> int:
        return int(self.header is None or self.damaged)

    def _luksDump(self, _words: Any, _given: Any) -> tuple[int, bytes]:
        if self.header is None or self.damaged:
            return 1, b""
        return 0, json.dumps({"keyslots": {str(number): {} for number, _ in enumerate(self.header or ())}}).encode()

    def _open(self, words: tuple[str, ...], given: bytes | None) -> int:
        if self.header is None or given not in self.header:
            return 2
        self.mapped = self.mapped or "--test-passphrase" not in words
        return 0

    def _luksFormat(self, _words: Any, given: bytes | None) -> int:
        assert given is not None
        assert not self.mapped, "what is open cannot be made anew"
        self.header, self.damaged, self.files = [given], False, "none"
        return 0

    def _luksErase(self, _words: Any, _given: Any) -> int:
        self.header = []
        return 0

    def _close(self, _words: Any, _given: Any) -> int:
        assert not self.mounted, "it is in use"
        self.mapped = False
        return 0

    def _e2fsck(self, words: tuple[str, ...], _given: Any) -> int:
        code = _CHECKED[self.files]["-y" in words]
        self.files = "whole" if self.files == "torn" and "-y" in words else self.files
        return code

    def _mkfs_ext4(self, _words: Any, _given: Any) -> int:
        assert self.mapped
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self.files = "whole"
        return 0

    def _is_active(self, _words: Any, _given: Any) -> int:
        return 0 if self.mounted else 3

    def _start(self, _words: Any, _given: Any) -> int:
        assert self.mapped
        assert self.files == "whole"
        self.mounted = True
        return 0

    def _stop(self, _words: Any, _given: Any) -> int:
        self.mounted = False
        return 0


@contextmanager
def vault_program(card: Card, where: Path) -> Iterator[Any]:
    """The program listens at ``where``; gone at the end."""
    module = programs.load("vault")
    module.run, module.head, module.is_open = card.run, card.head, lambda: card.mapped
    module.agent = lambda: (os.getuid(), os.getgid())
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(where))
        listening.listen()

        def serve() -> None:
            while True:
                heard, _ = listening.accept()
                with heard:
                    if heard.recv(1, socket.MSG_PEEK) == b"\0":
                        return
                    module.serve(heard)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield module
        finally:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as last:
                last.connect(str(where))
                last.sendall(b"\0")
                thread.join(10)
