"""Figures for a monitoring program: who may read them, what they say, and that the alerts are made of them (D4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families

from server.fleet.model import Presence
from server.metrics import Health, blueprint
from tests.architecture.source import ROOT
from tests.support.devices import Terminal
from tests.support.fleet import Enrolling
from tests.support.office import Office, Reply
from tests.unit.server.fleet.test_check import HERE, Told
from wire.ids import DeviceId

TOKEN = "a token of the settings"
RULES = (ROOT / "deploy" / "prometheus" / "phonghop.rules.yml").read_text(encoding="utf-8")


class Failing:
    def collect(self) -> Iterator[Metric]:
        raise RuntimeError("a part with a fault")


def figures(text: str) -> dict[str, dict[str, float]]:
    """Metric → room, seat or part → value."""
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[sample.labels.get("seat") or sample.labels["part"]] = sample.value
    return found


@pytest.fixture
def office(tmp_path: Path) -> Office:
    found = Office(tmp_path, metrics_token=TOKEN)
    it = found.sign_in("kythuat")
    seats = []
    for number in range(2):
        (tmp_path / str(number)).mkdir()
        seat = Enrolling(found, Terminal(tmp_path / str(number)))
        seat.ask()
        assert seat.approve(it, found.seats[number]).status == 204
        seat.certificate()
        seats.append(DeviceId(seat.terminal.id))
    found.services.slots.presence = Told({seats[0]: HERE, seats[1]: Presence(online=False, machine=HERE.machine)})
    return found


def read(office: Office, token: str | None = TOKEN) -> Reply:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return Reply.of(office.app.test_client().get("/metrics", headers=headers))


def test_D4_every_terminal_and_every_part_stands_there(office: Office) -> None:
    answer = read(office)
    found = figures(answer.raw.text)
    assert answer.status == 200
    assert found["phonghop_healthy"]["disk"] == 1.0
    assert found["phonghop_terminal_online"] == {"A1": 1.0, "A2": 0.0}
    assert found["phonghop_terminal_temperature_celsius"] == {"A1": 50.0}
    assert found["phonghop_terminal_under_voltage"] == {"A1": 0.0}
    assert set(found["phonghop_terminal_certificate_days"]) == {"A1", "A2"}


def test_D4_a_part_that_fails_costs_the_others_nothing() -> None:
    app, parts = Flask("metrics"), (Failing(), Health({"disk": lambda: True, "broker": _fails}))
    app.register_blueprint(blueprint(TOKEN, parts))
    text = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert figures(text) == {"phonghop_healthy": {"disk": 1.0, "broker": 0.0}}


@pytest.mark.parametrize("token", [None, "", "another", "kh\xf4ng"])
def test_D4_nobody_reads_them_without_the_token(office: Office, token: str | None) -> None:
    assert read(office, token).code == "not-found"


@pytest.mark.parametrize("token", [None, "", TOKEN])
def test_D4_a_server_without_the_setting_has_no_such_page(tmp_path: Path, token: str | None) -> None:
    assert read(Office(tmp_path), token).code == "not-found"


def test_D4_the_alerts_are_made_of_figures_that_exist(office: Office) -> None:
    office.services.fleet.copied(office.services.fleet.approved()[0].id, "")
    told = set(figures(read(office).raw.text))
    named = set(re.findall(r"phonghop_[a-z_]+", RULES))
    assert named - told == set()
    assert len(named) > 7


def _fails() -> bool:
    raise RuntimeError("nobody answers")
