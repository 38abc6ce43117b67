"""The server's command ``phonghop admin`` (each of the others has a module of its own).

Rules: a password is read from standard input or made here and shown once, never taken from the command line, where
every process of the machine could read it. Exit status: 0 done, 1 refused or not verified, 2 wrong words or settings.

Usage::

    phonghop admin init
    phonghop admin user add thuky --name "Trần Thị B" --role secretary
"""

from __future__ import annotations

import argparse
import base64
import errno
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

import web
from server import cli_batch, cli_certificates, logs
from server.assembly import core, fleet, units
from server.cli_settings import REFUSED, WRONG, no_folder, parser_of, settings_of
from server.clock import SystemClock
from server.db import migrate
from server.db.engine import Database
from server.errors import ServerError
from server.fleet.store import SqlDeviceStore
from server.identity.model import Role
from server.identity.service import IdentityService, NewAccount
from server.keys.site import SiteKeys
from server.services import Services
from server.settings import Settings
from server.units.service import By
from wire import ids
from wire.ids import MeetingId
from wire.secret import Secret

_PASSWORD_BYTES: Final = 10


def admin(argv: list[str]) -> int:
    """Prepare the data directory, migrate, look after accounts."""
    words = _admin_parser().parse_args(argv)
    settings = settings_of(words)
    if settings is None:
        return WRONG
    logs.configure("WARNING")
    return _run(words, settings)


def _run(words: argparse.Namespace, settings: Settings) -> int:
    try:
        status: int = words.run(settings, words)
    except ServerError as refusal:
        text = web.error_text(refusal.code, refusal.data)
        print(f"{text.vi}\n{text.en}  [{refusal.code}]", file=sys.stderr)
        return REFUSED
    except OSError as fault:
        return no_folder(fault)
    return status


def _admin_parser() -> argparse.ArgumentParser:
    parser = parser_of("admin", "Quản trị máy chủ · look after the server")
    parts = parser.add_subparsers(required=True, metavar="init | migrate | user | anchor | certificate | batch")

    def command(
        parent: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str, run: _Run
    ) -> argparse.ArgumentParser:
        found = parent.add_parser(name, help=text, description=text)
        found.set_defaults(run=run)
        return found

    command(parts, "init", "tạo dữ liệu, khóa, chứng thư · make data directory, keys and certificates", _init)
    command(parts, "migrate", "nâng cấp cơ sở dữ liệu · bring the database up to date", _migrate)
    users = parts.add_parser("user", help="tài khoản · accounts").add_subparsers(
        required=True, metavar="add | list | password | second-factor-reset | disable | enable"
    )
    add = command(users, "add", "thêm tài khoản · add an account", _add_user)
    add.add_argument("username")
    add.add_argument("--name", required=True, help="họ và tên · full name")
    add.add_argument("--position", default="", help="chức vụ · position")
    add.add_argument("--unit", default="", help="đơn vị · unit")
    add.add_argument("--role", action="append", default=[], choices=sorted(Role), help="vai trò · role")
    add.add_argument(
        "--own", action="store_true", help="mật khẩu của chính người gõ, không phải đổi · one's own password, it lasts"
    )
    command(users, "list", "liệt kê tài khoản · list accounts", _list_users)
    password = command(users, "password", "đặt lại mật khẩu · reset a password", _reset_password)
    password.add_argument("username")
    forget = command(users, "second-factor-reset", "bỏ mã xác thực đã mất · forget a lost second factor", _reset_factor)
    forget.add_argument("username")
    for name, what in (("disable", "khóa tài khoản · disable"), ("enable", "mở tài khoản · enable")):
        switch = command(users, name, what, _set_disabled)
        switch.set_defaults(disabled=name == "disable")
        switch.add_argument("username")
    for each in (add, password):
        each.add_argument("--password-stdin", action="store_true", help="đọc mật khẩu từ đầu vào · read it from stdin")
    cli_certificates.add_commands(parts, prepare)
    dossier = command(parts, "dossier", "xuất hồ sơ một cuộc họp · export a meeting's dossier", _dossier)
    dossier.add_argument("meeting", help="m-…")
    dossier.add_argument("file", type=Path, help="tệp .zip sẽ ghi · the archive to write")
    command(parts, "batch", "nhiều lệnh, mỗi dòng một lệnh từ đầu vào · many commands, one a line of stdin", _batch)
    return parser


_Run = Callable[[Settings, argparse.Namespace], int]


