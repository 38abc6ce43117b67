"""How terminals are looked after, through the routes: hours of screens, maintenance, switching on (D4, W187–W190)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from server.db.errors import DatabaseAway
from server.fleet.model import Presence
from server.keeping.model import VIETNAM, Days, Kept, broadcasts, days_of, magic_packet
from server.workdays.model import Day, Kind
from tests.support.devices import Terminal
from tests.support.fleet import Enrolling
from tests.support.office import START, Browser, Office
from wire.ids import DeviceId, RoomId
from wire.messages import Head, Keeping, Machine, Maintenance, Message

MAC = "00:1e:06:01:02:03"


@dataclass
class Saying:
    """The port `PresenceSource`: who is there, and how their machines are."""

    online: set[DeviceId] = field(default_factory=set)
    machines: dict[DeviceId, Machine] = field(default_factory=dict)
    last_seen: dict[DeviceId, dt.datetime] = field(default_factory=dict)

    def presence(self, devices: Collection[DeviceId]) -> Mapping[DeviceId, Presence]:
        return {
            device: Presence(
                online=device in self.online,
                last_seen_at=self.last_seen.get(device),
                machine=self.machines.get(device),
            )
            for device in devices
            if device in self.online or device in self.machines or device in self.last_seen
        }


class Room:
    """An office with terminals, what they are told, and a network in which packets are caught."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder / "office")
        self.presence = Saying()
        self.office.services.slots.presence = self.presence
        self.told: list[tuple[str, Keeping]] = []
        #: what waits to be sent, while ``holds`` says so
        self.waiting: list[tuple[str, Any]] = []
        self.holds = False
        self.sent: list[tuple[bytes, str]] = []
        self.deaf = False
        self.it = self.office.sign_in("kythuat")
        self._folder = folder
        self._count = 0
        self.office.services.distribution.say = self._say  # type: ignore[method-assign]
        self.office.services.keeping._tools.broadcast.send = self._send  # type: ignore[method-assign]  # noqa: SLF001 - the network

    def _say(self, device: str, build: Any) -> None:
        if self.holds:
            self.waiting.append((device, build))
            return
        message: Message = build(Head(DeviceId(device), bytes(16), 1, START))
        assert isinstance(message, Keeping)
        self.told.append((device, message))

    def _send(self, packet: bytes, address: str) -> None:
        if self.deaf:
            raise OSError("no such network")
        self.sent.append((packet, address))

    def terminal(self) -> DeviceId:
        """One more that was approved."""
        self._count += 1
        folder = self._folder / str(self._count)
        folder.mkdir()
        made = Enrolling(self.office, Terminal(folder))
        made.ask()
        assert made.approve(self.it, self.office.seats[self._count - 1]).status == 204
        return DeviceId(made.terminal.id)

    def row(self, device: DeviceId) -> dict[str, Any]:
        [found] = [each for each in self.it.get("/api/devices").body["devices"] if each["id"] == device]
        return dict(found)

    def recorded(self, kind: str) -> list[dict[str, Any]]:
        with self.office.services.database.read() as tx:
            return [event.data for event in self.office.services.audit.store.all(tx) if event.kind == kind]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


@pytest.fixture
def it(room: Room) -> Browser:
    return room.it


def test_W188_days_that_differ_are_those_of_this_year_and_the_next() -> None:
    entered = [
        Day(dt.date(2027, 2, 8), Kind.OFF, "Tết"),
        Day(dt.date(2027, 2, 13), Kind.OFF, "a Saturday"),
        Day(dt.date(2027, 2, 20), Kind.WORKED, "made up for"),
        Day(dt.date(2026, 9, 2), Kind.WORKED, "not a holiday here"),
    ]
    days = days_of(entered, dt.date(2026, 11, 23))
    assert dt.date(2027, 2, 8) in days.off
    assert dt.date(2026, 4, 30) in days.off
    assert dt.date(2026, 9, 2) not in days.off
    assert days.worked == (dt.date(2027, 2, 20),)
    assert {day.year for day in days.off} == {2026, 2027}
    assert all(day.weekday() < 5 for day in days.off)
    assert days_of([], dt.date(2026, 1, 1)) != Days()


def test_W187_hours_of_a_room_are_kept_told_and_never_set_over_what_nobody_saw(room: Room, it: Browser) -> None:
    device, place = room.terminal(), f"/api/rooms/{room.office.room}/screens"
    assert it.get(place).body == {"hours": None}
    day = {"begins": 420, "ends": 1050}
    assert it.put(place, {"hours": day, "was": None}).status == 200
    [(told, message)] = room.told
    assert (told, message.maintenance) == (device, None)
    assert message.hours is not None
    assert (message.hours.begins, message.hours.ends) == (420, 1050)
    other = it.put(place, {"hours": {"begins": 0, "ends": 60}, "was": None})
    assert (other.code, other.data) == ("screen-hours-changed", {"hours": day})
    assert room.office.services.keeping.told(device, RoomId(room.office.room))[0] == message.hours
    assert it.put(place, {"hours": None, "was": day}).status == 200
    assert room.told[-1][1].hours is None
    assert [each["hours"] for each in room.recorded("screen_hours_set")] == [day, None]


