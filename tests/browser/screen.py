"""One person's screen: a browser context of its own, and everything that goes wrong on it while nobody looks.

Rules: what a page asks for stays at the origin it was opened at, web sockets included; no error may appear in the
browser's console, except answers that the person is meant to get (``expects``), such as the 401 of a sign-in.

Usage::

    screen = Screen(browser, "seat B1", size=SEAT, touch=True)
    screen.opens(room.seat_url(0))
    assert screen.complaints() == []
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from tests.browser.chromium import Profile, contrast_faults, faults, layout_faults

Size = tuple[int, int]
#: The panel of a terminal, 10.1 inches; a chair's laptop, a smaller one; a large monitor, the display of the room.
SEAT: Size = (1280, 800)
DESK: Size = (1440, 900)
LAPTOP: Size = (1366, 768)
WALL: Size = (1920, 1080)
#: 10 mm on a panel of 1,280 pixels and 10.1 inches across.
TOUCHED_PX = 59
#: With a mouse: a line of text is not enough; WCAG 2.2 asks for 24, people asked for more.
CLICKED_PX = 32
#: Somebody signed out, or the desk was locked, before the live connection was there: the page takes it back, and
#: Chromium says so. When a connection comes is the machine's affair.
_TAKEN_BACK = "WebSocket is closed before the connection is established"


def keyed(wanted: Locator) -> None:
    """Enter on a button or a link that takes it: a key does not wait for that by itself, as a click does."""
    expect(wanted).to_be_enabled()
    wanted.press("Enter")


class Screen:
    """A window of the size of the thing it stands for; ``name`` says whose it is."""

    def __init__(self, browser: Browser | Profile, name: str, *, size: Size, touch: bool = False) -> None:
        self.name = name
        self.size = size
        self.touch = touch
        self._origin = ""
        self._said: list[str] = []
        self._expected: list[tuple[int, str]] = []
        self._context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            has_touch=touch,
            color_scheme="light",
            reduced_motion="reduce",
            locale="vi-VN",
        )
        self.page = self._listening(self._context.new_page())

    def opens(self, address: str) -> None:
        """Type an address, or let the kiosk open it."""
        self._origin = urlsplit(address).netloc
        self.page.goto(address)

    def expects(self, status: int, path: str) -> None:
        """An answer that the browser notes as an error, but that is right here; ``path`` is its beginning."""
        self._expected.append((status, path))

    @contextmanager
    def expecting(self, path: str, *statuses: int) -> Iterator[None]:
        """As :meth:`expects`, for a while."""
        known = list(self._expected)
        self._expected += [(status, path) for status in statuses]
        yield
        self._expected = known

    def complaints(self) -> list[str]:
        """What was said in the console, and which requests left the origin, since the beginning."""
        return [f"{self.name}: {each}" for each in self._said]

    def flaws(self) -> list[str]:
        """What is wrong with the page as it stands: for axe, for a finger, for its size; for eyes in the dark theme.

        A page goes on while it is examined, and axe takes a row that has just moved for one on another ground: what is
        wrong is looked at again, and counts when it still is.
        """
        found = self._looked_over()
        again = self._looked_over() if found else []
        return [f"{self.name}: {each}" for each in found if each in again]

    def misfits(self) -> list[str]:
        """Of :meth:`flaws` what is quickly seen: the size of the page and of what is touched."""
        found = self._measured()
        again = self._measured() if found else []
        return [f"{self.name}: {each}" for each in found if each in again]

    def _measured(self) -> list[str]:
        least = TOUCHED_PX if self.touch else CLICKED_PX
        return layout_faults(self.page, least_px=least, scrolls=not self.touch)

    def _looked_over(self) -> list[str]:
        least = TOUCHED_PX if self.touch else CLICKED_PX
        found = faults(self.page, least_px=least, scrolls=not self.touch)
        self.themed("dark")
        found += [f"in the dark theme: {each}" for each in contrast_faults(self.page)]
        self.themed("light")
        return found

    def themed(self, theme: str) -> None:
        """Light or dark, as the machine asks for it."""
        self.page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")

    def switched_off(self) -> None:
        """The window is gone, as when a terminal loses power."""
        self.page.close()

    def switched_on(self) -> None:
        """A new window, with nothing in it yet."""
        self.page = self._listening(self._context.new_page())

    def put_away(self) -> None:
        """Nobody looks at it any more."""
        self._context.close()

    def _listening(self, page: Page) -> Page:
        page.on("pageerror", lambda error: self._said.append(str(error)))
        page.on("console", self._heard)
        page.on("request", lambda sent: self._sent(sent.url))
        page.on("websocket", lambda socket: self._sent(socket.url))
        return page

    def _sent(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.netloc != self._origin and parts.scheme not in {"data", "blob"}:
            self._said.append(f"asked another origin: {url}")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"} or _TAKEN_BACK in message.text:
            return
        path = urlsplit(message.location["url"]).path
        if not any(f"status of {status} " in message.text and path.startswith(at) for status, at in self._expected):
            self._said.append(f"{message.type} at {path}: {message.text}")
