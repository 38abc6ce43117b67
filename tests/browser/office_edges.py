"""A house where things went differently than planned – minutes that contradict the record, terminals with every kind of
fault – and the pages on which people see that.

Rules: furnished as the house of long names, and through the same routes; what terminals say of themselves, which no
browser can make up, is put into the server's answer on its way to the page, judged by the server's own rules.

Usage::

    things = Edges(folder).furnish(); edges(things)
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Page, Route

from server.fleet.check import Papers, Terminal, examine, worst
from server.fleet.model import Device, DeviceState, Presence
from tests.browser.long_names import LongNames
from tests.browser.office_scenes import Scene, Things, called, press
from tests.support.devices import Terminal as Hardware
from tests.support.fleet import Enrolling
from wire.ids import DeviceId
from wire.messages import Machine

_NOW = dt.datetime.now(dt.UTC)
_MACHINE = Machine(
    booted_s=3600, temperature_c=50, under_voltage=False, memory_free_mb=900, painted_s=4, clock_off_ms=30, slot="A"
)
_PRESENCE = Presence(online=True, agent="phonghop 1.2.0", disk_free_mb=9_000, token="absent", machine=_MACHINE)
_DEVICE = Device(
    DeviceId("d-aaaaaaaaaaaaaaaa"), "123456789012", b"", "A-1", DeviceState.APPROVED, _NOW, _NOW,
    certificate_until=_NOW + dt.timedelta(days=25),
)  # fmt: skip
_WELL = Terminal(_DEVICE, _PRESENCE, Papers(12, 12), usual="phonghop 1.2.0")
_TERMINALS = (
    replace(_WELL, presence=replace(_PRESENCE, online=False)),
    replace(_WELL, presence=replace(_PRESENCE, machine=replace(_MACHINE, painted_s=95, temperature_c=83))),
    replace(_WELL, papers=Papers(7, 12), presence=replace(_PRESENCE, disk_free_mb=120)),
    replace(_WELL, presence=replace(_PRESENCE, agent="phonghop 1.1.0", token="off")),
    replace(_WELL, device=replace(_DEVICE, certificate_until=_NOW + dt.timedelta(days=2))),
    replace(_WELL, presence=replace(_PRESENCE, machine=replace(_MACHINE, under_voltage=True, clock_off_ms=8_000))),
    _WELL,
)
_FAR = "Phòng họp trực tuyến, tầng 7, nhà B, trụ sở Viện kiểm sát nhân dân tỉnh Mẫu tại đường Trần Hưng Đạo kéo dài"


class Edges(LongNames):
    """See the module."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._folder = folder

    def _arrives(self, things: Things) -> None:
        super()._arrives(things)
        secretary, it = self.sign_in("thuky"), self.sign_in("kythuat")
        minutes = f"/api/meetings/{things['held']}/minutes"
        rows = [each for part in secretary.get(minutes).done()["parts"] for each in part["paragraphs"]]
        row = next(each for each in rows if each["paragraph"] == "attended")
        counted = row["text"].replace("3", "4")
        assert counted != row["text"], f"there is no 3 to be counted anew in: {row['text']}"
        other = {"text": counted, "version": row["version"], "reason": "Đếm lại"}
        secretary.put(f"{minutes}/paragraphs/attended", other).done()
        bare = it.post("/api/rooms", {"name": _FAR, "seats": [{"label": "A1", "x": 500, "y": 300}]}).done()
        things |= {"room": self.room, "bare": bare["id"]}
        terminal = Enrolling(self, Hardware(self._folder))
        terminal.ask(serial="KS-2026-0000117")
        terminal.approve(it, self.seats[1]).done()


def _checked(page: Page) -> None:
    """The room as terminals with every fault would have it."""

    def answered(route: Route) -> None:
        found = route.fetch().json()
        # The first seat has no terminal, as it is.
        for at, seat in enumerate(found["seats"][1:]):
            findings = examine(_TERMINALS[min(at, len(_TERMINALS) - 1)], now=_NOW)
            seat |= {
                "device": f"d-{chr(97 + at % 26) * 16}",
                "serial": f"KS-2026-{at:07d}",
                "verdict": worst(findings).value,
                "findings": [each.to_value() for each in findings],
            }
        verdicts = [seat["verdict"] for seat in found["seats"]]
        found["counts"] = {name: verdicts.count(name) for name in found["counts"]}
        found |= {"meetings": 1, "papers": 12}
        route.fulfill(json=found)

    page.route("**/check", answered)
    page.get_by_role("button", name=called("roomcheck.again")).click()
    page.locator("td.warn").first.wait_for()
    page.unroute("**/check", answered)


def _printed(page: Page) -> None:
    _checked(page)
    page.emulate_media(media="print")


def _orders(page: Page) -> None:
    page.get_by_role("button", name=called("console.orders.one")).first.click()
    page.get_by_role("dialog").wait_for()


def edges(of: Things) -> list[Scene]:
    """What the house of long names has no cause to show."""
    return [
        Scene(
            "edge-minutes-differ",
            "thuky",
            f"/meetings/{of['held']}/minutes",
            press("minutes.sign.put_up"),
            states=False,
        ),
        Scene("edge-room-check", "kythuat", f"/rooms/{of['room']}/check", _checked),
        Scene("edge-room-bare", "kythuat", f"/rooms/{of['bare']}/check", states=False),
        Scene("edge-orders", "kythuat", "/devices", _orders, states=False),
        Scene("edge-room-printed", "kythuat", f"/rooms/{of['room']}/check", _printed, states=False, paper=True),
    ]
