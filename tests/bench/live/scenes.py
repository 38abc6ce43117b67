"""What is measured of a live meeting: ballots, requests to speak, page turns, the broker's return.

Rules: a time begins when the person presses and ends when the thing is there; seats and consoles are other processes on
the same clock. Every ballot of the product is checked in the end: counted once, as it was cast.

Usage: ``Scene(house, fleet, screens).ballots(figures)``
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.bench.live.house import BenchBroker, House
from tests.bench.live.programs import Fleet, Program, Screens
from tests.bench.meter import Meter, Used
from tests.support.poll import until

SPREAD_NS: Final = 1_000_000_000
TURNS: Final = 12
ASKING: Final = 100
AWAY_S: Final = 1.0
_SOON_NS: Final = 300_000_000
_GAP_S: Final = 0.4
_PATIENCE_S: Final = 60.0
_RULE: Final = {"base": "all", "majority": {"num": 1, "den": 2, "more": True}, "quorum": None, "tie": "fails"}


@dataclass
class Figures:
    """Milliseconds by what they are of; ``used`` by scene."""

    ms: dict[str, list[float]] = field(default_factory=dict)
    used: dict[str, dict[str, Used]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, values: Sequence[float]) -> None:
        """Further samples."""
        self.ms.setdefault(name, []).extend(values)


class Scene:
    """The product."""

    def __init__(self, house: House, fleet: Fleet, screens: Screens, figures: Figures) -> None:
        self._house: Final = house
        self._fleet: Final = fleet
        self._screens: Final = screens
        self._figures: Final = figures
        self._page = 0

    def ballots(self) -> None:
        """Everybody casts within a second, on a vote that the chair opens; it is closed and counted."""
        chair, path, item = self._house.chair, self._house.path, self._house.facts.item
        body = {"item": item, "kind": "open", "question": "Thông qua (demo)?", "template": "approve", "rule": _RULE}
        vote = chair.post(f"{path}/votes", body).done()["vote"]
        opened = chair.post(f"{path}/votes/{vote}/open").done()["seq"]
        self._fleet.ask("reached", seq=opened)
        self._quiet()
        count = len(self._house.facts.places)
        pressed = self._press("vote_cast", {"vote": vote, "answer": "for"}, most=count, scene="ballots")
        self._figures.add("ballot acknowledged", [(at - sent) / 1e6 for sent, at in pressed])
        self._figures.add("last ballot acknowledged", [(max(at for _, at in pressed) - pressed[0][0]) / 1e6])
        self._shown("tally on the consoles", pressed, column=1)
        self._settle("ballots", count)
        chair.post(f"{path}/votes/{vote}/close").done()
        votes = chair.get(path).body["sections"]["votes"]
        result = next(each for each in votes if each["vote"] == vote)["result"]
        assert {one["answer"]: one["votes"] for one in result["counts"]} == {"for": count, "against": 0, "abstain": 0}
        announced = chair.post(f"{path}/votes/{vote}/announce").done()["seq"]
        self._fleet.ask("reached", seq=announced)

    def requests(self) -> None:
        """A hundred ask to speak within a second; afterwards they take it back."""
        data = {"item": self._house.facts.item, "kind": "speech"}
        self._quiet()
        asking = min(ASKING, len(self._house.facts.places))
        pressed = self._press("speech_ask", data, most=asking, scene="requests to speak")
        self._figures.add("request acknowledged", [(at - sent) / 1e6 for sent, at in pressed])
        self._shown("queue on the consoles", pressed, column=2)
        self._settle("requests to speak", asking)
        chair, path = self._house.chair, self._house.path
        for speech in chair.get(path).body["sections"]["speaking"]["speeches"]:
            if speech["state"] == "waiting":
                chair.post(f"{path}/speaking/{speech['speech']}/refuse", {"reason": "Đo (demo)"}).done()

    def turns(self) -> None:
        """The chair turns pages; every seat hears of it."""
        self._quiet()
        meter = self._meter()
        for _ in range(TURNS):
            self._page = self._page % 40 + 1
            began_ns = time.monotonic_ns()
            seq = self._present(self._page)
            at = _all(self._fleet.ask("reached", seq=seq))
            self._figures.add("page turn at a seat", [(each - began_ns) / 1e6 for each in at])
            self._figures.add("page turn at the last seat", [(max(at) - began_ns) / 1e6])
            _rest(_GAP_S)
        self._figures.used["page turns"] = meter.stop()

    def returns(self) -> None:
        """The broker is killed, and started again a second later; meanwhile the chair turns a page."""
        after_ns = time.monotonic_ns()
        self._house.broker.kill()
        self._page = self._page % 40 + 1
        self._present(self._page)
        _rest(AWAY_S)
        self._house.broker.start()
        began_ns = time.monotonic_ns()
        meter = self._meter()
        at = _all(self._fleet.ask("back", after_ns=after_ns))
        self._figures.used["the broker's return"] = meter.stop()
        self._figures.add("seat caught up", [(each - began_ns) / 1e6 for each in at])
        self._figures.add("last seat caught up", [(max(at) - began_ns) / 1e6])
        self._figures.sizes.update(self._fleet.ask("sizes")[0]["sizes"])

    def _press(self, kind: str, data: dict[str, Any], *, most: int, scene: str) -> list[tuple[int, int]]:
        self._fleet.ask("prepare", kind=kind, data=data, most=most)
        self._screens.told()
        meter = self._meter()
        pressed = _pressed(self._fleet, most)
        self._figures.used[scene] = meter.stop()
        return pressed

    def _settle(self, scene: str, most: int) -> None:
        """Every seat was answered, once, and as it should be."""
        settled = self._fleet.ask("settle")
        outcomes = [each for answer in settled for each in answer["outcomes"]]
        assert len(outcomes) == most, len(outcomes)
        assert set(outcomes) == {"done"}, f"{scene}: {set(outcomes)}"
        assert not any(answer["twice"] for answer in settled), settled

    def _shown(self, name: str, pressed: list[tuple[int, int]], *, column: int) -> None:
        """From the k-th press until a console shows k or more, on every console."""
        shown: list[list[list[int]]] = [[] for _ in self._house.cookies]

        def all_there() -> bool:
            for found, told in zip(shown, self._screens.told(), strict=True):
                found.extend(told["counts"])
            return all(max((each[column] for each in found), default=0) >= len(pressed) for found in shown)

        try:
            until(all_there, timeout_s=_PATIENCE_S, every_s=0.2, what=name)
        except AssertionError as late:
            counts_now = [max((each[column] for each in found), default=0) for found in shown]
            raise AssertionError(f"{late}: {counts_now} of {len(pressed)}") from late
        for found in shown:
            counts = sorted((at, count[column]) for count in found if (at := count[0]) and count[column] >= 0)
            place = 0
            for number, (sent, _) in enumerate(pressed, 1):
                while counts[place][1] < number:
                    place += 1
                self._figures.add(name, [(counts[place][0] - sent) / 1e6])

    def _present(self, page: int) -> int:
        body = {"paper": self._house.facts.paper, "page": page}
        return int(self._house.chair.post(f"{self._house.path}/present", body).done()["seq"])

    def _quiet(self) -> None:
        _rest(1.0)

    def _meter(self) -> Meter:
        house = self._house
        groups = {"server": house.server_pids(), "broker": [house.broker.pid]}
        return Meter({**groups, "seats": self._fleet.pids, "consoles": self._screens.pids})


class Bare:
    """The same messages through a broker of its own, answered by nobody but an echo."""

    def __init__(self, house: House, broker: BenchBroker, fleet: Fleet, echo: Program, figures: Figures) -> None:
        self._house, self._broker, self._fleet, self._echo, self._figures = house, broker, fleet, echo, figures

    def press(self, name: str, *, most: int) -> None:
        """As people press, without anything behind it."""
        self._fleet.ask("prepare", kind="", data={}, most=most)
        pressed = _pressed(self._fleet, most)
        self._figures.add(name, [(at - sent) / 1e6 for sent, at in pressed])

    def turns(self) -> None:
        """One message to all seats."""
        seq = max(each["seq"] for each in self._fleet.ask("sizes"))
        for _ in range(TURNS):
            seq += 1
            self._echo.tell({"turn": self._figures.sizes["ev"]})
            began_ns = self._echo.answer()["began_ns"]
            at = _all(self._fleet.ask("reached", seq=seq))
            self._figures.add("page turn at a seat", [(each - began_ns) / 1e6 for each in at])
            self._figures.add("page turn at the last seat", [(max(at) - began_ns) / 1e6])
            _rest(_GAP_S)

    def returns(self) -> None:
        """Connected and subscribed again."""
        after_ns = time.monotonic_ns()
        self._broker.kill()
        _rest(AWAY_S)
        self._broker.start()
        began_ns = time.monotonic_ns()
        at = _all(self._fleet.ask("back", after_ns=after_ns))
        self._figures.add("seat caught up", [(each - began_ns) / 1e6 for each in at])
        self._figures.add("last seat caught up", [(max(at) - began_ns) / 1e6])


def bare_commits(folder: Path, count: int) -> float:
    """Milliseconds for ``count`` rows with a synced commit each, on the same disk, one after the other."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    for line in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE IF NOT EXISTS t (x TEXT)"):
        connection.execute(line)
    began_ns = time.monotonic_ns()
    for _ in range(count):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO t VALUES (?)", ("x" * 300,))
        connection.execute("COMMIT")
    took_ms = (time.monotonic_ns() - began_ns) / 1e6
    connection.close()
    return took_ms


def _pressed(fleet: Fleet, most: int) -> list[tuple[int, int]]:
    """When each was sent and answered, in the order of sending: all within a second."""
    begin_ns = time.monotonic_ns() + _SOON_NS
    answers = fleet.ask("press", begin_ns=begin_ns, spread_ns=SPREAD_NS, most=most)
    pressed = sorted((sent, at) for answer in answers for sent, at in answer["pressed"])
    assert len(pressed) == most, len(pressed)
    return pressed


def _all(answers: list[dict[str, Any]]) -> list[int]:
    return [at for answer in answers for at in answer["at"]]


def _rest(seconds: float) -> None:
    time.sleep(seconds)
