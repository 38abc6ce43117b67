"""A real server for the consoles alone, without broker and seats, and the browser in front of it.

Rules: every scene that is looked at is examined (axe in both themes, size, touch); with ``PHONGHOP_TEST_PICTURES`` set
to a folder it is also kept there as pictures, light and dark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import chromium
from tests.browser.examining import pictured
from tests.browser.screen import DESK, Screen

Look = Callable[[Screen, str], None]
#: A machine that runs the whole suite is slow at times.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def screen(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Screen]:
    found = Screen(browser, request.node.name, size=DESK)
    # Nobody is signed in when a console is opened.
    found.expects(401, "/api/me")
    yield found
    assert found.complaints() == []


@pytest.fixture
def look() -> Look:
    return examine


def examine(screen: Screen, scene: str) -> None:
    """Nothing is wrong with what is on the screen; a picture of it, if somebody wants one."""
    pictured(screen, scene)
    assert screen.flaws() == []