def _init(settings: Settings, words: argparse.Namespace) -> int:
    services = prepare(settings)
    services.site = site = fleet.build_site(services)
    keys = SiteKeys.load_or_create(settings.data_dir / "keys")
    site.signing_certificate(keys.signer.public, now=services.clock.now())
    # The broker reads them when it starts, which may be before the server does.
    fleet.build_warden(services, SqlDeviceStore()).publish()
    services.database.close()
    print(f"{settings.data_dir}: sẵn sàng · ready\n  CA sha256 {site.ca_sha256()}")
    return 0


def _migrate(settings: Settings, words: argparse.Namespace) -> int:
    services = prepare(settings)
    services.database.close()
    print("Cơ sở dữ liệu đã ở phiên bản mới nhất · the database is up to date")
    return 0


def _add_user(settings: Settings, words: argparse.Namespace) -> int:
    secret, shown = _password(words)
    roles = frozenset(Role(r) for r in words.role)
    # Whoever stands at the server has seen one that was made here, and knows one that was given.
    one_time = bool(shown) or not words.own
    new = NewAccount(words.username, words.name, words.position, words.unit, roles, one_time=one_time)
    services = prepare(settings)
    identity, now = core.build_identity(services), services.clock.now()
    if words.unit.strip():
        # Nobody else could have made it: who keeps the units may be the first to be added.
        by = By("system", _act(), now)
        unit = units.build_units(services).named_or_made(words.unit, by=by)
        new = replace(new, unit=unit.name, unit_id=unit.id)
    person = identity.create_account(new, secret, actor="system", act=_act(), now=now)
    print(f"{words.username}  {person}{shown}")
    return 0


def _act() -> str:
    return ids.new("a", os.urandom(ids.RANDOM_BYTES))


def _list_users(settings: Settings, words: argparse.Namespace) -> int:
    identity, now = _identity(settings), SystemClock().now()
    for account in identity.people():
        off = "khóa · disabled" if account.is_disabled(now, identity.policy.unused) else ""
        print(f"{account.username:<20} {account.name:<30} {', '.join(sorted(account.roles)):<24} {off}".rstrip())
    return 0


def _reset_password(settings: Settings, words: argparse.Namespace) -> int:
    secret, shown = _password(words)
    _identity(settings).reset_password(words.username, secret, now=SystemClock().now())
    print(f"{words.username}{shown}")
    return 0


def _reset_factor(settings: Settings, words: argparse.Namespace) -> int:
    _identity(settings).reset_factor_here(words.username, now=SystemClock().now())
    print(f"{words.username}: thiết lập lại ở lần đăng nhập tới · is set up anew at the next sign-in")
    return 0


def _set_disabled(settings: Settings, words: argparse.Namespace) -> int:
    _identity(settings).set_disabled(words.username, disabled=words.disabled, now=SystemClock().now())
    return 0


def _batch(settings: Settings, words: argparse.Namespace) -> int:
    parser = _admin_parser()
    return cli_batch.run_lines(lambda line: _run(parser.parse_args(line), settings))


def _dossier(settings: Settings, words: argparse.Namespace) -> int:
    # A whole server takes seconds to load, which the other commands need not wait for.
    from server.app import create_app, services_of  # noqa: PLC0415

    services = services_of(create_app(settings))
    try:
        taken = services.dossiers.take(MeetingId(words.meeting), None, now=services.clock.now())
        written = _write_new(words.file, taken.pieces)
    finally:
        services.close()
    print(f"{words.file}  {written} bytes")
    return 0


def _write_new(path: Path, pieces: Iterable[bytes]) -> int:
    """Write a file that is not there yet, whole or not at all; its length. Raises FileExistsError and OSError."""
    if path.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    draft = path.with_name(f".{path.name}.new")
    try:
        with draft.open("wb") as file:
            written = sum(map(file.write, pieces))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return written


def _password(words: argparse.Namespace) -> tuple[Secret, str]:
    """The password, and what to print of it: one that was made here is shown this once."""
    if words.password_stdin:
        return Secret(sys.stdin.buffer.readline().rstrip(b"\r\n")), ""
    made = base64.b32encode(os.urandom(_PASSWORD_BYTES)).decode("ascii").lower()
    grouped = "-".join(made[start : start + 4] for start in range(0, len(made), 4))
    return Secret(grouped.encode("ascii")), f"\n  mật khẩu · password: {grouped}"


def prepare(settings: Settings) -> Services:
    """The data directory and the migrated database, without any feature."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    services = Services(settings, SystemClock(), Database(settings.database))
    migrate.upgrade(services.database)
    return services


def _identity(settings: Settings) -> IdentityService:
    return core.build_identity(prepare(settings))
