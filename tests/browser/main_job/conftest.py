"""One room with four terminals, three of them admitted, for all the tests in this folder; the browser beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import chromium
from tests.support.room_process import RunningRoom, running_room


@pytest.fixture(scope="module")
def papers(demo_paper_folder: Path) -> Path:
    return demo_paper_folder


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRoom]:
    with running_room(tmp_path_factory.mktemp("main-job"), seats=4) as running:
        yield running


@pytest.fixture(scope="module")
def browser(papers: Path) -> Iterator[Browser]:
    # Papers first: signing one runs an event loop of its own, which cannot be while the browser's driver runs one.
    with chromium() as running:
        yield running
