"""What a monitoring program reads (Prometheus' text format): the server's health, and how every terminal is.

Rules: shown only to who brings the token of the settings; without one in the settings there is nothing here. Names of
people, meetings and papers are in none of it. A part that cannot be told now is left out, and the rest is told.

Usage::

    app.register_blueprint(blueprint("token", [Terminals(fleet.devices, clock), Health(services.health)]))
"""

from __future__ import annotations

import datetime as dt
import hmac
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from server.clock import Clock
from server.errors import NotFound
from server.web import public

#: label of the metric → the key of ``Machine`` (W170)
_MACHINE: Final = {
    "phonghop_terminal_temperature_celsius": ("temperature_c", "Heat of the terminal."),
    "phonghop_terminal_under_voltage": ("under_voltage", "1: the terminal gets too little current."),
    "phonghop_terminal_memory_free_megabytes": ("memory_free_mb", "Memory left."),
    "phonghop_terminal_painted_seconds": ("painted_s", "How long ago its page painted last."),
    "phonghop_terminal_clock_off_milliseconds": ("clock_off_ms", "Its own clock ahead of the server's."),
    "phonghop_terminal_booted_seconds": ("booted_s", "How long ago it was switched on."),
}
_LOG: Final = logging.getLogger("metrics")


class Watched(Protocol):
    """Something that can be measured now."""

    def collect(self) -> Iterable[Metric]:
        """Its figures."""
        ...


def blueprint(token: str, watched: Iterable[Watched]) -> Blueprint:
    """``/metrics``; ``token`` empty: 404 for everybody."""
    routes = Blueprint("metrics", __name__)
    registry = CollectorRegistry(auto_describe=False)
    for each in watched:
        registry.register(_Guarded(each))

    @routes.get("/metrics")
    @public("a program that watches has no account; it brings the token of the settings")
    def metrics() -> ResponseReturnValue:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token or not hmac.compare_digest(given.encode("utf-8"), token.encode("utf-8")):
            raise NotFound
        return Response(
            generate_latest(registry), headers={"Cache-Control": "no-store"}, content_type=CONTENT_TYPE_LATEST
        )

    return routes


class Health:
    """Each part of ``/healthz``: 1 when it is well."""

    def __init__(self, checks: Mapping[str, Callable[[], bool]]) -> None:
        self._checks: Final = checks

    def collect(self) -> Iterator[Metric]:
        """One gauge, a line a part."""
        family = GaugeMetricFamily("phonghop_healthy", "1: this part of the server is well.", labels=["part"])
        for part, check in self._checks.items():
            family.add_metric([part], float(_is_well(check)))
        yield family


class Terminals:
    """Every approved terminal; ``devices`` as GET /api/devices."""

    def __init__(self, devices: Callable[[], Iterable[Mapping[str, Any]]], clock: Clock) -> None:
        self._devices: Final = devices
        self._clock: Final = clock

    def collect(self) -> Iterator[Metric]:
        """A gauge a figure, a line a terminal that tells it."""
        labels = ["device", "room", "seat"]
        found = [each for each in self._devices() if each["state"] == "approved"]
        named = [([each["id"], each["room_name"], each["seat_label"]], each) for each in found]
        online = GaugeMetricFamily("phonghop_terminal_online", "1: the terminal is there.", labels=labels)
        disk = GaugeMetricFamily("phonghop_terminal_disk_free_megabytes", "What is left of its disk.", labels=labels)
        days = GaugeMetricFamily("phonghop_terminal_certificate_days", "Days its certificate holds.", labels=labels)
        reader = GaugeMetricFamily("phonghop_terminal_reader_usable", "0: no reader, or none to use.", labels=labels)
        for name, device in named:
            online.add_metric(name, float(device["online"]))
            if device["certificate_until"] is not None:
                until = dt.datetime.fromisoformat(device["certificate_until"])
                days.add_metric(name, (until - self._clock.now()) / dt.timedelta(days=1))
            if not device["online"]:
                continue  # what it said before is no longer how it is
            if device["disk_free_mb"] is not None:
                disk.add_metric(name, device["disk_free_mb"])
            if device["token"]:
                reader.add_metric(name, float(device["token"] not in {"off", "unusable"}))
        yield from (online, disk, days, reader, _alerts(named, labels))
        for metric, (key, about) in _MACHINE.items():
            family = GaugeMetricFamily(metric, about, labels=labels)
            for name, device in named:
                value = (device["machine"] or {}).get(key) if device["online"] else None
                if value is not None:
                    family.add_metric(name, float(value))
            yield family


def _alerts(named: Iterable[tuple[list[str], Mapping[str, Any]]], labels: Sequence[str]) -> GaugeMetricFamily:
    about = "1: what IT has to know of the terminal, and has not settled."
    family = GaugeMetricFamily("phonghop_terminal_alert", about, labels=[*labels, "kind"])
    for name, device in named:
        for alert in device["alerts"]:
            family.add_metric([*name, alert["kind"]], 1.0)
    return family


class _Guarded(Collector):
    """One part that fails costs the others nothing."""

    def __init__(self, watched: Watched) -> None:
        self._watched: Final = watched

    def collect(self) -> Iterable[Metric]:
        """What it says, or nothing."""
        try:
            return list(self._watched.collect())
        except Exception:  # noqa: BLE001 - the others are asked
            _LOG.exception("%s could not be measured", type(self._watched).__name__)
            return []


def _is_well(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:  # noqa: BLE001 - not well
        return False
