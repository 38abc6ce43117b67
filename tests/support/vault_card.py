"""Root's program of the vault, as it is in the image, over a played card: false programs in a folder of their own.

Rules: nothing of the program is replaced but where it looks (the device, the folder of the programs, whose user the
agent is) and how long it waits. ``cryptsetup`` and ``systemctl`` are a few lines of shell that work on files: the head
is bytes of ``device`` as LUKS2 lays them, the key 32 bytes behind it; ``mkfs.ext4``, ``e2fsck`` and ``debugfs`` are the
real ones. :meth:`Card.breaks` makes one of them return a code and say something instead, :meth:`Card.cuts` ends the
power in the middle of it. A key among the words of a program ends it with 99.

Usage::

    with vault_program(card) as module:
        Partition(store, RealDisk(card.folder), card.socket, is_mounted=card.shows).open(key)
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.unit.firmware import programs

MAGIC, SECOND_MAGIC, SECOND_AT, KEY_AT = b"LUKS\xba\xbe", b"SKUL\xba\xbe", 0x4000, 0x8000
#: A group of ext4 and a half: there is one copy of the superblock.
SIZE: Final = 192 << 20
_BEGIN = """#!/bin/sh
here=${0%/*}/..
name=${0##*/}
for word in "$@"; do
  case $word in
    [0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]*) exit 99 ;;
    -n | -p | -y | isLuks | luksDump | luksFormat | luksErase | open | close | start | stop | is-active) verb=$word ;;
  esac
done
case " $* " in *" --test-passphrase "*) verb=test ;; esac
echo "$name${verb:+ $verb}" >>"$here/called"
broken="$here/broken.$name${verb:+.$verb}"
if [ -e "$broken" ]; then
  cat "$broken.said" >&2
  read -r code <"$broken"
  [ "$code" -ge 0 ] || kill "$code" $$
  [ "$code" = 0 ] || exit "$code"
fi
cut="$here/cut.$name${verb:+.$verb}"
"""
_CRYPTSETUP = r"""
device=$here/device
bytes() { dd if="$device" bs=1 skip="$1" count="$2" status=none | od -v -An -tx1 | tr -d ' \n'; }
put() { printf "$2" | dd of="$device" bs=1 seek="$1" conv=notrunc status=none; }
head=no
[ "$(bytes 0 6)" = 4c554b53babe ] && head=yes
[ "$(bytes 16384 6)" = 534b554cbabe ] && head=yes
[ -e "$here/torn" ] && head=no
kept=$(bytes 32768 32)
none=0000000000000000000000000000000000000000000000000000000000000000
case $verb in
  isLuks) [ $head = yes ] ;;
  luksDump)
    [ $head = yes ] || exit 1
    [ "$kept" = $none ] && echo '{"keyslots": {}}' || echo '{"keyslots": {"0": {}}}' ;;
  open | test)
    [ $head = yes ] || exit 1
    [ "$kept" = $none ] && exit 1
    if [ "$(od -v -An -tx1 | tr -d ' \n')" != "$kept" ]; then
      echo 'No key available with this passphrase.' >&2
      exit 2
    fi
    [ $verb = test ] || ln -s contents "$here/plain" ;;
  luksFormat)
    rm -f "$here/torn"
    put 0 'LUKS\272\276'
    put 16384 'SKUL\272\276'
    dd of="$device" bs=1 seek=32768 count=32 conv=notrunc iflag=fullblock status=none
    rm "$here/contents"
    truncate -s 201326592 "$here/contents"
    [ ! -e "$cut" ] || { touch "$here/torn"; exit 1; } ;;
  luksErase) dd if=/dev/zero of="$device" bs=1 seek=32768 count=32 conv=notrunc status=none ;;
  close) rm "$here/plain" ;;
esac
"""
_SYSTEMCTL = """
case $verb in
  start) [ -e "$here/plain" ] && : >"$here/mounted" ;;
  stop) rm -f "$here/mounted" ;;
  is-active) [ -e "$here/mounted" ] || exit 3 ;;