def test_W187_a_day_that_was_entered_reaches_the_seats(room: Room, it: Browser) -> None:
    room.terminal()
    it.put(f"/api/rooms/{room.office.room}/screens", {"hours": {"begins": 420, "ends": 1050}, "was": None})
    keeping, saturday = room.office.services.keeping, dt.date(2026, 12, 5)
    keeping.look_at_days()
    assert len(room.told) == 1, "nothing is new"
    days = room.office.services.workdays
    days.enter(Day(saturday, Kind.WORKED, "bù"), actor="person:u-1", act="a-aaaaaaaaaaaaaaaa", now=START)
    keeping.look_at_days()
    assert room.told[-1][1].hours is not None
    assert room.told[-1][1].hours.worked == (saturday,)
    assert room.office.services.clock.now().astimezone(VIETNAM).year == 2026


@pytest.mark.parametrize(
    "hours", [{"begins": 60, "ends": 60}, {"begins": -1, "ends": 5}, {"begins": 0, "ends": 1441}, 7]
)
def test_W187_hours_that_are_none_are_refused(room: Room, it: Browser, hours: object) -> None:
    assert it.put(f"/api/rooms/{room.office.room}/screens", {"hours": hours, "was": None}).status == 400


def test_W189_a_terminal_under_maintenance_is_told_shown_and_outlives_the_server(room: Room, it: Browser) -> None:
    device, _ = room.terminal(), room.terminal()
    place = f"/api/devices/{device}/maintenance"
    beside = it.get("/api/rooms").body["rooms"][0]["seats"][1]
    assert it.post(place, {"reason": "Hỏng màn hình", "instead": beside["id"]}).status == 200
    assert room.row(device)["maintenance"]["reason"] == "Hỏng màn hình"
    assert room.row(device)["maintenance"]["instead"] == beside["label"]
    assert room.told[-1][1].maintenance is not None
    seats = [each for each in it.get("/api/rooms").body["rooms"][0]["seats"] if each["device"]]
    assert [each["device"]["maintenance"] for each in seats] == [True, False]
    check = it.get(f"/api/rooms/{room.office.room}/check").body
    [found] = [each for each in check["seats"] if each["device"] == device]
    assert [(each["what"], each["code"]) for each in found["findings"]] == [("maintenance", "kept")]
    services = room.office.services
    again = type(services.keeping)(services.keeping._tools)  # noqa: SLF001 - as a server that has just started
    assert again.told(device, None)[1] == room.told[-1][1].maintenance
    assert it.post(f"{place}/end", {}).status == 204
    assert room.row(device)["maintenance"] is None
    assert [each.maintenance for _, each in room.told][-1] is None
    assert it.post(f"{place}/end", {}).code == "device-not-kept"
    assert [len(room.recorded(kind)) for kind in ("device_kept", "device_kept_no_more")] == [1, 1]


def test_W189_people_are_asked_only_to_a_seat_of_the_room_that_is_in_use(room: Room, it: Browser) -> None:
    here, there = room.terminal(), room.terminal()
    seats, place = room.office.seats, f"/api/devices/{here}/maintenance"
    assert it.post(place, {"reason": "Hỏng", "instead": seats[2]}).code == "seat-instead-unfit", "nothing stands there"
    kept = room.terminal()
    assert it.post("/api/rooms", {"name": "Phòng 2", "seats": [{"label": "B1", "x": 10, "y": 20}]}).status == 201
    away = next(each for one in it.get("/api/rooms").body["rooms"] for each in one["seats"] if each["label"] == "B1")
    assert it.post(f"/api/devices/{kept}/maintenance", {"reason": "Hỏng", "instead": ""}).status == 200
    unfit = (seats[0], seats[2], away["id"], "bàn phụ cuối phòng", "s-aaaaaaaaaaaaaaaa")
    for wrong in unfit:
        refused = it.post(place, {"reason": "Hỏng", "instead": wrong})
        assert (refused.status, refused.code) == (409, "seat-instead-unfit"), wrong
    assert room.row(here)["maintenance"] is None
    assert it.post(place, {"reason": "Hỏng", "instead": seats[1]}).body["uninvited"] == []
    label = room.row(there)["seat_label"]
    assert room.row(here)["maintenance"]["instead"] == label
    # The seat that people were asked to is looked after itself: nobody is sent there any more.
    told = len(room.told)
    given = it.post(f"/api/devices/{there}/maintenance", {"reason": "Hỏng", "instead": ""})
    assert given.body["uninvited"] == [room.row(here)["seat_label"]]
    assert room.row(here)["maintenance"]["instead"] == ""
    last = {device: message.maintenance for device, message in room.told[told:]}[here]
    assert last is not None
    assert last.instead == ""


