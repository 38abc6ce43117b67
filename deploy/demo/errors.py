"""What can go wrong with the demonstration room; the messages are for the person at the terminal.

::

    DemoError
    ├── NotReady          demo-not-ready        a program did not come up
    ├── CommandFailed     demo-command-failed   a preparing command ended with a fault
    ├── NoFreePort        demo-no-free-port
    ├── AlreadyRunning    demo-already-running
    ├── FolderNotOurs     demo-folder-not-ours
    ├── TokensMissing     demo-tokens-missing   no virtual readers: the room runs with passwords
    ├── SeedingStuck      demo-seeding-stuck    the room does not get to where the demo data needs it
    ├── ServerAway        demo-server-away      the server did not answer a request of the demo
    └── Refused           (the server's code)   the server refused a request of the demo
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class DemoError(Exception):
    """The room cannot be brought up; the message says why in both languages."""

    code = "demo-error"


class NotReady(DemoError):
    """A program did not come up; ``lines`` are the last it said."""

    code = "demo-not-ready"

    def __init__(self, name: str, lines: Sequence[str]) -> None:
        super().__init__(_with_lines(f"{name} không khởi động được · did not come up", lines))
        self.name = name
        #: Somebody else took a port between its choice and the program's start.
        self.port_taken = any("already in use" in line or "in use:" in line for line in lines)


class CommandFailed(DemoError):
    """A preparing command ended with a fault."""

    code = "demo-command-failed"

    def __init__(self, command: str, status: int, lines: Sequence[str]) -> None:
        super().__init__(_with_lines(f"{command} kết thúc với mã {status} · ended with status {status}", lines))


class TokensMissing(DemoError):
    """No virtual readers can be made on this machine; the message says what is missing."""

    code = "demo-tokens-missing"


class NoFreePort(DemoError):
    """Nothing is free from the wished port on."""

    code = "demo-no-free-port"

    def __init__(self, first: int) -> None:
        super().__init__(f"Không còn cổng trống từ {first} · no free port from {first} on")


class AlreadyRunning(DemoError):
    """Another demo holds the folder."""

    code = "demo-already-running"

    def __init__(self, pid: str) -> None:
        super().__init__(f"Phòng họp mẫu đang chạy (tiến trình {pid}) · the demo room is running (process {pid})")


class FolderNotOurs(DemoError):
    """The folder holds something that the demo did not put there."""

    code = "demo-folder-not-ours"

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} không phải thư mục của phòng họp mẫu · is not a folder of the demo room")


class SeedingStuck(DemoError):
    """The room does not get to where the demo data needs it."""

    code = "demo-seeding-stuck"


class ServerAway(DemoError):
    """The server did not answer a request of the demo."""

    code = "demo-server-away"

    def __init__(self, what: str, cause: Exception) -> None:
        super().__init__(f"{what}: máy chủ không trả lời · the server did not answer ({cause})")


class Refused(DemoError):
    """The server refused a request of the demo, with its own code."""

    def __init__(self, what: str, status: int, code: str, text: str) -> None:
        super().__init__(f"{what}: {status} {code} {text}".rstrip())
        self.status = status
        self.code = code


def _with_lines(title: str, lines: Sequence[str]) -> str:
    return "\n".join([title, *(f"  │ {line}" for line in lines)])
