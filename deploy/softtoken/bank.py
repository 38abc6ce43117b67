"""A private ``pcscd`` with virtual readers: the real service and the real driver interface, seen by nobody else.

Rules: pcscd's socket has one place that is compiled in, so a copy of the program is run in which that place is a
folder of ours, with a name of the same length: no namespace, no right beyond one's own, the same in a container.
Clients find it by ``PCSCLITE_CSOCK_NAME``. pcsc-lite's client library reads that name once a
process, so a process that speaks to a bank itself speaks to that one only: the folder stays the same over restarts.
Several entries of one driver file would show one card in all readers, hence a copy of the driver for every two readers;
ports lie below those the system gives out. vpcd listens on every address of the machine and asks nobody's name: a
development part, for a machine behind a firewall. The service ends with the thread that started it (``setpriv
--pdeathsig``), whatever ended that.

Usage::

    with ReaderBank(folder, readers=7) as bank:
        os.environ |= bank.environment
        bank.insert(0, card); bank.pull(0)
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import string
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from deploy.demo import ports
from deploy.softtoken.card import Card
from deploy.softtoken.errors import BankFailed, PartMissing
from deploy.softtoken.reader import Inserted

#: Fourteen slots: pcsc-lite has room for sixteen, and one wait takes sixteen with the one that tells of new readers.
MOST_READERS: Final = 14
_SLOTS: Final = 2
_START_S: Final = 10.0
_STOP_S: Final = 5.0
_LOOK_S: Final = 0.02
#: A socket's path has no more room (unix(7)), and pcsc-lite cuts longer ones in silence.
_LONGEST_PATH: Final = 100
_PCSCD: Final = "/usr/sbin/pcscd"
_DRIVER: Final = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
#: Where the service keeps its socket and its number; what stands there in our copy is as long.
_COMPILED_IN: Final = b"/run/pcscd"
_OURS: Final = "/tmp/p"  # noqa: S108 - a folder is made in it, for us alone
_LETTERS: Final = string.ascii_lowercase + string.digits


class ReaderBank:
    """Some readers, a card in none of them at first."""

    def __init__(self, folder: Path, *, readers: int = 2, name: str = "Phonghop") -> None:
        if not 1 <= readers <= MOST_READERS:
            raise ValueError(f"one to {MOST_READERS} readers")
        self.folder: Final = folder
        self._name: Final = name
        self._count: Final = readers
        self._process: subprocess.Popen[bytes] | None = None
        self._ports: list[int] = []
        self._inserted: dict[int, Inserted] = {}

    @property
    def environment(self) -> dict[str, str]:
        """What a client needs in its environment to find this service."""
        return {"PCSCLITE_CSOCK_NAME": str(self._socket)}

    @property
    def pid(self) -> int | None:
        """The service's number while it runs."""
        alive = self._process is not None and self._process.poll() is None
        return self._process.pid if alive and self._process is not None else None

    @property
    def readers(self) -> tuple[str, ...]:
        """The names under which clients see the readers, in order."""
        return tuple(f"{self._name} {index // _SLOTS} 00 {index % _SLOTS:02}" for index in range(self._count))

    def start(self) -> None:
        """Start the service; raises :class:`PartMissing` or :class:`BankFailed`, both say what to do."""
        _check_parts()
        if len(os.fsencode(self._socket)) > _LONGEST_PATH:
            raise BankFailed(f"a shorter folder than {self.folder} is needed: a socket's path has little room")
        self.folder.mkdir(parents=True, exist_ok=True)
        self._remove_place()
        with ports.turn():
            self._configure()
            self._launch()
            self._await_readers()

    def insert(self, index: int, card: Card, *, answer_to_reset: bytes | None = None) -> Inserted:
        """Put a card into a reader; one that is in there is pulled out first."""
        self.pull(index)
        self._inserted[index] = inserted = Inserted(card, self._ports[index], answer_to_reset=answer_to_reset)
        inserted.insert()
        return inserted

    def inserted(self, index: int) -> Inserted | None:
        """What is in a reader and still answers."""
        found = self._inserted.get(index)
        return found if found is not None and found.is_in else None

    def pull(self, index: int) -> None:
        """Pull the card out, if one is in."""
        inserted = self._inserted.pop(index, None)
        if inserted is not None:
            inserted.pull()

    def kill(self) -> None:
        """End the service as a crash does; :meth:`start` begins anew with empty readers in the same place."""
        self._end(kill=True)

    def stop(self) -> None:
        """Pull every card out and end the service."""
        self._end(kill=False)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _socket(self) -> Path:
        return self.folder / "run" / "pcscd.comm"

    @property
    def _log(self) -> Path:
        return self.folder / "pcscd.log"

    def _configure(self) -> None:
        configuration = self.folder / "readers.d"
        shutil.rmtree(configuration, ignore_errors=True)
        configuration.mkdir()
        self._ports = []
        entries = []
        for entry in range((self._count + _SLOTS - 1) // _SLOTS):
            port = _free_pair(self._ports)
            self._ports += [port, port + 1]
            driver = self.folder / f"libifdvpcd{entry}.so"
            shutil.copyfile(_DRIVER, driver)
            entries.append(
                f'FRIENDLYNAME "{self._name} {entry}"\nDEVICENAME /dev/null:{port:#06x}\n'
                f"LIBPATH {driver.absolute()}\nCHANNELID {port:#06x}\n"
            )
        (configuration / "readers").write_text("\n".join(entries), encoding="ascii")

    def _launch(self) -> None:
        # pcscd changes its folder before it reads its configuration: absolute or not at all.
        configuration = str((self.folder / "readers.d").absolute())
        command = ["setpriv", "--pdeathsig", "TERM", str(self._program()), "--foreground", "--config", configuration]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def _program(self) -> Path:
        place = _short_folder()
        (self.folder / "run").symlink_to(place)
        program = self.folder / "pcscd"
        program.write_bytes(Path(_PCSCD).read_bytes().replace(_COMPILED_IN, os.fsencode(place)))
        program.chmod(0o700)
        return program.absolute()

    def _remove_place(self) -> None:
        run = self.folder / "run"
        if run.is_symlink():
            shutil.rmtree(run.readlink(), ignore_errors=True)
            run.unlink()

    def _await_readers(self) -> None:
        deadline = time.monotonic() + _START_S
        while not (self._socket.exists() and all(not ports.is_free(port) for port in self._ports)):
            if self.pid is None or time.monotonic() > deadline:
                said = self._log.read_text(encoding="utf-8", errors="replace")[-1000:]
                self.stop()
                raise BankFailed(f"pcscd did not start its readers; it said:\n{said}")
            time.sleep(_LOOK_S)

    def _end(self, *, kill: bool) -> None:
        for index in tuple(self._inserted):
            self.pull(index)
        process, self._process = self._process, None
        if process is not None:
            process.kill() if kill else process.terminate()
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._remove_place()


def _check_parts() -> None:
    parts = {_PCSCD: "pcscd", str(_DRIVER): "vsmartcard-vpcd"}
    missing = [package for path, package in parts.items() if not Path(path).exists()]
    if missing:
        raise PartMissing(f"apt-get install --no-install-recommends {' '.join(missing)}")
    if _COMPILED_IN not in Path(_PCSCD).read_bytes():
        raise PartMissing("pcscd as Debian builds it, with its socket in /run/pcscd")


def _short_folder() -> Path:
    """A new folder for us alone, its name as long as the one that is compiled in."""
    while True:
        rest = (secrets.choice(_LETTERS) for _ in range(len(_COMPILED_IN) - len(_OURS)))
        place = Path(_OURS + "".join(rest))
        with contextlib.suppress(FileExistsError):
            place.mkdir(mode=0o700)
            return place


def _free_pair(taken: list[int]) -> int:
    while True:
        port = ports.choose({"reader": 0})["reader"] & ~1
        if port not in taken and ports.is_free(port) and ports.is_free(port + 1):
            return port
