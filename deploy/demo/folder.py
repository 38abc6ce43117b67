"""The demo's one folder: where everything of the room lies, who holds it, and what is remembered between two runs.

Rules: everything the demo writes lies here; one demo at a time holds the folder (a lock that the system frees when its
holder dies); only a folder that the demo made itself is ever removed. Access to the folder is for its owner alone.

Usage::

    with Folder.at(Path("var/demo")).held() as folder:
        folder.path("server")
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from deploy.demo.errors import AlreadyRunning, FolderNotOurs

_MARK: Final = ".phonghop-demo"
_LOCK: Final = "lock"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the demo; make it with :meth:`at`."""

    root: Path

    @classmethod
    def at(cls, root: Path) -> Self:
        """The folder, made if it is not there; raises :class:`FolderNotOurs` when it holds something else."""
        root = root.absolute()
        if root.exists() and not (root.is_dir() and (_is_marked(root) or not any(root.iterdir()))):
            raise FolderNotOurs(root)
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        (root / _MARK).touch()
        return cls(root)

    @property
    def seed(self) -> str:
        """A random text of this room, the same at every run."""
        path = self.path("seed")
        if not path.exists():
            _write(path, secrets.token_hex(16))
        return path.read_text(encoding="ascii")

    def path(self, *names: str) -> Path:
        """A place below the folder."""
        return self.root.joinpath(*names)

    def made(self, *names: str) -> Path:
        """A folder below the folder, made if it is not there."""
        path = self.path(*names)
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        return path

    def emptied(self, *names: str) -> Path:
        """A folder below the folder, with nothing in it."""
        shutil.rmtree(self.path(*names), ignore_errors=True)
        return self.made(*names)

    def notes(self, name: str) -> dict[str, Any] | None:
        """What was noted under ``name`` in an earlier run."""
        try:
            found = json.loads(self.path(f"{name}.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def note(self, name: str, value: dict[str, Any]) -> None:
        """Note something for later runs."""
        _write(self.path(f"{name}.json"), json.dumps(value, ensure_ascii=False, indent=1))

    @contextlib.contextmanager
    def held(self) -> Iterator[Self]:
        """Hold the folder; raises :class:`AlreadyRunning` when another demo does."""
        with self.path(_LOCK).open("a+", encoding="ascii") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise AlreadyRunning(lock.read().strip()) from None
            lock.seek(0)
            lock.truncate()
            lock.write(str(os.getpid()))
            lock.flush()
            yield self

    def remove(self) -> None:
        """Remove the folder and all that is in it."""
        shutil.rmtree(self.root)


def _is_marked(root: Path) -> bool:
    return (root / _MARK).exists()


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
