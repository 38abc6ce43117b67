"""Carry out what is decided of a new image: by the desk, and a message to the server.

Usage::

    for event in hands.perform(KeepUpdate(task)): ...
    for event in hands.look(): ...          # every quarter of a second
"""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Callable
from typing import Final

from edge.commands import (
    DropRelease,
    FetchRelease,
    InstallRelease,
    KeepUpdate,
    RestartForUpdate,
    SayUpdate,
    UpdateCommand,
)
from edge.events import UpdateFound, UpdateWent
from edge.ports import Ports
from edge.updates.values import Task
from wire import messages

_LOG: Final = logging.getLogger("phonghop.seat.updates")


class UpdateHands:
    """The loop's; without a desk (``ports.updates`` None) it only talks."""

    def __init__(self, ports: Ports) -> None:
        self._ports: Final = ports
        self._sha256 = ""

    def begin(self) -> UpdateFound | None:
        """What was kept; None where there is no desk."""
        desk = self._ports.updates
        if desk is None:
            return None
        task = desk.load()
        if task is not None:
            self._sha256 = task.release.sha256
            if task.state == "installing":
                desk.watch(task.update)
        return UpdateFound(task, desk.running, desk.boot)

    def perform(self, command: UpdateCommand) -> tuple[UpdateWent, ...]:
        """Do it; raises :class:`edge.errors.VaultError`."""
        desk = self._ports.updates
        if isinstance(command, SayUpdate):
            self._say(command.task)
            return ()
        if desk is None:
            return ()
        match command:
            case KeepUpdate(task):
                self._sha256 = task.release.sha256
                desk.keep(task)
            case FetchRelease(release):
                desk.fetch(release)
            case DropRelease(keep):
                desk.drop(keep=keep)
            case InstallRelease(update):
                return self._asked(lambda: desk.install(update), UpdateWent(self._sha256, "failed", 0, "install"))
            case RestartForUpdate():
                return self._asked(self._restart, UpdateWent(self._sha256, "installed", 100, "install"))
        return ()

    def look(self) -> tuple[UpdateWent, ...]:
        """What the desk has to tell."""
        desk = self._ports.updates
        return () if desk is None else desk.look(self._sha256)

    def _restart(self) -> None:
        if self._ports.restart is None:
            raise OSError("nobody here may")
        self._ports.restart()

    def _asked(self, ask: Callable[[], None], otherwise: UpdateWent) -> tuple[UpdateWent, ...]:
        try:
            ask()
        except (OSError, subprocess.SubprocessError) as exc:
            _LOG.warning("%s: %s", otherwise.state, exc)
            return (otherwise,)
        return ()

    def _say(self, task: Task) -> None:
        self._ports.say(
            lambda head: messages.Updating(head, task.update, task.release.version, task.state, task.done, task.reason)
        )