def test_W189_words_that_were_typed_before_seats_were_chosen_stay_readable(room: Room, it: Browser) -> None:
    device, keeping = room.terminal(), room.office.services.keeping
    with room.office.services.database.begin() as tx:
        words = Maintenance("Hỏng", START, "bàn phụ cuối phòng")
        keeping._tools.store.keep(tx, device, Kept(words, "Cán bộ kỹ thuật"))  # noqa: SLF001 - as an older server wrote
    keeping._load()  # noqa: SLF001 - as a server that has just started
    assert room.row(device)["maintenance"]["instead"] == "bàn phụ cuối phòng"
    assert keeping.told(device, None)[1] == words


def test_W189_in_a_room_that_meets_only_who_says_so_and_it_ends_with_the_terminal(room: Room, it: Browser) -> None:
    device = room.terminal()
    place = f"/api/devices/{device}/maintenance"
    room.office.meeting("open")
    assert it.post(place, {"reason": "Hỏng", "instead": ""}).code == "device-in-meeting"
    assert it.post(place, {"reason": "Hỏng", "instead": "", "sure": True}).status == 200
    assert it.post(f"/api/devices/{device}/revoke", {"reason": "thay máy khác"}).status in {202, 204}
    assert room.office.services.keeping.told(device, None)[1] is None
    assert it.post(place, {"reason": " ", "instead": ""}).status == 400


