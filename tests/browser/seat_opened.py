"""A seat with somebody in front of it, in a browser, against a twin of the agent.

Rules: nothing that the page asks for leaves the seat, and no error stays unsaid.

Usage::

    with seat(browser, presenting=having.presenting()) as (twin, person):
        person.opens_paper(REPORT)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, expect

import web
from tests.browser import seat_sections as having
from tests.browser.seat_person import Person
from tests.browser.seat_twin import SeatTwin
from tests.support.poll import until

SUBMISSION = "Tờ trình số 3/TTr-VKS về dự thảo Nghị quyết"
REPORT = "Báo cáo kết quả công tác quý III năm 2026"


@contextmanager
def seat(browser: Browser, state: str = "signed_in", **sections: Any) -> Iterator[tuple[SeatTwin, Person]]:
    """A seat in this state with somebody in front of it; no request may leave it, no error may stay unsaid."""
    with SeatTwin(web.dist(), having.sections(state, **sections), having.PAPERS) as twin:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, has_touch=True)
        page = context.new_page()
        said: list[str] = []
        abroad: list[str] = []
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("console", lambda message: said.append(message.text) if "Content Security" in message.text else None)
        own = urlsplit(twin.address).netloc
        page.on("request", lambda sent: abroad.append(sent.url) if urlsplit(sent.url).netloc != own else None)
        page.goto(twin.address)
        expect(page.get_by_role("main")).not_to_be_empty()
        # Patches are told to those who listen.
        until(lambda: twin.streams)
        expect(page.get_by_label("Đang tải…")).to_have_count(0)
        yield twin, Person(page)
        context.close()
        assert abroad == [], "every request stays at the seat"
        assert said == []
