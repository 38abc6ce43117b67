"""One browser for what a file tries at a seat: starting it takes longer than many of these tests.

Not one for all of them: a worker does other files in between, and whoever runs an event loop there finds Playwright's.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running
