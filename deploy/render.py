"""Make the configuration of broker and proxy from the templates in this folder.

Rules: a template holds `@NAME@` where a value goes; every name must have a value and every value a name, and no value
may hold a line break, quote, brace, `;`, `$`, backslash or `@`, so nothing can add a directive. The same templates
serve production, the demonstration and the tests; only the values differ.

Usage::

    text = render("mosquitto/mosquitto.conf.in", broker_values(Broker(data_dir=Path("/var/lib/phonghop"))))

or, for an installer, `python -m deploy.render mosquitto data_dir=/var/lib/phonghop > /etc/phonghop/mosquitto.conf`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).resolve().parent
_SLOT: Final = re.compile(r"@([A-Z][A-Z_]*)@")
_YEAR_S: Final = 365 * 86_400
_FORBIDDEN: Final = re.compile(r"[\x00-\x1f\x7f\"'@;{}$\\]")


class RenderError(Exception):
    """A value is missing, superfluous or would break out of its place."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker's files lie and where it listens; the defaults are those of the systemd units."""

    data_dir: Path = Path("/var/lib/phonghop")
    #: in production a systemd credential, so that the file itself stays with mode 0600
    key_file: Path = Path("/run/credentials/phonghop-broker.service/broker.key")
    pid_file: Path = Path("/run/phonghop-broker/mosquitto.pid")
    user: str = "phonghop-broker"
    log_dest: str = "stderr"
    seats_address: str = "0.0.0.0"  # noqa: S104 - seats are on the network; TLS and the access list are the guard
    seats_port: int = 8883
    server_port: int = 8884
    max_seats: int = 2000


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where nginx listens, what it serves itself and where the server is."""

    data_dir: Path = Path("/var/lib/phonghop")
    dist_dir: Path = Path("/opt/phonghop/web/dist")
    key_file: Path = Path("/run/credentials/nginx.service/https.key")
    address: str = "0.0.0.0"  # noqa: S104 - the front door
    https_port: int = 443
    http_port: int = 80
    server_port: int = 8080
    max_upload_mib: int = 300
    #: `off`, or a file that nginx may write
    access_log: str = "/var/log/nginx/phonghop.log"
    #: only for a whole nginx of our own (demonstration, tests), which includes `phonghop.conf` in this folder
    run_dir: Path = Path("/run/phonghop-proxy")
    user: str = "www-data"


def broker_values(broker: Broker) -> dict[str, str]:
    """The values of `mosquitto/mosquitto.conf.in`."""
    pki, shared = broker.data_dir / "pki", broker.data_dir / "broker"
    return _texts(
        USER=broker.user,
        PID_FILE=broker.pid_file,
        LOG_DEST=broker.log_dest,
        SEATS_ADDRESS=broker.seats_address,
        SEATS_PORT=broker.seats_port,
        SERVER_PORT=broker.server_port,
        MAX_SEATS=broker.max_seats,
        ACL_FILE=shared / "acl",
        CRL_FILE=shared / "crl.pem",
        CA_FILE=pki / "ca.pem",
        LINK_CA_FILE=pki / "link-ca.pem",
        CERTIFICATE_FILE=pki / "broker.pem",
        KEY_FILE=broker.key_file,
    )


def site_values(proxy: Proxy) -> dict[str, str]:
    """The values of `nginx/phonghop.conf.in`, the site for an nginx that is there already."""
    return _texts(
        ADDRESS=proxy.address,
        HTTPS_PORT=proxy.https_port,
        HTTP_PORT=proxy.http_port,
        SERVER_PORT=proxy.server_port,
        CERTIFICATE_FILE=proxy.data_dir / "pki" / "https.pem",
        CA_FILE=proxy.data_dir / "pki" / "ca.pem",
        KEY_FILE=proxy.key_file,
        DIST_DIR=proxy.dist_dir,
        ACCESS_LOG=_access_log(proxy.access_log),
        # A browser applies it to all ports of the host: on the loopback it would lock out the seats' own pages.
        HSTS_S=0 if proxy.address.startswith("127.") else _YEAR_S,
        # Room for the other fields of the form: the server itself measures the paper.
        MAX_BODY_MIB=proxy.max_upload_mib + 1,
    )


def _access_log(file: str) -> str:
    """What nginx takes: `off` alone, or a file and the form of a line; raises :class:`RenderError`."""
    if not file or any(char.isspace() for char in file):
        raise RenderError("access_log: needs `off` or a path without blanks")
    return file if file == "off" else f"{file} phonghop"


def whole_values(proxy: Proxy) -> dict[str, str]:
    """The values of `nginx/nginx.conf.in`, a whole nginx of our own that includes the site."""
    return _texts(RUN_DIR=proxy.run_dir, USER=proxy.user)


def render(template: str, values: Mapping[str, str]) -> str:
    """The template (path below this folder) with its values; raises :class:`RenderError`."""
    text = (FOLDER / template).read_text(encoding="utf-8")
    wanted = set(_SLOT.findall(text))
    if wanted != set(values):
        raise RenderError(f"{template}: missing {sorted(wanted - set(values))}, unknown {sorted(set(values) - wanted)}")
    for name, value in values.items():
        if not value or _FORBIDDEN.search(value):
            raise RenderError(f"{template}: {name} is empty or holds a forbidden character")
    return _SLOT.sub(lambda slot: values[slot[1]], text)


def _texts(**values: object) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}


_MADE: Final[dict[str, tuple[str, type, Callable[[Any], dict[str, str]]]]] = {
    "mosquitto": ("mosquitto/mosquitto.conf.in", Broker, broker_values),
    "nginx-site": ("nginx/phonghop.conf.in", Proxy, site_values),
    "nginx": ("nginx/nginx.conf.in", Proxy, whole_values),
}


def _read(value: str) -> str | int | Path:
    if value.isdecimal():
        return int(value)
    return Path(value) if "/" in value else value


def main(words: Sequence[str]) -> int:
    """`NAME [field=value …]` → the configuration on standard output; 2 for a wrong word."""
    if not words or words[0] not in _MADE:
        print(f"usage: python -m deploy.render {'|'.join(_MADE)} [field=value …]", file=sys.stderr)
        return 2
    template, kind, values = _MADE[words[0]]
    given = dict(word.partition("=")[::2] for word in words[1:])
    unknown = set(given) - {each.name for each in fields(kind)}
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    typed = {name: _read(value) for name, value in given.items()}
    try:
        sys.stdout.write(render(template, values(kind(**typed))))
    except RenderError as exc:
        print(exc, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
