"""People in front of screens that are watched by `watch.js`: at a seat, at the console, before the wall.

Usage::

    seat = Readers(browser).seat(room, 0)
    seat.opens(title); seat.jumps(40); seat.turns(41)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, expect

from deploy.demo import meeting as plans
from deploy.demo import people
from tests.browser.pages_console import ConsolePerson
from tests.browser.pages_seat import SeatPerson
from tests.browser.screen import DESK, SEAT, WALL, Screen
from tests.support.poll import until
from tests.support.room_process import RunningRoom

_SCRIPT: Final = Path(__file__).with_name("watch.js")
_PATIENCE_S: Final = 30.0


@dataclass
class Reader:
    """A watched page; ``to_list`` brings the list of papers back, ``row`` finds a paper in it."""

    name: str
    page: Page
    row: str = ""
    to_list: Callable[[], None] = lambda: None

    def opens(self, title: str) -> float:
        """A paper's first page."""
        expect(self.page.locator(self.row).filter(has_text=title).first).to_be_visible()
        return self._ms("([row, title]) => bench.click(1, row, title)", [self.row, title])

    def turns(self, page: int, key: str = "PageDown") -> float:
        """To the neighbour ``page``, by ``key``."""
        return self._ms("([page, key]) => bench.turn(page, key)", [page, key])

    def jumps(self, page: int) -> float:
        """To any page, from the moment its number is confirmed."""
        self.page.evaluate("bench.forget()")
        self.page.evaluate("bench.openJump()")
        expect(self.page.locator("dialog[open] input")).to_be_visible()
        return self._ms("(page) => bench.jump(page)", page)

    def plain(self, page: int) -> float:
        """The same reader's picture of ``page`` in an ``<img>``."""
        address = str(self.page.evaluate("bench.address()"))
        head, _, rest = address.rpartition("/pages/")
        return self._ms("(address) => bench.plain(address)", f"{head}/pages/{page}?{rest.partition('?')[2]}")

    def has_ahead(self, *pages: int) -> None:
        """Wait until these pages have been fetched."""
        until(
            lambda: set(pages) <= set(self.page.evaluate("bench.fetched()")),
            timeout_s=_PATIENCE_S,
            every_s=0.05,
            what=f"pages {pages} ahead at {self.name}",
        )

    def forget(self) -> None:
        """What was fetched so far does not count."""
        self.page.evaluate("bench.forget()")

    def painted_at(self, page: int, after_s: float, *, timeout_s: float = _PATIENCE_S) -> float:
        """When ``page`` was painted, in seconds since 1970, not before ``after_s``."""

        def found() -> float | None:
            for each in reversed(self.page.evaluate("bench.painted()")):
                if each["page"] == page and each["at"] / 1000 >= after_s:
                    return float(each["at"]) / 1000
            return None

        at = until(found, timeout_s=timeout_s, every_s=0.02, what=f"page {page} at {self.name}")
        assert at is not None
        return at

    def _ms(self, script: str, words: Any) -> float:
        return float(self.page.evaluate(script, words))


def watched(browser: Browser, name: str, *, size: tuple[int, int], touch: bool = False) -> Screen:
    """A screen with the script in it."""
    screen = Screen(browser, name, size=size, touch=touch)
    screen.page.context.add_init_script(path=_SCRIPT)
    return screen


def seat(browser: Browser, room: RunningRoom, index: int) -> Reader:
    """A delegate, signed in, with the list of papers in front."""
    screen = watched(browser, f"seat {index + 1}", size=SEAT, touch=True)
    person = SeatPerson(screen, partial(room.seat_url, index))
    person.switches_on()
    person.signs_in()

    return _at_seat(screen)


def again(browser: Browser, room: RunningRoom, index: int) -> Reader:
    """As :func:`seat`, where the person is signed in already."""
    screen = watched(browser, f"seat {index + 1}", size=SEAT, touch=True)
    SeatPerson(screen, partial(room.seat_url, index)).switches_on()
    expect(screen.page.get_by_role("complementary", name="Thao tác")).to_be_visible()
    return _at_seat(screen)


def _at_seat(screen: Screen) -> Reader:
    def to_list() -> None:
        actions = screen.page.get_by_role("complementary", name="Thao tác")
        actions.get_by_role("button", name="Tài liệu", exact=True).tap()
        expect(screen.page.locator(".stage")).to_have_count(0)

    return Reader(screen.name, screen.page, ".list button", to_list)


def console(browser: Browser, room: RunningRoom) -> Reader:
    """The secretary, with the list of papers in front."""
    screen = watched(browser, "console", size=DESK)
    person = ConsolePerson(screen, room.console_url)
    person.arrives()
    person.signs_in(people.SECRETARY)
    screen.page.get_by_role("main").get_by_role("link").filter(has_text=plans.MAIN.title).last.click()
    person.goes_to("Tài liệu")

    def to_list() -> None:
        screen.page.get_by_role("link", name="Quay lại").click()
        expect(screen.page.locator(".stage")).to_have_count(0)

    return Reader(screen.name, screen.page, "main a", to_list)


def leads(reader: Reader, meeting: str) -> None:
    """From the papers of the console to the view that follows what is presented."""
    reader.page.evaluate("(place) => { location.hash = place; }", f"#/meetings/{meeting}/live")
    expect(reader.page.get_by_role("group", name="Màn hình chung")).to_be_visible()


def wall(browser: Browser, room: RunningRoom) -> Reader:
    """The room display."""
    screen = watched(browser, "display", size=WALL)
    screen.opens(room.display_url)
    return Reader(screen.name, screen.page)


def poller(browser: Browser, room: RunningRoom, meeting: str) -> Reader:
    """The yardstick: a bare page that asks for the meeting every second and shows its page in an ``<img>``."""
    context = browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, bypass_csp=True)
    context.add_init_script(path=_SCRIPT)
    page = context.new_page()
    page.goto(room.addresses.console("thuky") + "healthz")
    signed_in = page.evaluate(
        """async (body) => (await fetch('/api/sign-in', { method: 'POST', body: JSON.stringify(body),
          headers: { 'Content-Type': 'application/json' } })).ok""",
        {"username": people.DEPUTY.username, "password": people.PASSWORD.reveal().decode()},
    )
    assert signed_in
    page.evaluate(
        "(meeting) => { document.body ??= document.createElement('body'); bench.poll(meeting, 1000); }", meeting
    )
    return Reader("polling page", page)
