"""When a seat calls itself well, and when its screen is started anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.vault.run_dir import RunDir
from edge.vigil import CLOCK_S, FIRST_PAGE_S, HANGS_FILE, WELL_FILE, Signs, Vigil

WATCH_S = 20.0
BEGAN_S = 100.0


def signs(*, ago: float | None = 1.0, online: bool = True, readers: bool = True, ahead: float | None = 0.4) -> Signs:
    return Signs(online=online, readers=readers, ahead_s=ahead, painted_ago_s=ago)


@pytest.fixture
def vigil(tmp_path: Path) -> Vigil:
    return Vigil(RunDir(tmp_path, boot="b"), watch_s=WATCH_S, now_s=BEGAN_S)


def said(folder: Path) -> set[str]:
    found = {each.name for each in folder.iterdir()}
    for each in folder.iterdir():
        each.unlink()
    return found


def test_all_four_signs_together_are_told_once(vigil: Vigil, tmp_path: Path) -> None:
    vigil.look(101.0, signs(ago=None))
    assert said(tmp_path) == set(), "no page has been drawn"
    vigil.look(103.0, signs())
    assert said(tmp_path) == {WELL_FILE}
    vigil.look(104.0, signs())
    assert said(tmp_path) == set()


def test_a_slot_is_good_when_root_has_said_so_and_not_before(tmp_path: Path) -> None:
    good = tmp_path / "good"
    vigil = Vigil(RunDir(tmp_path / "run", boot="b"), watch_s=WATCH_S, now_s=BEGAN_S, good=good)
    assert not vigil.look(103.0, signs())
    assert said(tmp_path / "run") == {WELL_FILE}, "root is asked"
    assert not vigil.look(104.0, signs())
    good.touch()
    assert [vigil.look(at, signs(online=False)) for at in (105.0, 106.0)] == [True, False]


@pytest.mark.parametrize(
    "missing",
    [
        signs(online=False),
        signs(readers=False),
        signs(ahead=None),
        signs(ahead=CLOCK_S + 1),
        signs(ahead=-CLOCK_S - 1),
        signs(ago=None),
    ],
)
def test_with_one_of_them_missing_nothing_is_told(vigil: Vigil, tmp_path: Path, missing: Signs) -> None:
    vigil.look(103.0, missing)
    assert said(tmp_path) == set()
    vigil.look(104.0, signs())
    assert said(tmp_path) == {WELL_FILE}, "as soon as it is there, it counts"


def test_a_screen_that_drew_and_stopped_is_started_anew_and_has_time_to_come_up(vigil: Vigil, tmp_path: Path) -> None:
    vigil.look(140.0, signs(ago=WATCH_S, online=False))
    assert said(tmp_path) == set()
    vigil.look(141.0, signs(ago=WATCH_S + 1, online=False))
    assert said(tmp_path) == {HANGS_FILE}
    vigil.look(141.0 + FIRST_PAGE_S, signs(ago=FIRST_PAGE_S + WATCH_S + 1, online=False))
    assert said(tmp_path) == set(), "what was drawn before the new start counts no more"
    vigil.look(400.0, signs(ago=WATCH_S + 1, online=False))
    assert said(tmp_path) == {HANGS_FILE}, "the next time as well"


def test_a_screen_that_never_comes_up_is_started_anew_again_and_again(vigil: Vigil, tmp_path: Path) -> None:
    for now_s in (BEGAN_S + FIRST_PAGE_S + 1, BEGAN_S + 2 * FIRST_PAGE_S + 2):
        vigil.look(now_s - 1, signs(ago=None))
        assert said(tmp_path) == set()
        vigil.look(now_s, signs(ago=None))
        assert said(tmp_path) == {HANGS_FILE}


def test_a_seat_without_a_screen_of_its_own_tells_nothing(tmp_path: Path) -> None:
    vigil = Vigil(RunDir(tmp_path, boot="b"), watch_s=0, now_s=0.0)
    vigil.look(1.0, signs())
    vigil.look(1e6, signs(ago=None))
    assert said(tmp_path) == set()


def test_a_file_that_cannot_be_written_costs_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("no folder")
    vigil = Vigil(RunDir(tmp_path / "run", boot="b"), watch_s=WATCH_S, now_s=0.0)
    vigil.look(1.0, signs(ago=0.5))
    vigil.look(1e6, signs(ago=None))
    (tmp_path / "run").unlink()
    vigil.look(1e6 + FIRST_PAGE_S, signs(ago=None))
    assert not (tmp_path / "run").exists(), "the screen has its time to come up all the same"
    vigil.look(1e6 + FIRST_PAGE_S + 1, signs(ago=None))
    assert said(tmp_path / "run") == {HANGS_FILE}


def dark(*, ago: float) -> Signs:
    return Signs(online=True, readers=True, ahead_s=0.0, painted_ago_s=ago, is_dark=True)


def test_W188_a_dark_screen_is_waited_for_as_at_a_start_and_so_it_is_from_its_light_on(
    vigil: Vigil, tmp_path: Path
) -> None:
    vigil.look(103.0, signs())
    said(tmp_path)
    vigil.look(202.0, dark(ago=100.0))
    vigil.look(203.0, signs(ago=101.0))
    assert said(tmp_path) == set(), "it has just been lit"
    vigil.look(203.0 + FIRST_PAGE_S, signs(ago=101.0 + FIRST_PAGE_S))
    assert said(tmp_path) == set()
    vigil.look(204.0 + FIRST_PAGE_S, signs(ago=102.0 + FIRST_PAGE_S))
    assert said(tmp_path) == {HANGS_FILE}


def test_W188_a_page_that_hangs_in_the_dark_does_not_stay_black_for_ever(vigil: Vigil, tmp_path: Path) -> None:
    vigil.look(103.0, signs())
    said(tmp_path)
    vigil.look(102.0 + FIRST_PAGE_S, dark(ago=FIRST_PAGE_S))
    assert said(tmp_path) == set()
    vigil.look(103.0 + FIRST_PAGE_S, dark(ago=FIRST_PAGE_S + 1))
    assert said(tmp_path) == {HANGS_FILE}
    vigil.look(104.0 + FIRST_PAGE_S, dark(ago=FIRST_PAGE_S + 2))
    assert said(tmp_path) == set(), "it has time to come up"


def test_W188_a_slot_that_started_in_the_dark_is_well_all_the_same(vigil: Vigil, tmp_path: Path) -> None:
    vigil.look(103.0, Signs(online=True, readers=True, ahead_s=0.0, painted_ago_s=1.0, is_dark=True))
    assert said(tmp_path) == {WELL_FILE}
