"""The server's settings: typed, read once, from the environment over a TOML file.

Rules: ``PHONGHOP_<NAME>`` beats the file, the file beats the default; every problem is reported, not only the first; a
name nobody knows is a problem. Settings hold no secret: keys and passwords lie in files below ``data_dir``; a database
password belongs in the driver's own password file.

Usage::

    settings = Settings.load(os.environ, Path("/etc/phonghop/server.toml"))
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from server.identity.model import FactorRule
from wire.asking import PORTS
from wire.quorum import MAX_LATE_AFTER
from wire.state import LATE_AFTER, RollRules
from wire.votes import Share

_PREFIX: Final = "PHONGHOP_"
_QUORUM: Final = re.compile(r"(?P<more>>?)\s*(?P<num>[0-9]{1,3})\s*/\s*(?P<den>[1-9][0-9]{0,2})", re.ASCII)
#: Variables of the same prefix that belong to other programs of the room.
_FOREIGN: Final = ("PHONGHOP_SEAT_", "PHONGHOP_TOKEN_", "PHONGHOP_DEMO_", "PHONGHOP_TEST_", "PHONGHOP_CONFIG")


class BadSettings(Exception):
    """All that is wrong, one line each in ``problems``."""

    code: ClassVar[str] = "bad-settings"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("needs text")
    return value


def _path(value: Any) -> Path:
    return Path(_text(value)).absolute()


def _switch(value: Any) -> bool:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    found = words.get(str(value).lower())
    if found is None:
        raise ValueError("needs true or false")
    return found


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        try:
            number = int(str(value))
        except ValueError:
            raise ValueError("needs a whole number") from None
        if isinstance(value, bool) or not low <= number <= high:
            raise ValueError(f"needs a number within {low} … {high}")
        return number

    return read


def _ports(value: Any) -> tuple[int, ...]:
    words = value.split() if isinstance(value, str) else list(value)
    return tuple(_whole(1, 65_535)(word) for word in words)


def _database_url(value: Any) -> str:
    if not isinstance(value, str) or not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("needs sqlite:///… or postgresql+psycopg://…")
    return value


def _web_address(value: Any) -> str:
    if value == "":
        return ""
    parts = urlsplit(value) if isinstance(value, str) else None
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("needs http://… or https://…")
    return str(value)


def _level(value: Any) -> str:
    name = str(value).upper()
    if name not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError("needs DEBUG, INFO, WARNING or ERROR")
    return name


def _factor_rule(value: Any) -> FactorRule:
    try:
        return FactorRule(str(value).lower())
    except ValueError:
        raise ValueError(f"needs one of {', '.join(FactorRule)}") from None


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(word for word in value.replace(",", " ").split() if word)
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return tuple(value)
    raise ValueError("needs a list of words")


def _quorum(value: Any) -> Share | None:
    """``2/3``: at least that; ``>1/2``: more than that; ``none``."""
    found = _QUORUM.fullmatch(str(value).strip())
    if str(value).strip() == "none":
        return None
    share = None if found is None else Share(int(found["num"]), int(found["den"]), more=found["more"] == ">")
    if share is None or not 0 < share.num <= share.den:
        raise ValueError("needs a share as 2/3 (at least) or >1/2 (more than), or none")
    return share


def _quorums(value: Any) -> tuple[tuple[str, Share | None], ...]:
    lines = value if isinstance(value, list) else str(value).split(";")
    pairs = [str(line).rpartition("=") for line in lines if str(line).strip()]
    if any(not kind.strip() for kind, _, _ in pairs):
        raise ValueError("needs lines as Giao ban=1/2")
    return tuple((kind.strip(), _quorum(share)) for kind, _, share in pairs)


def _years(value: Any) -> tuple[tuple[str, int], ...]:
    lines = value if isinstance(value, list) else str(value).split(";")
    pairs = [str(line).rpartition("=") for line in lines if str(line).strip()]
    if any(not kind.strip() for kind, _, _ in pairs):
        raise ValueError("needs lines as Giao ban=5")
    return tuple((kind.strip(), _whole(0, 70)(years)) for kind, _, years in pairs)


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation decides; the comment above each says what it is for."""

    # Everything the server keeps: database, papers, keys, pki.
    data_dir: Path = field(default=Path("/var/lib/phonghop"), metadata={"read": _path})
    # SQLAlchemy URL; empty means SQLite in data_dir. PostgreSQL: postgresql+psycopg://user@/name?host=/run/postgresql
    database_url: str = field(default="", metadata={"read": _database_url})
    # The agency or room as people know it; shown on pages and in certificates.
    site_name: str = field(default="Phòng họp không giấy", metadata={"read": _text})

    # Where gunicorn listens; port 0 lets the system choose.
    host: str = field(default="127.0.0.1", metadata={"read": _text})
    port: int = field(default=8080, metadata={"read": _whole(0, 65_535)})
    # PEM files for serving TLS directly; behind nginx both stay empty.
    tls_certificate: str = field(default="", metadata={"read": str})
    tls_key: str = field(default="", metadata={"read": str})
    # Further origins (https://phonghop.coquan.vn) whose pages may call, besides the one the request is addressed to.
    origins: tuple[str, ...] = field(default=(), metadata={"read": _words})
    # Where consoles look for the bridge to the USB token on the person's own PC, and may speak with it.
    bridge_ports: tuple[int, ...] = field(default=PORTS, metadata={"read": _ports})
    # Whether a proxy on this machine sets X-Forwarded-For, -Proto and -Host.
    behind_proxy: bool = field(default=False, metadata={"read": _switch})
    # One for each open screen (console or display), and a dozen for requests.
    threads: int = field(default=64, metadata={"read": _whole(16, 512)})

    # The broker's listener for the server (loopback), and the one for seats as seats reach it.
    mqtt_host: str = field(default="127.0.0.1", metadata={"read": _text})
    mqtt_port: int = field(default=8884, metadata={"read": _whole(1, 65_535)})
    mqtt_seat_host: str = field(default="localhost", metadata={"read": _text})
    mqtt_seat_port: int = field(default=8883, metadata={"read": _whole(1, 65_535)})
    # Where the broker writes its process id, when it runs as the same user: the server tells it to read its lists
    # again. Empty: the service manager does (deploy/systemd).
    broker_pid_file: str = field(default="", metadata={"read": str})
    # Names and addresses under which seats and browsers reach this machine; they stand in its certificates.
    public_hosts: tuple[str, ...] = field(default=("localhost",), metadata={"read": _words})

    # A session locks after this long without a request, and ends after session_hours whatever happens.
    idle_s: int = field(default=900, metadata={"read": _whole(10, 86_400)})
    session_hours: int = field(default=12, metadata={"read": _whole(1, 168)})
    # Accounts unused for so long are disabled (I5).
    disable_after_days: int = field(default=45, metadata={"read": _whole(1, 3650)})
    # How long it is remembered that something was done already, of meetings that have ended (and of what has none).
    acts_kept_days: int = field(default=30, metadata={"read": _whole(1, 3650)})
    # Who signs in with a password only together with a second factor (I4): everywhere, consoles (consoles, and
    # administrators everywhere), administrators, off. Who has set one up is always asked.
    second_factor: FactorRule = field(default=FactorRule.CONSOLES, metadata={"read": _factor_rule})
    # Memory of one password check (argon2id); tests take less.
    argon2_memory_kib: int = field(default=65_536, metadata={"read": _whole(64, 4_194_304)})

    # Whether a certificate counts only when something fresh says that it has not been revoked. Off: old news will do,
    # and its age is shown. A house without a network carries revocation lists in by hand (admin anchor crl).
    revocation_required: bool = field(default=True, metadata={"read": _switch})
    # The same for a signature under a paper. Both are on unless somebody decides otherwise.
    revocation_required_to_sign: bool = field(default=True, metadata={"read": _switch})
    # Whether the chair's approval of papers, and the closing of a meeting, must carry the chair's signature by token.
    approval_must_be_signed: bool = field(default=False, metadata={"read": _switch})
    closing_must_be_signed: bool = field(default=False, metadata={"read": _switch})
    # How many of chair and members have to be there (A4): 2/3 is at least that, >1/2 more than that, none no rule.
    # By type of meeting in a list of lines, Giao ban=none. Each meeting may have its own.
    quorum: Share | None = field(default=Share(2, 3, more=False), metadata={"read": _quorum})
    quorum_by_type: tuple[tuple[str, Share | None], ...] = field(default=(), metadata={"read": _quorums})
    # Whether people put themselves on the roll at their seat, without a token.
    roll_by_self: bool = field(default=True, metadata={"read": _switch})
    # Minutes after the beginning in which who comes, and what is opened, is not late: one rule for the roll, the
    # minutes and the reports. For new meetings.
    late_after_min: int = field(default=LATE_AFTER, metadata={"read": _whole(0, MAX_LATE_AFTER)})
    # Whether people enrol their own certificates at the console, when these name them. Off: the security administrator.
    certificates_by_owner: bool = field(default=True, metadata={"read": _switch})
    # The time-stamping authority (RFC 3161), as http:// or https://. Empty: signatures stay without a proved time.
    tsa_url: str = field(default="", metadata={"read": _web_address})
    # How long it may take when nobody waits for it; VGCA's was seen to need from 2 to 131 seconds.
    tsa_timeout_s: int = field(default=150, metadata={"read": _whole(1, 600)})
    # The largest file that is signed, or whose signatures are checked.
    signature_upload_mib: int = field(default=50, metadata={"read": _whole(1, 300)})
    # The agency's seal as it is cut; its picture gets this size on paper.
    seal_diameter_mm: int = field(default=36, metadata={"read": _whole(20, 60)})
    # How outgoing papers are numbered (NĐ 30/2020 Điều 15): each kind in a series of its own, or all in one.
    numbers_by_kind: bool = field(default=True, metadata={"read": _switch})
    # For how many years the dossier of a meeting is kept, proposed when it is made up; 0 is for ever. By type of
    # meeting in a list of lines, Giao ban=5.
    retention_years: int = field(default=20, metadata={"read": _whole(0, 70)})
    retention_by_type: tuple[tuple[str, int], ...] = field(default=(), metadata={"read": _years})
    # How long an issuer's service (OCSP, lists) may take to answer.
    pki_timeout_s: int = field(default=5, metadata={"read": _whole(1, 120)})

    # The largest paper, and what must stay free on the disk.
    max_upload_mib: int = field(default=300, metadata={"read": _whole(1, 4096)})
    disk_reserve_mib: int = field(default=512, metadata={"read": _whole(0, 1_048_576)})

    # What a monitoring program (Prometheus) brings as its bearer token to read /metrics; empty: there is no such page.
    metrics_token: str = field(default="", repr=False, metadata={"read": str})
    log_level: str = field(default="INFO", metadata={"read": _level})

    @property
    def database(self) -> str:
        """The database's URL, never empty."""
        return self.database_url or f"sqlite:///{self.data_dir / 'phonghop.db'}"

    def roll_rules(self, kind: str) -> RollRules:
        """What the house wants of the roll of a meeting of this type."""
        by_type = {name.casefold(): share for name, share in self.quorum_by_type}
        return RollRules(by_type.get(kind.strip().casefold(), self.quorum), self.roll_by_self, self.late_after_min)

    def retention(self, kind: str) -> int | None:
        """For how many years the house keeps meetings of this type; None: for ever."""
        by_type = {name.casefold(): years for name, years in self.retention_by_type}
        return by_type.get(kind.strip().casefold(), self.retention_years) or None

    @property
    def is_tls(self) -> bool:
        """Whether the server itself speaks TLS."""
        return bool(self.tls_certificate)

    @classmethod
    def load(cls, environ: Mapping[str, str], file: Path | None = None) -> Settings:
        """Read and check everything; raises :class:`BadSettings` with all problems."""
        problems: list[str] = []
        stated = _from_file(file, problems)
        for name, value in environ.items():
            if name.startswith(_PREFIX) and not name.startswith(_FOREIGN):
                stated[name.removeprefix(_PREFIX).lower()] = (name, value)
        known = {each.name: each.metadata["read"] for each in fields(cls)}
        found: dict[str, Any] = {}
        for key, (where, value) in stated.items():
            if key not in known:
                problems.append(f"{where}: không có thiết lập này · no such setting")
                continue
            try:
                found[key] = known[key](value)
            except ValueError as exc:
                problems.append(f"{where}: {exc}")
        if bool(found.get("tls_certificate")) != bool(found.get("tls_key")):
            problems.append("tls_certificate, tls_key: cần cả hai · both or neither")
        if problems:
            raise BadSettings(tuple(problems))
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
