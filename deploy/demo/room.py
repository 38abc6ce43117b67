"""A whole room on this machine: broker, server, proxy and seats, each a process of its own.

Rules: the order is broker, server, proxy, seats, and back; a program that fails is started again; keys are made once
(`phonghop admin init`) and kept. Used by the demo and by the tests that need a real room.

Usage::

    with Room(Folder.at(path), Ports.choose(seats=3), listener=console, report=console.fault) as room:
        room.start()
        room.programs["server"].kill()
        room.programs["server"].start()
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import ssl
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from deploy.demo import guard
from deploy.demo.client import answers, what_it_says
from deploy.demo.configuration import Configuration, Ports
from deploy.demo.console import Listener
from deploy.demo.errors import CommandFailed
from deploy.demo.folder import Folder
from deploy.demo.people import Person
from deploy.demo.processes import Program, Programs, Report, is_listening, own_environment
from deploy.demo.terminals import Terminal, address_of, is_up, said
from edge.bridge.agent import ADDRESS
from wire.secret import Secret

_PHONGHOP: Final = (sys.executable, "-m", "phonghop")
_LAST_LINES: Final = 15
_PAST: Final = "past"
_START_WAIT_S: Final = 120.0


@dataclass
class Room:
    """One room; ``server`` and ``seat`` are further settings, for tests. Use it as a context manager.

    ``readers``: the reader of each terminal, found with ``reader_environment``; empty: no terminal reads tokens.
    ``bridge_reader``: that of the desk PC, whose bridge runs when there is one.
    """

    folder: Folder
    ports: Ports
    listener: Listener
    report: Report
    server: Mapping[str, str | int | bool] = field(default_factory=dict)
    seat: Mapping[str, str | int | bool] = field(default_factory=dict)
    readers: tuple[str, ...] = ()
    bridge_reader: str = ""
    reader_environment: Mapping[str, str] = field(default_factory=dict)
    programs: Programs = field(init=False)
    configuration: Configuration = field(init=False)

    def __post_init__(self) -> None:
        self.configuration = Configuration(self.folder, self.ports, server=self.server, seat=self.seat)
        self.programs = Programs(self.folder.root, listener=self.listener, report=self.report)

    def __enter__(self) -> Self:
        self.programs.__enter__()
        # As after a power cut: what a seat keeps in memory only is gone when the room was off.
        for number in range(1, len(self.ports.seats) + 1):
            self.folder.emptied("run", f"seat-{number}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.programs.__exit__(kind, error, trace)

    def prepare(self, first: Sequence[Person], password: Secret) -> None:
        """Write the configuration; make keys, certificates, the database and the first accounts where they are missing.

        Those accounts no other can make. Raises CommandFailed.
        """
        self.configuration.write_server()
        lines: list[str | Secret] = [shlex.join(("init",))]
        for person in first:
            words = [f"--{name}={value}" for name, value in (("name", person.name), ("position", person.position))]
            words += [f"--role={role}" for role in person.roles]
            lines += [shlex.join(("user", "add", person.username, *words, "--password-stdin", "--own")), password]
        try:
            self._batch(*lines)
        except CommandFailed as failed:
            if "[username-taken]" not in str(failed):
                raise

    @property
    def has_past(self) -> bool:
        """Whether there is a server's data."""
        return self.folder.path("server", "phonghop.db").exists()

    def make_past(self) -> None:
        """As :meth:`prepare`, with everybody's account and token and what happened before; raises CommandFailed.

        For a folder without a server's data, whose settings are written. A process of its own, so that Ctrl-C ends it
        at once; the folder's guard ends it with the room.
        """
        run, said = self.folder.made("run"), self.folder.path("run", "past.log")
        with (
            said.open("w+b") as log,
            subprocess.Popen(
                (sys.executable, "-m", "deploy.demo.past", str(self.folder.root)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=own_environment() | self._settings(),
                start_new_session=True,
            ) as child,
        ):
            guard.remember(run, _PAST, child.pid)
            try:
                status = child.wait()
            finally:
                child.kill()
                guard.forget(run, _PAST)
        if status:
            lines = said.read_text(encoding="utf-8", errors="replace").splitlines()
            raise CommandFailed("deploy.demo.past", status, lines[-_LAST_LINES:])

    def start(self) -> None:
        """Start everything and wait until it answers; raises NotReady."""
        conf, ports = self.configuration, self.ports
        broker = ("mosquitto", "-c", str(conf.write_broker()))
        proxy = ("nginx", "-e", "stderr", "-p", str(self.folder.path("run", "proxy")), "-c", str(conf.write_proxy()))
        # The server looks in every minute to see that the access list is in force.
        looks_in = rf"on port {ports.link}\.$|warden"
        listen = partial(_listen, ports.mqtt, ports.link)
        self.programs.add(Program("broker", _found(broker), ready=listen, unsaid=looks_in))
        self.programs.add(
            Program(
                "server",
                (*_PHONGHOP, "serve"),
                ready=partial(answers, ports.http, "/healthz"),
                describe=partial(what_it_says, ports.http, "/healthz"),
                environ=self._settings(),
            )
        )
        self.programs.add(Program("proxy", _found(proxy), ready=partial(_listen, ports.https, ports.redirect)))
        self.programs.await_ready("broker", "server", "proxy", timeout_s=_START_WAIT_S)
        self.start_bridge()
        self.start_seats()

    def start_bridge(self) -> None:
        """Start the bridge of the desk PC, if it has a reader; it is waited for with the seats."""
        if not self.bridge_reader:
            return
        environ = {**self.configuration.bridge(self.bridge_reader), **self.reader_environment}
        self.programs.add(
            Program(
                "bridge",
                (*_PHONGHOP, "token", "run"),
                ready=partial(_listen, self.ports.bridge),
                environ=environ,
            )
        )

    def bridge_address(self) -> str:
        """What the browser of the desk PC opens once; empty without a bridge. Raises ServerAway."""
        if not self.bridge_reader:
            return ""
        return said(self.folder.path("run", "bridge"), ADDRESS).decode("ascii")

    def start_seats(self) -> None:
        """Start the terminals and wait until their pages answer."""
        for number in range(1, len(self.ports.seats) + 1):
            reader = self.readers[number - 1] if self.readers else ""
            file = self.configuration.write_seat(number, ca_sha256=self.ca_sha256(), card_reader=reader)
            self.programs.add(
                Program(
                    f"seat-{number}",
                    (*_PHONGHOP, "seat", "--config", str(file)),
                    ready=partial(is_up, self.ports.seats[number - 1], self.run_folder(number)),
                    describe=partial(what_it_says, self.ports.seats[number - 1], "/healthz"),
                    environ=self.reader_environment,
                )
            )
        seats = [name for name in self.programs.names if name.startswith(("seat-", "bridge"))]
        self.programs.await_ready(*seats, timeout_s=_START_WAIT_S)

    def run_folder(self, number: int) -> Path:
        """What the agent of a terminal (counted from 1) leaves for its screen."""
        return self.folder.path("run", f"seat-{number}")

    def terminal(self, number: int) -> Terminal:
        """The page of a terminal (counted from 1), as its own browser has it."""
        return Terminal(self.ports.seats[number - 1], self.run_folder(number))

    def kiosks(self) -> tuple[str, ...]:
        """What the screens of the terminals open; raises :class:`deploy.demo.errors.ServerAway`."""
        numbers = range(1, len(self.ports.seats) + 1)
        return tuple(address_of(self.run_folder(number)).reveal().decode("ascii") for number in numbers)

    def admin_batch(self, *commands: tuple[str, ...]) -> None:
        """Run `phonghop admin …` of each in one process, for each takes seconds to load.

        Raises CommandFailed at the first that is refused.
        """
        self._batch(*(shlex.join(words) for words in commands))

    def _batch(self, *lines: str | Secret) -> None:
        """The lines; a secret stands below the one that reads it."""
        done = subprocess.run(
            (*_PHONGHOP, "admin", "batch"),
            input=b"".join((line.encode() if isinstance(line, str) else line.reveal()) + b"\n" for line in lines),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=own_environment() | self._settings(),
            check=False,
        )
        said = done.stdout.decode("utf-8", errors="replace").splitlines()
        if done.returncode:
            raise CommandFailed("phonghop admin", done.returncode, said[-_LAST_LINES:])

    def ca_sha256(self) -> str:
        """What a terminal is given of this site: SHA-256 of the site CA's certificate."""
        pem = self.folder.path("server", "pki", "ca.pem").read_text(encoding="ascii")
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()

    def _settings(self) -> dict[str, str]:
        return {"PHONGHOP_CONFIG": str(self.configuration.server_file)}


def _listen(*ports: int) -> bool:
    return all(is_listening(port) for port in ports)


def _found(argv: tuple[str, ...]) -> tuple[str, ...]:
    """``argv`` with the program's full path: Debian keeps servers where an ordinary user's PATH does not look."""
    path = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
    return (shutil.which(argv[0], path=path) or argv[0], *argv[1:])