esac
"""
_MKFS = """
rm -rf "$here/files"
mkdir "$here/files"
[ -e "$cut" ] || exec /usr/sbin/mkfs.ext4 "$@"
# As a cut leaves it: the superblock's copy is written, and the first is not, or is noise.
/usr/sbin/mkfs.ext4 "$@" || exit
plain=$here/contents
dd if="$plain" of="$here/copy" bs=4096 skip=32768 count=1 status=none
rm "$plain"
truncate -s 201326592 "$plain"
dd if="$here/copy" of="$plain" bs=4096 seek=32768 conv=notrunc status=none
dd if="$(cat "$cut")" of="$plain" bs=4096 count=1 conv=notrunc status=none
exit 1
"""
_E2FSCK = """
exec /usr/sbin/e2fsck "$@"
"""
_DEBUGFS = """
tee "$here/told" | /usr/sbin/debugfs "$@"
"""
_PROGRAMS = {
    "cryptsetup": _CRYPTSETUP,
    "debugfs": _DEBUGFS,
    "e2fsck": _E2FSCK,
    "mkfs.ext4": _MKFS,
    "systemctl": _SYSTEMCTL,
}


@dataclass(frozen=True)
class Card:
    """The partition and what is in it, as files below ``root``."""

    root: Path

    def make(self) -> None:
        """As it is before the first start."""
        for name in ("device", "contents"):
            with (self.root / name).open("wb") as file:
                file.truncate(SIZE)
        (self.root / "bin").mkdir()
        for name, does in _PROGRAMS.items():
            program = self.root / "bin" / name
            program.write_text(_BEGIN + does, encoding="utf-8")
            program.chmod(0o755)

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.root / "files"

    @property
    def socket(self) -> Path:
        """Where the program listens."""
        return self.root / "asked"

    def shows(self, _folder: Path) -> bool:
        """Whether it is mounted, as the agent sees it."""
        return (self.root / "mounted").exists()

    @property
    def is_open(self) -> bool:
        """Whether its key is in the kernel."""
        return (self.root / "plain").is_symlink()

    def restart(self) -> None:
        """The power went: nothing is open."""
        for name in ("mounted", "plain"):
            (self.root / name).unlink(missing_ok=True)

    def breaks(self, program: str, code: int, said: str = "") -> None:
        """``cryptsetup open`` and its like return a code (below nought: by a signal) and say something."""
        name = "broken." + program.replace(" ", ".")
        (self.root / name).write_text(f"{code}\n", encoding="utf-8")
        (self.root / f"{name}.said").write_text(said, encoding="utf-8")

    def cuts(self, program: str, *, rest: str = "/dev/zero") -> None:
        """The power goes in the middle of ``cryptsetup luksFormat`` or ``mkfs.ext4``, with what is on the card by then.

        ``rest``: what the first superblock is.
        """
        (self.root / ("cut." + program.replace(" ", "."))).write_text(f"{rest}\n", encoding="utf-8")

    def mend(self) -> None:
        """Everything works again."""
        for pattern in ("broken.*", "cut.*"):
            for file in self.root.glob(pattern):
                file.unlink()

    @property
    def called(self) -> list[str]:
        """The programs, with what they were asked for."""
        file = self.root / "called"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    def forget_calls(self) -> None:
        """None was called."""
        (self.root / "called").unlink(missing_ok=True)

    def lay(self, at: int, data: bytes, *, name: str = "device") -> None:
        """Bytes of the device, or of what is in it (``contents``)."""
        with (self.root / name).open("r+b") as file:
            file.seek(at)
            file.write(data)

    def has(self, at: int, length: int, *, name: str = "device") -> bytes:
        """What lies there."""
        with (self.root / name).open("rb") as file:
            file.seek(at)
            return file.read(length)

    @property
    def key(self) -> bytes:
        """What opens it; zeros when nothing does."""
        return self.has(KEY_AT, 32)

    @property
    def files(self) -> bytes:
        """Which file system it is: another one after each ``mkfs.ext4``."""
        return self.has(1024 + 0x68, 16, name="contents")

    def tear_files(self) -> None:
        """The root folder is none any more: e2fsck does not mend that unless it is told to."""
        self.tells("set_inode_field <2> mode 0", "set_super_value state 2")

    def mend_files(self) -> None:
        """As e2fsck does that is told to: nothing is to be seen of it afterwards."""
        subprocess.run(["/usr/sbin/e2fsck", "-f", "-y", str(self.root / "contents")], capture_output=True, check=False)

    def tear_superblock(self, rest: bytes = bytes(4096)) -> None:
        """The first one is noise or zeros, as a write leaves it that was cut; its copies are whole."""
        self.lay(0, rest, name="contents")

    def asks(self, question: str) -> str:
        """What debugfs says of the file system."""
        words = ["/usr/sbin/debugfs", "-R", question, str(self.root / "contents")]
        return subprocess.run(words, capture_output=True, check=True).stdout.decode()

    def tells(self, *lines: str) -> None:
        """Debugfs changes the file system, or its journal alone."""
        words = ["/usr/sbin/debugfs", "-w", "-f", "-", str(self.root / "contents")]
        subprocess.run(words, input="\n".join(lines).encode(), capture_output=True, check=True)

    def lose_files(self) -> None:
        """No superblock is left, nor a copy of one."""
        for at in (0, 128 << 20):
            self.lay(at, bytes(1 << 16), name="contents")


@contextmanager
def vault_program(card: Card, *, grace_s: float = 60) -> Iterator[Any]:
    """The program listens; gone at the end. ``grace_s``: how long it works before it says that it does."""
    module: Any = programs.load("vault")
    module.DEVICE, module.PLAIN = str(card.root / "device"), str(card.root / "plain")
    module.PATH = f"{card.root / 'bin'}:{os.defpath}"
    module.AGENT = pwd.getpwuid(os.getuid()).pw_name
    module.GRACE_S = grace_s
    module.asked = asked = module.Asked()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(card.socket))
        listening.listen()

        def serve() -> None:
            while True:
                heard, _ = listening.accept()
                with heard:
                    if heard.recv(1, socket.MSG_PEEK) == b"\0":
                        return
                    module.serve(asked, heard)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield module
        finally:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as last:
                last.settimeout(10)
                last.connect(str(card.socket))
                last.sendall(b"\0")
            thread.join(10)
            asked.finish()
            shutil.rmtree(card.folder, ignore_errors=True)
