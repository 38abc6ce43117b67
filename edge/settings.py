"""The seat's settings: typed, read once, from the environment over a TOML file.

Rules: ``PHONGHOP_SEAT_<NAME>`` beats the file, the file beats the default; every problem is reported, not only the
first; a name nobody knows is a problem. Of secrets there is at most the one-time code of a machine that a list names,
which shows itself nowhere and is worth nothing once it was used: the device's key is made on the device.

Usage::

    settings = Settings.load(os.environ, Path("/etc/phonghop/seat.toml"))
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from edge.errors import SettingsWrong
from wire.secret import Secret

_PREFIX: Final = "PHONGHOP_SEAT_"
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
#: What the server takes as the name of a device (docs/API.md, simpleenroll).
_SERIAL: Final = re.compile(r"[A-Za-z0-9._:-]{0,64}", re.ASCII)
#: As lists have it (D1); what it is worth, the server judges.
_CODE: Final = re.compile(r"[A-Za-z0-9-]{0,64}", re.ASCII)
_DATA_DIR: Final = Path("/var/lib/phonghop-seat")
_RUN_DIR: Final = Path("/run/phonghop-seat")
_LEVELS: Final = frozenset({"DEBUG", "INFO", "WARNING", "ERROR"})


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("cần chữ · needs text")
    return value.strip()


def _path(value: Any) -> Path:
    return Path(_text(value)).absolute()


def _url(value: Any) -> str:
    text = _text(value).rstrip("/")
    try:
        parts = urlsplit(text)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        named = False
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not named or parts.path or parts.query or parts.fragment:
        raise ValueError("cần dạng · needs the form https://ten-may-chu[:cổng]")
    return text


def _fingerprint(value: Any) -> str:
    text = _text(value).replace(":", "").replace(" ", "").lower()
    if _FINGERPRINT.fullmatch(text) is None:
        raise ValueError("cần SHA-256 gồm 64 chữ số hex · needs a SHA-256 of 64 hexadecimal digits")
    return text


def _serial(value: Any) -> str:
    if not isinstance(value, str) or _SERIAL.fullmatch(value) is None:
        raise ValueError("tối đa 64 ký tự · at most 64 of A-Z a-z 0-9 . _ : -")
    return value


def _code(value: Any) -> Secret:
    if not isinstance(value, str) or _CODE.fullmatch(value) is None:
        raise ValueError("tối đa 64 ký tự · at most 64 of A-Z a-z 0-9 -")
    return Secret(value.encode("ascii"))


def _pattern(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("cần chữ · needs text")  # noqa: TRY004 - as all readers here
    return value.strip()


def _file(value: Any) -> str:
    if not isinstance(value, str) or (value and not value.startswith("/")):
        raise ValueError("cần đường dẫn đầy đủ · needs a full path")
    return value


def _level(value: Any) -> str:
    text = _text(value).upper()
    if text not in _LEVELS:
        raise ValueError(f"cần một trong · needs one of {', '.join(sorted(_LEVELS))}")
    return text


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value not in {"true", "false"}:
        raise ValueError("cần true hoặc false · needs true or false")
    return bool(value == "true")


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        try:
            number = int(str(value))
        except ValueError:
            raise ValueError("cần số nguyên · needs a whole number") from None
        if isinstance(value, bool) or not low <= number <= high:
            raise ValueError(f"cần số trong khoảng · needs a number within {low} … {high}")
        return number

    return read


def _setting(read: Callable[[Any], Any], default: Any = MISSING) -> Any:
    if default is MISSING:
        return field(metadata={"read": read})
    return field(default=default, metadata={"read": read})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an installation decides; the comment above each says what it is for."""

    # The server, and the SHA-256 (hexadecimal) of its site CA's certificate: the only thing the seat believes at first.
    server_url: str = _setting(_url)
    ca_sha256: str = _setting(_fingerprint)
    # What the seat keeps, and what lives until the power goes (a tmpfs).
    data_dir: Path = _setting(_path, _DATA_DIR)  # noqa: RUF009 - a field, like all others
    run_dir: Path = _setting(_path, _RUN_DIR)  # noqa: RUF009 - as above
    # Where root's program that opens the seat's vault is asked (an image of ours); empty: the vault is in data_dir.
    vault_socket: str = _setting(_file, "")
    # The name IT reads beside the twelve digits, for example the number on the housing.
    serial: str = _setting(_serial, "")
    # Shown once with the serial by a machine that IT has put on a list; empty: IT compares twelve digits.
    enrolment_code: Secret = _setting(_code, Secret(b""))  # noqa: RUF009 - a field, like all others

    # The touch page listens on the loopback only; port 0 lets the system choose.
    page_port: int = _setting(_whole(0, 65_535), 8790)

    # The seat locks after so long without a touch.
    idle_lock_s: int = _setting(_whole(10, 86_400), 300)
    # Who follows a presentation of an open meeting, or presents, is not locked out by that; but after so long without a
    # touch the seat locks all the same. As small as idle_lock_s: following counts for nothing.
    following_lock_s: int = _setting(_whole(10, 86_400), 14_400)
    # After a restart within the same boot: how long to wait for the server before going on without it.
    grace_s: int = _setting(_whole(0, 3600), 10)
    # Papers stop coming in when less than this is free, so that acts and receipts can still be written.
    disk_reserve_mib: int = _setting(_whole(0, 1_048_576), 64)
    # How long a page of a paper may take to be drawn; then it is given up, and what drew it started anew.
    page_patience_s: int = _setting(_whole(1, 600), 20)
    # Memory for drawn pages; on the disk there is none.
    page_cache_mib: int = _setting(_whole(1, 4096), 96)

    # A terminal with a screen of its own: it is started anew when it draws nothing for so long; 0: nobody watches.
    screen_watch_s: int = _setting(_whole(0, 3600), 0)

    # USB tokens: which readers are this seat's, as a pattern of their names (several seats on one machine, or a reader
    # that is built in for something else); empty: tokens are not looked for.
    card_reader: str = _setting(_pattern, "*")
    # A vendor's PKCS#11 module; empty: the usual places are tried, PIV cards need none.
    pkcs11_module: str = _setting(_file, "")
    # What starts the card service again when it no longer hears of its USB ports; empty: systemd does, told by a file
    # (deploy/systemd/phonghop-pcscd.path).
    pcscd_restart: str = _setting(_pattern, "")

    # What starts this machine again when IT orders it; empty: systemd does, told by a file
    # (deploy/systemd/phonghop-restart.path).
    machine_restart: str = _setting(_pattern, "")

    # What switches this machine off when IT orders it; empty: systemd does (deploy/systemd/phonghop-poweroff.path).
    machine_off: str = _setting(_pattern, "")

    # This seat is a program on somebody's computer, as in the demo: that is neither switched off nor started again.
    is_program: bool = _setting(_flag, False)  # noqa: FBT003 - a field, like all others

    log_level: str = _setting(_level, "INFO")

    @classmethod
    def load(cls, environ: Mapping[str, str], file: Path | None = None) -> Settings:
        """Read and check everything; raises :class:`SettingsWrong` with all problems."""
        problems: list[str] = []
        stated = _from_file(file, problems)
        for name, value in environ.items():
            if name.startswith(_PREFIX):
                stated[name.removeprefix(_PREFIX).lower()] = (name, value)
        known = {each.name: each for each in fields(cls)}
        found: dict[str, Any] = {}
        for key, (where, value) in stated.items():
            if key not in known:
                problems.append(f"{where}: không có thiết lập này · no such setting")
                continue
            try:
                found[key] = known[key].metadata["read"](value)
            except ValueError as exc:
                problems.append(f"{where}: {exc}")
        problems.extend(
            f"{name}: còn thiếu · is missing"
            for name, each in known.items()
            if each.default is MISSING and name not in stated
        )
        if problems:
            raise SettingsWrong(tuple(problems))
        return cls(**found)


def _from_file(file: Path | None, problems: list[str]) -> dict[str, tuple[str, Any]]:
    if file is None:
        return {}
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as exc:
        problems.append(f"{file}: không đọc được · cannot be read ({exc.strerror})")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        problems.append(f"{file}: không phải TOML · not TOML ({exc})")
    else:
        return {key: (f"{file}: {key}", value) for key, value in table.items()}
    return {}