def test_W189_what_was_committed_and_could_not_be_read_back_is_told_by_the_next_press(
    room: Room, it: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    device, keeping = room.terminal(), room.office.services.keeping
    place = f"/api/devices/{device}/maintenance"
    assert it.post(place, {"reason": "Hỏng", "instead": ""}).status == 200

    def away() -> None:
        raise DatabaseAway

    with monkeypatch.context() as gone:
        gone.setattr(keeping, "_load", away)
        assert it.post(f"{place}/end", {}).code == "database-away"
    assert keeping.told(device, None)[1] is not None, "memory has the older state"
    assert it.post(f"{place}/end", {}).code == "device-not-kept"
    assert keeping.told(device, None)[1] is None
    assert room.told[-1][1].maintenance is None


def test_W187_days_that_could_not_be_told_are_told_the_next_time(
    room: Room, it: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.terminal()
    it.put(f"/api/rooms/{room.office.room}/screens", {"hours": {"begins": 420, "ends": 1050}, "was": None})
    keeping, saturday = room.office.services.keeping, dt.date(2026, 12, 5)
    day = Day(saturday, Kind.WORKED, "bù")
    room.office.services.workdays.enter(day, actor="person:u-1", act="a-aaaaaaaaaaaaaaaa", now=START)

    def away(_: object) -> None:
        raise DatabaseAway

    with monkeypatch.context() as gone:
        gone.setattr(keeping, "_tell", away)
        with pytest.raises(DatabaseAway):
            keeping.look_at_days()
    assert len(room.told) == 1
    keeping.look_at_days()
    assert room.told[-1][1].hours is not None
    assert room.told[-1][1].hours.worked == (saturday,)


def test_W187_a_seat_is_told_what_holds_when_it_is_told(room: Room, it: Browser) -> None:
    device = room.terminal()
    room.holds = True
    assert it.post(f"/api/devices/{device}/maintenance", {"reason": "Hỏng", "instead": ""}).status == 200
    assert it.post(f"/api/devices/{device}/maintenance/end", {}).status == 204
    room.holds = False
    for told, build in reversed(room.waiting):
        room.office.services.distribution.say(told, build)
    assert [message.maintenance for _, message in room.told] == [None, None]


def test_W187_a_terminal_that_is_moved_is_told_the_hours_of_its_new_room(room: Room, it: Browser) -> None:
    device = room.terminal()
    it.put(f"/api/rooms/{room.office.room}/screens", {"hours": {"begins": 420, "ends": 1050}, "was": None})
    made = it.post("/api/rooms", {"name": "Phòng 2", "seats": [{"label": "B1", "x": 10, "y": 20}]})
    assert made.status == 201, made.body
    seat = next(each for one in it.get("/api/rooms").body["rooms"] for each in one["seats"] if each["label"] == "B1")
    assert it.post(f"/api/devices/{device}/seat", {"seat": seat["id"]}).status == 204
    assert (room.told[-1][0], room.told[-1][1].hours) == (device, None)
    assert it.post(f"/api/devices/{device}/seat", {"seat": room.office.seats[0]}).status == 204
    assert room.told[-1][1].hours is not None


def test_W189_nobody_puts_a_terminal_under_maintenance_that_is_revoked_meanwhile_and_what_stayed_can_be_ended(
    room: Room, it: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    device, keeping = room.terminal(), room.office.services.keeping
    place, approved = f"/api/devices/{device}/maintenance", keeping._device(device)  # noqa: SLF001 - as it was before
    assert it.post(place, {"reason": "Hỏng", "instead": ""}).status == 200
    with monkeypatch.context() as away:
        away.setattr(keeping, "fleet_changed", lambda _change: None)
        assert it.post(f"/api/devices/{device}/revoke", {"reason": "thay máy khác"}).status in {202, 204}
    with monkeypatch.context() as early:
        early.setattr(keeping, "_device", lambda _device: approved)
        assert it.post(place, {"reason": "Khác", "instead": ""}).code == "device-unknown"
    assert it.post(f"{place}/end", {}).status == 204
    assert keeping.told(device, None)[1] is None


def test_W190_the_packet_is_six_bytes_and_sixteen_addresses_and_goes_to_a_private_network_alone() -> None:
    packet = magic_packet(MAC)
    assert packet == b"\xff" * 6 + b"\x00\x1e\x06\x01\x02\x03" * 16
    assert broadcasts("10.1.2.0/24") == ("255.255.255.255", "10.1.2.255")
    assert broadcasts("172.16.0.0/16")[1:] == ("172.16.255.255",)
    others = ("127.1.0.0/16", "169.254.0.0/16", "192.0.2.0/24", "198.18.0.0/16")
    for away in ("", "8.8.8.0/24", "10.0.0.0/8", "10.1.2.3/32", "10.1.2.2/31", "0.0.0.0/0", *others):
        assert broadcasts(away) == ("255.255.255.255",)


def test_W190_a_terminal_that_is_off_is_switched_on_and_one_that_cannot_be_is_named(room: Room, it: Browser) -> None:
    off, pi, new = (room.terminal() for _ in range(3))
    room.presence.online = {off, pi}
    room.presence.machines = {
        off: Machine(booted_s=1, mac=MAC, subnet="10.1.2.0/24", wakes=True),
        pi: Machine(booted_s=1, mac="dc:a6:32:00:00:01", subnet="10.1.2.0/24", wakes=False),
    }
    room.office.services.keeping.note_cards()
    # What they said is kept when they, and the server, are off.
    room.presence.online, room.presence.machines = set(), {}
    given = it.post("/api/devices/wake", {"devices": [off, pi, new]})
    assert [each["outcome"] for each in given.body["results"]] == ["sent", "cannot", "unknown"]
    assert set(room.sent) == {(magic_packet(MAC), "255.255.255.255"), (magic_packet(MAC), "10.1.2.255")}
    assert room.recorded("device_woken") == [{"devices": [off]}]
    assert room.row(off)["woken_at"] is not None
    assert room.row(off)["card"] == {"mac": MAC, "wakes": True}
    room.presence.online = {off}
    assert room.row(off)["woken_at"] is None, "it is there"
    given = it.post("/api/devices/wake", {"devices": [off]})
    assert [each["outcome"] for each in given.body["results"]] == ["online"]
    assert len(room.recorded("device_woken")) == 1


def test_W190_one_that_came_and_went_again_has_come(room: Room, it: Browser) -> None:
    device = room.terminal()
    room.presence.online = {device}
    room.presence.machines = {device: Machine(booted_s=1, mac=MAC, wakes=True)}
    room.office.services.keeping.note_cards()
    room.presence.online, room.presence.last_seen = set(), {device: START - dt.timedelta(hours=1)}
    it.post("/api/devices/wake", {"devices": [device]})
    assert room.row(device)["woken_at"] is not None, "seen before it was switched on"
    room.presence.last_seen = {device: room.office.services.clock.now() + dt.timedelta(minutes=1)}
    assert room.row(device)["woken_at"] is None, "nobody looked while it was there"


def test_W190_a_network_that_takes_no_packet_is_said(room: Room, it: Browser) -> None:
    device = room.terminal()
    room.presence.online = {device}
    room.presence.machines = {device: Machine(booted_s=1, mac=MAC, wakes=True)}
    room.office.services.keeping.note_cards()
    room.presence.online, room.deaf = set(), True
    given = it.post("/api/devices/wake", {"devices": [device]})
    assert given.body["results"] == [{"device": device, "outcome": "failed"}]
    assert room.row(device)["woken_at"] is None
    assert it.post("/api/devices/wake", {"devices": []}).status == 400
    assert it.post("/api/devices/wake", {"devices": ["d-aaaaaaaaaaaaaaaa"]}).code == "device-unknown"
