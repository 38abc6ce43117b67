"""One key at two places is noticed, and nothing honest is taken for it (W184)."""

from __future__ import annotations

import itertools

import pytest

from server.distribution.copies import AGAIN_S, STARTS, Copies
from tests.support.meetings import an_id
from tests.support.office import START
from wire.ids import DeviceId
from wire.messages import Head, Hello

ONE, TWO = DeviceId(an_id("d", 1)), DeviceId(an_id("d", 2))


def said(copies: Copies, starts: str, *, device: DeviceId = ONE, now_s: float = 0.0) -> list[str]:
    """What is told while hellos of these starts come, one letter a hello; a boot lasts over two starts of the agent."""
    told = []
    for number, start in enumerate(starts):
        head = Head(device, bytes([number]) * 16, 0, START)
        hello = Hello(head, start.encode() * 32, f"boot-{start.lower()}", "agent/1", open=True)
        found = copies.heard(device, hello, now_s=now_s)
        told += [] if found is None else [found]
    return told


@pytest.mark.parametrize(
    ("starts", "why"),
    [
        ("aaaaaa", "a connection that comes and goes, a server that is started anew and hears them again"),
        ("aAbBcC", "an agent that is started anew within a boot, and the next boot"),
        ("abcdefghijklmnop", "a machine that starts and starts"),
    ],
)
def test_W184_nothing_honest_is_taken_for_a_copy(starts: str, why: str) -> None:
    assert said(Copies(), starts) == [], why


def test_W184_two_machines_in_turns_are_told_with_both_their_starts() -> None:
    assert said(Copies(), "aba") == ["agent/1 boot-b | agent/1 boot-a"]


def test_W184_two_agents_of_one_boot_are_two_as_well() -> None:
    assert len(said(Copies(), "aAa")) == 1


def test_W184_it_is_told_again_only_after_a_minute() -> None:
    copies = Copies()
    assert len(said(copies, "abababab")) == 1
    assert said(copies, "ab", now_s=AGAIN_S - 1) == []
    assert len(said(copies, "ab", now_s=AGAIN_S + 1)) == 1


def test_W184_one_device_says_nothing_of_another_and_one_that_went_is_forgotten() -> None:
    copies = Copies()
    said(copies, "ab")
    assert said(copies, "a", device=TWO) == []
    copies.forget(ONE)
    assert said(copies, "a") == []


def test_W184_memory_is_bounded_and_the_newest_starts_count() -> None:
    copies = Copies()
    many = "".join(itertools.islice(map(chr, itertools.count(ord("b"))), STARTS + 1))
    assert said(copies, "a" + many + "a") == [], "left too long ago"
    assert len(said(copies, many[-1])) == 1
