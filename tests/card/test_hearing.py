"""When the card service is to be started again: not for nothing, not too often, always when it is deaf (G67)."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.agent import Agent
from edge.card.hearing import MOST_ASKS, PATIENCE_S, RESTS_S, Hearing, Look, observe
from edge.card.watchdog import DEAF_FILE, Watchdog, ccid_devices
from edge.card.watching import CardIn, ReadersChanged, ServiceBack, ServiceGone
from edge.helped import RunCommand, TouchFile
from edge.settings import Settings
from tests.support.poll import until

TOKEN, OTHER = "1-1:1.0#3", "1-2:1.0#4"


@dataclass
class Play:
    """Looks, one a second."""

    hearing: Hearing = field(default_factory=Hearing)
    now_s: float = 1000.0
    asked_at: list[float] = field(default_factory=list)

    def look(self, *devices: str, readers: int, in_use: bool = False, came: bool = False, seconds: int = 1) -> int:
        """The same for so many seconds; how often it was asked."""
        before = len(self.asked_at)
        for second in range(seconds):
            seen = Look(frozenset(devices), readers, in_use, came and not second)
            self.hearing, is_deaf = observe(self.hearing, seen, now_s=self.now_s)
            if is_deaf:
                self.asked_at.append(self.now_s)
            self.now_s += 1
        return len(self.asked_at) - before


@pytest.fixture
def play() -> Play:
    return Play()


def test_G67_a_token_that_no_reader_comes_for_is_asked_for_after_some_seconds(play: Play) -> None:
    play.look(readers=0, seconds=60)
    assert play.look(TOKEN, readers=0, seconds=int(PATIENCE_S)) == 0
    assert play.look(TOKEN, readers=0) == 1


def test_G67_a_reader_that_is_still_listed_though_its_token_is_out_does_not_hide_it(play: Play) -> None:
    play.look(TOKEN, readers=1, came=True)
    play.look(TOKEN, readers=1, in_use=True, seconds=30)
    play.look(readers=1, seconds=5)
    assert play.look("1-1:1.0#9", readers=1, seconds=20) == 1, "the same port, another device"


def test_G67_what_was_there_before_us_is_judged_by_number_alone(play: Play) -> None:
    assert play.look(TOKEN, readers=1, came=True, seconds=600) == 0
    assert Play().look(TOKEN, OTHER, readers=1, came=True, seconds=20) == 1


def test_G67_a_reader_without_a_card_is_no_fault(play: Play) -> None:
    play.look(readers=0, seconds=30)
    assert play.look(TOKEN, readers=1, came=True, seconds=600) == 0
    play.look(readers=0, seconds=3)
    assert play.look("1-1:1.0#5", readers=1, came=True, seconds=600) == 0


def test_G67_the_reader_of_the_token_before_is_not_the_next_one_s(play: Play) -> None:
    """In, out and another in, within a second each: what a person does who took the wrong token."""
    play.look(TOKEN, readers=1, came=True)
    play.look(readers=1)
    assert play.look("1-1:1.0#9", readers=1, seconds=20) == 1


def test_G67_while_a_token_is_held_nobody_is_disturbed(play: Play) -> None:
    play.look(TOKEN, readers=1, in_use=True, came=True)
    assert play.look(TOKEN, OTHER, readers=1, in_use=True, seconds=600) == 0
    assert play.look(TOKEN, OTHER, readers=1, seconds=1) == 1, "as soon as it is out"


def test_G67_what_does_not_help_is_asked_for_less_and_less_and_then_no_more(play: Play) -> None:
    play.look(readers=0, seconds=30)
    play.look(TOKEN, readers=0, seconds=3600)
    gaps = [later - first for first, later in zip(play.asked_at, play.asked_at[1:], strict=False)]
    assert (len(play.asked_at), gaps) == (MOST_ASKS, list(RESTS_S[: MOST_ASKS - 1]))
    assert play.look("1-1:1.0#9", readers=0, seconds=20) == 1, "another device is another matter"
    assert play.look("1-1:1.0#10", readers=0, seconds=600) == 0, "but a rest is a rest"
    assert play.look("1-1:1.0#10", readers=0, seconds=600) == 1


def test_G67_a_device_of_an_unknown_kind_does_not_make_every_other_one_suspect(play: Play) -> None:
    play.look(OTHER, readers=0, seconds=3600)
    play.look(OTHER, TOKEN, readers=1, came=True)
    assert play.look(OTHER, TOKEN, readers=1, seconds=3600) == 0


# ------------------------------------------------------------ whatever happens


_PLUGGED = [frozenset(each) for count in range(3) for each in itertools.combinations(("a#1", "b#2", "b#3"), count)]
_LOOKS = [Look(*each) for each in itertools.product(_PLUGGED, (0, 1, 2), (False, False, True), (False, True))]
_DAYS = st.lists(st.tuples(st.sampled_from(_LOOKS), st.sampled_from((0.4, 1.0, 3.0, 20.0, 400.0))), max_size=30)


@given(_DAYS)
def test_G67_it_is_not_asked_for_too_often_nor_while_a_token_is_held(
    day: list[tuple[Look, float]],
) -> None:
    hearing, now_s = Hearing(), 0.0
    asked: list[float] = []
    for look, rest_s in day:
        hearing, is_deaf = observe(hearing, look, now_s=now_s)
        if is_deaf:
            assert not look.in_use
            assert look.devices
            assert not asked or now_s - asked[-1] >= RESTS_S[0]
            asked.append(now_s)
        assert set(hearing.asks) <= look.devices
        assert all(count <= MOST_ASKS for count in hearing.asks.values())
        now_s += rest_s


@given(st.lists(st.tuples(st.sampled_from(("in", "out")), st.integers(1, 40), st.integers(0, 5)), max_size=30))
def test_G67_a_service_that_hears_is_never_asked_to_start_again(steps: list[tuple[str, int, int]]) -> None:
    """Tokens in and out at any pace; each has its reader after at most five seconds, and its card with it."""
    play, number, inside = Play(), 1, ""
    for what, seconds, slow in steps:
        if what == "in" and not inside:
            inside = f"1-1:1.0#{number}"
            number += 1
            play.look(inside, readers=0, seconds=slow)
            play.look(inside, readers=1, came=True)
            play.look(inside, readers=1, in_use=True, seconds=seconds)
        elif what == "out":
            # The device goes at once, reader and card a moment later.
            play.look(readers=int(bool(inside)), in_use=bool(inside))
            inside = ""
            play.look(readers=0, seconds=seconds)
    assert play.asked_at == []


@given(st.integers(0, 3), st.booleans(), st.integers(0, 200))
def test_G67_a_deaf_service_is_found_out(listed: int, was_used: bool, idle_s: int) -> None:  # noqa: FBT001
    """However many readers it goes on listing, and whatever was before."""
    play = Play()
    play.look(*([TOKEN] if listed else []), readers=listed, came=bool(listed))
    if was_used and listed:
        play.look(TOKEN, readers=listed, in_use=True, seconds=20)
    play.look(readers=listed, seconds=3 + idle_s)
    assert play.look("1-1:1.0#77", readers=listed, seconds=int(PATIENCE_S) + 2) == 1


# ------------------------------------------------------------ the parts that touch the machine


def _plug(ports: Path, place: str, number: int, kind: str) -> None:
    (ports / place).mkdir(exist_ok=True)
    (ports / place / "devnum").write_text(f"{number}\n")
    interface = ports / f"{place}:1.0"
    interface.mkdir(exist_ok=True)
    (interface / "bInterfaceClass").write_text(f"{kind}\n")


def test_G67_smart_card_interfaces_are_found_as_the_kernel_shows_them(tmp_path: Path) -> None:
    assert ccid_devices(tmp_path / "no usb") == frozenset()
    _plug(tmp_path, "1-1", 3, "0b")
    _plug(tmp_path, "1-2", 4, "03")
    _plug(tmp_path, "2-1.4", 7, "0b")
    assert ccid_devices(tmp_path) == {"1-1:1.0#3", "2-1.4:1.0#7"}
    (tmp_path / "1-1" / "devnum").unlink()
    assert ccid_devices(tmp_path) == {"2-1.4:1.0#7"}, "it was pulled out between two lines"


def test_G67_the_watchdog_puts_together_what_the_service_told_and_asks_by_a_file(tmp_path: Path) -> None:
    ports, asked = tmp_path / "usb", tmp_path / DEAF_FILE
    ports.mkdir()
    watchdog = Watchdog(TouchFile(asked), devices=lambda: ccid_devices(ports))
    watchdog.heard(ReadersChanged(()))
    _plug(ports, "1-1", 3, "0b")
    assert not watchdog.look(now_s=0)
    watchdog.heard(ReadersChanged(("Reader 00 00",)))
    watchdog.heard(CardIn("Reader 00 00", b"", 1))
    watchdog.holds(in_use=True)
    assert not watchdog.look(now_s=PATIENCE_S + 1)
    # Out, and in again: the service is silent, and goes on listing the reader and the card in it.
    watchdog.holds(in_use=False)
    _plug(ports, "1-1", 4, "0b")
    assert not watchdog.look(now_s=100)
    assert not asked.exists()
    assert watchdog.look(now_s=101 + PATIENCE_S)
    assert asked.exists()
    # Started again, it lists the same name: that is a reader that came.
    for event in (ServiceGone("card-service-absent"), ServiceBack(), ReadersChanged(("Reader 00 00",))):
        watchdog.heard(event)
    assert not watchdog.look(now_s=1000)


def test_G67_it_looks_by_itself_until_it_is_stopped() -> None:
    looks: list[int] = []

    def plugged() -> frozenset[str]:
        looks.append(1)
        return frozenset()

    watchdog = Watchdog(lambda: None, devices=plugged, look_s=0.01)
    watchdog.start()
    until(lambda: len(looks) > 3, what="it looks")
    watchdog.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "card-watchdog"]


def test_G67_where_there_is_no_systemd_a_command_is_run_and_its_failure_only_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = tmp_path / "made by the command"
    for command in (f"touch '{made}'", "false", "/no/such/program"):
        watchdog = Watchdog(RunCommand(command), devices=lambda: frozenset({TOKEN}))
        watchdog.look(now_s=0)
        assert watchdog.look(now_s=PATIENCE_S)
    assert made.exists()
    assert caplog.text.count("cannot be started again from here") == 2


@pytest.mark.parametrize("command", ["", "touch 'by a command'"])
def test_G67_the_agent_asks_as_its_settings_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    settings = Settings(
        server_url="https://room.example",
        ca_sha256="0" * 64,
        data_dir=tmp_path / "data",
        run_dir=tmp_path / "run",
        pcscd_restart=command,
    )
    agent = Agent(settings)
    assert agent._cards is not None  # noqa: SLF001 - what the agent has put together
    watchdog = agent._cards._watchdog  # noqa: SLF001
    assert watchdog is not None
    watchdog._ask()  # noqa: SLF001
    assert (tmp_path / "run" / DEAF_FILE).exists() is not bool(command)
    assert (tmp_path / "by a command").exists() is bool(command)
