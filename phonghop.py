"""The one program of the room: `phonghop serve | seat | token | admin | verify | recount`.

Rules: this file knows which sub-command lives where and nothing else; a sub-command is imported only when it is asked
for, because a seat has no database library and a server has no kiosk. Before anything secret is read, the system is
told to write no core of this process. Each is a function `(argv) -> exit status`.

Usage: `phonghop serve --help`, or `python -m phonghop serve --help` from a checkout.
"""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass

from sealing.undumped import forbid_dumps

_USAGE_ERROR = 2
_NOT_INSTALLED = 3
_OURS = frozenset({"server", "edge", "pages", "sealing", "wire", "web"})


@dataclass(frozen=True, slots=True)
class Command:
    """A sub-command: where its function is, which extra brings its libraries, and what it does in two languages."""

    module: str
    function: str
    extra: str
    vi: str
    en: str


COMMANDS: dict[str, Command] = {
    "serve": Command("server.cli_serve", "serve", "server", "chạy máy chủ phòng họp", "run the room's server"),
    "seat": Command("edge.cli", "seat", "edge", "chạy thiết bị tại chỗ ngồi", "run the agent of one seat"),
    "token": Command("edge.bridge.cli", "token", "card", "cầu nối USB token trên máy tính", "USB tokens for a PC"),
    "admin": Command("server.cli", "admin", "server", "quản trị: tài khoản, dữ liệu", "accounts, data, migrations"),
    "verify": Command("server.cli_verify", "verify", "server", "kiểm chứng hồ sơ", "check dossiers, signatures"),
    "recount": Command("server.cli_recount", "main", "server", "kiểm đếm lại biểu quyết", "count a vote anew"),
}


def usage() -> str:
    """The list of sub-commands, one a line, Vietnamese before English."""
    lines = ["Cách dùng / usage: phonghop LỆNH [--help]", ""]
    lines += [f"  {name:<8}{command.vi}  ·  {command.en}" for name, command in COMMANDS.items()]
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    """Run one sub-command and return its exit status: 2 for a wrong word, 3 when its extra is not installed."""
    words = sys.argv[1:] if argv is None else argv
    if not words or words[0] in {"-h", "--help", "help"}:
        print(usage(), file=sys.stdout if words else sys.stderr)
        return 0 if words else _USAGE_ERROR
    command = COMMANDS.get(words[0])
    if command is None:
        print(f"Không có lệnh / no such command: {words[0]}\n\n{usage()}", file=sys.stderr)
        return _USAGE_ERROR
    forbid_dumps()
    try:
        module = importlib.import_module(command.module)
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] in _OURS:
            raise  # a fault of this program, which no installation repairs
        print(_not_installed(words[0], command, missing), file=sys.stderr)
        return _NOT_INSTALLED
    status: int = getattr(module, command.function)(words[1:])
    return status


def _not_installed(word: str, command: Command, missing: ModuleNotFoundError) -> str:
    return (
        f"Máy này chưa cài phần '{command.extra}' (thiếu {missing.name}). "
        f"Cài: pip install 'phonghop[{command.extra}]'\n"
        f"This machine lacks the '{command.extra}' part that 'phonghop {word}' needs ({missing.name} is missing). "
        f"Install: pip install 'phonghop[{command.extra}]'"
    )


if __name__ == "__main__":
    sys.exit(main())
