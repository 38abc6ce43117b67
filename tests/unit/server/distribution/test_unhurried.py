"""Reports wait while people wait, in each device's order and not for long (W24, W28)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.distribution.entries import Came, Entry, LinkChanged, Stop
from server.distribution.unhurried import CAN_WAIT, PATIENCE_S, Unhurried
from tests.support.meetings import an_id
from wire.ids import DeviceId
from wire.topics import Topic

DEVICES = [DeviceId(an_id("d", number)) for number in range(40)]


def came(device: int, lane: str, payload: bytes = b"") -> Came:
    return Came(Topic.up(DEVICES[device], lane), payload)


def test_W28_ballots_go_before_what_all_report() -> None:
    unhurried = Unhurried()
    reports: list[Entry] = [came(number, "health") for number in range(40)]
    ballots: list[Entry] = [came(number, "act") for number in (38, 39)]
    first = list(unhurried.sorted([*reports, *ballots], now_s=0.0, is_quiet=False))
    assert first == [reports[38], ballots[0], reports[39], ballots[1]]
    assert list(unhurried.sorted([], now_s=0.1, is_quiet=False)) == []
    rest: list[Entry] = []
    while unhurried.has_waiting:
        rest += unhurried.sorted([], now_s=0.1, is_quiet=True)
    assert rest == reports[:38]


def test_nothing_waits_for_long_however_much_is_said() -> None:
    unhurried, reports = Unhurried(), [came(number, "have") for number in range(40)]
    assert list(unhurried.sorted(reports, now_s=5.0, is_quiet=False)) == []
    assert list(unhurried.sorted([], now_s=5.0 + PATIENCE_S - 0.1, is_quiet=False)) == []
    assert list(unhurried.sorted([], now_s=5.0 + PATIENCE_S, is_quiet=False)) == reports


def test_what_came_before_the_connection_was_lost_or_the_end_goes_before_it() -> None:
    for end in (LinkChanged(is_up=False), Stop()):
        unhurried, report = Unhurried(), came(0, "have")
        assert list(unhurried.sorted([report, end], now_s=0.0, is_quiet=False)) == [report, end]


@given(
    said=st.lists(
        st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["have", "health", "act", "want", "hello", "gone"]))),
        max_size=12,
    )
)
def test_W24_a_device_is_heard_in_its_order_and_everything_once(said: list[list[tuple[int, str]]]) -> None:
    unhurried, number = Unhurried(), 0
    taken: list[Came] = []
    heard: list[Entry] = []
    for moment, lot in enumerate(said):
        entries = []
        for device, lane in lot:
            entries.append(came(device, lane, b"%d" % (number := number + 1)))
        taken += entries
        heard += unhurried.sorted(entries, now_s=moment / 2, is_quiet=moment % 3 == 0)
    heard += unhurried.sorted([], now_s=1_000.0, is_quiet=False)
    assert not unhurried.has_waiting
    for owner in DEVICES[:4]:
        in_order = [each for each in taken if each.topic.owner == owner]
        assert [each for each in heard if isinstance(each, Came) and each.topic.owner == owner] == in_order
    others = [each for each in taken if each.topic.lane not in CAN_WAIT]
    assert [each for each in heard if isinstance(each, Came) and each.topic.lane not in CAN_WAIT] == others
