"""The main job with everybody at once: chair, secretary, three seats and the display, each in a browser of their own.

The room is real: broker, server, proxy and seats as in the demo. At every scene the page is examined for axe, for
fingers and for its size; at the end for errors it kept to itself and requests that left its origin.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.examining import Examiner
from tests.browser.main_job import accounts, live, story, terminal
from tests.browser.main_job.cast import Cast
from tests.support.room_process import RunningRoom

pytestmark = pytest.mark.timeout(420)


def test_a_meeting_from_its_preparation_to_the_last_proof_of_recall(
    room: RunningRoom, browser: Browser, papers: Path
) -> None:
    examine = Examiner()
    cast = Cast.at(room, browser, papers=papers, look=examine)
    for act in story.ACTS:
        act(cast)
    assert examine.flaws == []
    assert [said for screen in cast.screens for said in screen.complaints()] == []
    for screen in cast.screens:
        screen.put_away()


def test_D1_a_terminal_is_admitted_by_its_code_and_cut_off_while_somebody_reads(
    room: RunningRoom, browser: Browser, papers: Path
) -> None:
    examine = Examiner()
    bench = terminal.Bench.at(room, browser, papers=papers, look=examine)
    for act in terminal.ACTS:
        act(bench)
    assert examine.flaws == []
    assert [said for screen in bench.screens for said in screen.complaints()] == []


def test_I4_an_administrator_makes_an_account_and_finds_the_desk_locked_after_a_break(
    room: RunningRoom, browser: Browser
) -> None:
    examine = Examiner()
    administrator = accounts.keep(room, browser, look=examine)
    assert examine.flaws == []
    assert administrator.screen.complaints() == []


def test_a_whole_live_meeting_of_forty_five_is_led_by_keyboard(
    room: RunningRoom, browser: Browser, papers: Path
) -> None:
    examine = Examiner()
    hall = live.Hall.at(room, browser, papers=papers, look=examine, glance=examine.glance)
    for act in live.ACTS:
        act(hall)
    assert examine.flaws == []
    assert [said for screen in hall.screens for said in screen.complaints()] == []
