"""The chair in a real Chromium that is killed: presses what is to be pressed until the meeting shows that it is done.

Rules: `kill -9` of the browser with all its processes, from any thread; the next one has an empty profile, signs in and
goes to the meeting. What was done is seen by another console, so that a click that was swallowed is made again.

Usage::

    with Pages(meeting) as chair:
        chair.opens(vote); chair.dies(); chair.closes(vote)
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from playwright.sync_api import BrowserContext, Locator, Page, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from deploy.demo import people
from tests.browser.chromium import Profile
from tests.browser.screen import DESK
from tests.support.kills.chair import Requests
from tests.support.kills.patience import GOES_ON_S, WAITS
from tests.support.kills.voter import RECORDED, Ballot
from tests.support.vote_room import VoteMeeting

_CLICK_MS = 1_500
_PAUSE_MS = 80
_TEXTS = {"for": "Tán thành", "against": "Không tán thành", "abstain": "Không biểu quyết"}


class Pages:
    """The ``Chair`` with hands; on the thread that made it, but for :meth:`dies`."""

    def __init__(self, meeting: VoteMeeting) -> None:
        self._meeting = meeting
        self._watch = Requests(meeting)
        self._driver: Playwright | None = None
        self._context: BrowserContext | None = None
        self._page: Page | None = None
        self._folder = ""

    def __enter__(self) -> Self:
        self._driver = sync_playwright().start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._put_away()
        if self._driver is not None:
            self._driver.stop()

    def dies(self) -> None:
        """Every process of the browser that is open now."""
        folder = self._folder
        for process in Path("/proc").glob("[0-9]*/cmdline") if folder else ():
            with contextlib.suppress(OSError, ValueError):
                if folder.encode() in process.read_bytes():
                    os.kill(int(process.parent.name), signal.SIGKILL)

    # The Chair

    def opens(self, vote: str) -> None:
        """From the list of what is prepared."""
        back = self._buttons("Vẫn mở biểu quyết", "Quay lại", "Mở")
        self._does(lambda page: back(page) or _panel(page, "Biểu quyết"), lambda: self._state(vote) == "open")

    def closes(self, vote: str) -> None:
        """And answers the question."""
        buttons = self._buttons("Đóng biểu quyết", "Đóng và thu phiếu")
        self._does(lambda page: buttons(page) or _panel(page, "Biểu quyết"), lambda: self._state(vote) == "closed")

    def announces(self, vote: str) -> None:
        """What was closed."""
        buttons = self._buttons("Công bố kết quả")
        self._does(lambda page: buttons(page) or _panel(page, "Biểu quyết"), lambda: self._state(vote) == "announced")

    def casts(self, ballot: Ballot) -> None:
        """In an open vote; the marks of an election are sent as the page sends them."""
        if ballot.kind == "election":
            self._watch.casts(ballot)
            return
        text = _TEXTS[ballot.answer]
        buttons = self._buttons(f"Gửi: {text}", text)
        self._does(lambda page: buttons(page) or _panel(page, "Biểu quyết"), lambda: self._has_cast(ballot.vote))
        ballot.told = RECORDED

    def gives_the_floor(self, speech: str, name: str) -> None:
        """Call, start, stop."""
        for label, state in (
            (f"Mời {name} phát biểu", "called"),
            ("Bắt đầu tính giờ", "speaking"),
            ("Kết thúc", "ended"),
        ):
            buttons = self._buttons(label)

            def press(page: Page, buttons: Callable[[Page], bool] = buttons) -> bool:
                return buttons(page) or _panel(page, "Phát biểu")

            def is_done(state: str = state) -> bool:
                speeches = self._watch.reads()["speaking"]["speeches"]
                found: str = next(each["state"] for each in speeches if each["speech"] == speech)
                return found == state

            self._does(press, is_done)

    # How

    def _state(self, vote: str) -> str:
        return str(self._watch.vote(vote)["state"])

    def _has_cast(self, vote: str) -> bool:
        me = self._meeting.room.furnished.persons[people.CHAIR.username]
        return any(line["person"] == me and line["voted"] for line in self._watch.vote(vote)["roll"])

    def _does(self, press: Callable[[Page], bool], is_done: Callable[[], bool]) -> None:
        began = time.monotonic()
        while not is_done():
            waited_s = time.monotonic() - began
            assert waited_s < GOES_ON_S, f"the chair's browser did not get on: {self._seen()}"
            try:
                page = self._there()
                press(page)
                page.wait_for_timeout(_PAUSE_MS)
            except PlaywrightError:
                if not self._is_alive():
                    self._put_away()
                else:
                    self._clears_away()
        WAITS.note(time.monotonic() - began, "the chair's browser")

    def _buttons(self, *names: str) -> Callable[[Page], bool]:
        """Press the first of these that can be pressed: the answer to a question before what asks it."""

        def press(page: Page) -> bool:
            dialog = page.get_by_role("dialog")
            places = [dialog] if dialog.count() else [page.get_by_role("main")]
            return any(
                _pressed(place.get_by_role("button", name=name, exact=True)) for place in places for name in names
            )

        return press

    def _there(self) -> Page:
        """The meeting in front of the chair, signed in."""
        if self._page is None:
            assert self._driver is not None
            self._folder = tempfile.mkdtemp(prefix="chair-")
            profile = Profile(self._driver, Path(self._folder))
            self._context = profile.new_context(viewport={"width": DESK[0], "height": DESK[1]}, locale="vi-VN")
            page = self._context.new_page()
            page.set_default_timeout(10 * _CLICK_MS)
            page.goto(f"{self._meeting.room.console_url}#/meetings/{self._meeting.meeting}/live")
            self._page = page
        name = self._page.get_by_label("Tên đăng nhập")
        if name.is_visible():
            name.fill(people.CHAIR.username)
            self._page.get_by_label("Mật khẩu", exact=True).fill(people.PASSWORD.reveal().decode())
            self._page.keyboard.press("Enter")
            name.wait_for(state="hidden", timeout=2 * _CLICK_MS)
        return self._page

    def _is_alive(self) -> bool:
        try:
            return self._page is not None and self._page.evaluate("1") == 1
        except PlaywrightError:
            return False

    def _clears_away(self) -> None:
        """What the console has said lies over the button."""
        with contextlib.suppress(PlaywrightError):
            assert self._page is not None
            self._page.locator(".notices").get_by_role("button", name="Đóng", exact=True).first.click(timeout=_CLICK_MS)

    def _seen(self) -> str:
        try:
            return "" if self._page is None else self._page.locator("body").inner_text()[:1500]
        except PlaywrightError as error:
            return str(error)

    def _put_away(self) -> None:
        self.dies()
        if self._context is not None:
            with contextlib.suppress(PlaywrightError):
                self._context.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._context = self._page = None
        self._folder = ""


def _panel(page: Page, name: str) -> bool:
    """Lay votes, or speaking, in front; the button counts who waits."""
    for button in page.get_by_role("main").get_by_role("button").all():
        words = (button.text_content() or "").strip()
        if words.partition(" (")[0] == name and button.get_attribute("aria-pressed") == "false":
            button.click(timeout=_CLICK_MS)
            return True
    return False


def _pressed(button: Locator) -> bool:
    if not button.count() or not button.first.is_visible() or not button.first.is_enabled():
        return False
    button.first.click(timeout=_CLICK_MS)
    return True
