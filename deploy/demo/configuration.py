"""Writes the configuration of every program of the room, all of it below the demo's folder.

Rules: broker and proxy come from the same templates as in production (`deploy.render`), with other values; everything
listens on the loopback only; nothing under /etc is read or written, and no service of the system is touched.

Usage: `paths = Configuration(folder, ports).write(ca_sha256)`.
"""

from __future__ import annotations

import json
import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import web
from deploy import render
from deploy.demo import ports
from deploy.demo.folder import Folder
from wire.asking import PORTS

LOOPBACK: Final = "127.0.0.1"
SITE_NAME: Final = "Phòng họp không giấy (demo)"
_WISHES: Final = {
    "http": 8080,
    "https": 8443,
    "mqtt": 8883,
    "link": 8884,
    "redirect": 8444,
    "panel": 8190,
    "bridge": PORTS[0],
}
_FIRST_SEAT: Final = 8101


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the programs listen: the server (``http``, for browsers on this machine), the proxy (``https``, for the
    terminals; ``redirect`` sends there), the broker (``mqtt`` for seats, ``link`` for the server), the seats' pages,
    the ``panel`` of the tokens, the ``bridge`` of the desk PC.
    """

    http: int
    https: int
    mqtt: int
    link: int
    redirect: int
    seats: tuple[int, ...]
    panel: int = 0
    bridge: int = 0

    @classmethod
    def choose(cls, *, seats: int, any_free: bool = False) -> Ports:
        """The usual ports, or the next free ones; ``any_free``: any, for tests. Raises NoFreePort."""
        wishes = _WISHES | {f"seat-{number}": _FIRST_SEAT + number for number in range(seats)}
        found = ports.choose(dict.fromkeys(wishes, 0) if any_free else wishes)
        pages = tuple(found[f"seat-{number}"] for number in range(seats))
        return cls(**{name: found[name] for name in _WISHES}, seats=pages)


@dataclass(frozen=True, slots=True)
class Configuration:
    """What has to be written; ``server`` and ``seat`` are further settings, for tests."""

    folder: Folder
    ports: Ports
    server: Mapping[str, str | int | bool] = field(default_factory=dict)
    seat: Mapping[str, str | int | bool] = field(default_factory=dict)

    @property
    def server_file(self) -> Path:
        """The server's settings."""
        return self.folder.path("conf", "server.toml")

    def write_server(self) -> None:
        """The server's settings, which ``phonghop admin init`` needs before anything else."""
        wanted: dict[str, str | int | bool] = {
            "data_dir": str(self.folder.made("server")),
            "site_name": SITE_NAME,
            "host": LOOPBACK,
            "port": self.ports.http,
            "behind_proxy": True,
            "mqtt_host": LOOPBACK,
            "mqtt_port": self.ports.link,
            "mqtt_seat_host": "localhost",
            "mqtt_seat_port": self.ports.mqtt,
            "broker_pid_file": str(self._broker_pid),
            "bridge_ports": str(self.ports.bridge or PORTS[0]),
            # A demo that lies unused for a season still lets its people in.
            "disable_after_days": 3650,
            "disk_reserve_mib": 64,
            # Everybody here knows the one password, and nobody has a telephone with a code for an invented person.
            # The demo says that this is off, and whoever wants to see it sets it up for one account.
            "second_factor": "off",
        }
        self.folder.made("conf")
        self.server_file.write_text(_toml(wanted | dict(self.server)), encoding="utf-8")

    def write_broker(self) -> Path:
        """The broker's configuration."""
        data = self.folder.path("server")
        broker = render.Broker(
            data_dir=data,
            key_file=data / "pki" / "broker.key",
            pid_file=self._broker_pid,
            user=_user(),
            seats_address=LOOPBACK,
            seats_port=self.ports.mqtt,
            server_port=self.ports.link,
        )
        return self._put("mosquitto.conf", render.render("mosquitto/mosquitto.conf.in", render.broker_values(broker)))

    def write_proxy(self) -> Path:
        """The proxy's configuration; it includes the site, which is the production's with other values."""
        data, run = self.folder.path("server"), self.folder.emptied("run", "proxy")
        proxy = render.Proxy(
            data_dir=data,
            dist_dir=web.dist(),
            key_file=data / "pki" / "https.key",
            address=LOOPBACK,
            https_port=self.ports.https,
            http_port=self.ports.redirect,
            server_port=self.ports.http,
            access_log="access.log",  # beside the rest of the proxy, which is started there
            run_dir=run,
            user=_user(),
        )
        site = render.render("nginx/phonghop.conf.in", render.site_values(proxy))
        (run / "phonghop.conf").write_text(site, encoding="utf-8")
        return self._put("nginx.conf", render.render("nginx/nginx.conf.in", render.whole_values(proxy)))

    @property
    def _broker_pid(self) -> Path:
        return self.folder.made("run", "broker") / "mosquitto.pid"

    def write_seat(self, number: int, *, ca_sha256: str, card_reader: str) -> Path:
        """The settings of a terminal (counted from 1); without a reader it looks for no tokens."""
        wanted: dict[str, str | int | bool] = {
            "server_url": f"https://localhost:{self.ports.https}",
            "ca_sha256": ca_sha256,
            "data_dir": str(self.folder.made(f"seat-{number}")),
            "run_dir": str(self.folder.made("run", f"seat-{number}")),
            "serial": f"DEMO-{number:02d}",
            "page_port": self.ports.seats[number - 1],
            "card_reader": card_reader,
            "is_program": True,
        }
        return self._put(f"seat-{number}.toml", _toml(wanted | dict(self.seat)))

    def bridge(self, reader: str) -> dict[str, str]:
        """The settings of the bridge of the desk PC, as environment."""
        wanted = {
            "config_dir": str(self.folder.made("bridge")),
            "run_dir": str(self.folder.made("run", "bridge")),
            "ports": str(self.ports.bridge),
            "card_reader": reader,
        }
        return {f"PHONGHOP_TOKEN_{name.upper()}": value for name, value in wanted.items()}

    def _put(self, name: str, text: str) -> Path:
        path = self.folder.made("conf") / name
        path.write_text(text, encoding="utf-8")
        return path


def _toml(settings: Mapping[str, str | int | bool]) -> str:
    # A JSON string, number or boolean is a TOML one, too (as long as no text holds a DEL or lone surrogate).
    return "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in settings.items())


def _user() -> str:
    return pwd.getpwuid(os.getuid()).pw_name
