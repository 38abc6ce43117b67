"""Releases and roll-outs over HTTP: what IT brings, begins, stops, sees; what seats fetch and say (D5, W176, W177)."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from server.errors import ServerError
from server.fleet.model import Presence
from server.updates.errors import BundleTooLarge, StorageFull
from server.updates.files import BundleFiles
from server.updates.rollouts import Rollouts
from server.updates.routes import FETCHES
from tests.support.bundles import COMPATIBLE, Maker
from tests.support.devices import Terminal
from tests.support.fleet import Enrolling
from tests.support.office import START, Browser, Office, fresh_id
from wire.ids import DeviceId, MeetingId
from wire.messages import Head, Machine, Message, Update, Updating

OLD = "20261101.080000"
NEW = "20261124.080000"


@dataclass
class Fleet:
    """The distribution's two ends of a roll-out: how terminals are, and what they are told."""

    office: Office
    rollouts: Rollouts
    machines: dict[DeviceId, Machine] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)
    words: dict[str, Update] = field(default_factory=dict)

    def presence(self, devices: Collection[DeviceId]) -> Mapping[DeviceId, Presence]:
        return {each: Presence(online=True, machine=self.machines[each]) for each in devices if each in self.machines}

    def say(self, device: str, build: Callable[[Head], Message]) -> None:
        message = build(Head(DeviceId(device), bytes(16), 1, START))
        assert isinstance(message, Update)
        self.told.append((device, message.kind))
        self.words[device] = message

    def answer(self, device: DeviceId, state: str, reason: str = "", done: int = 0) -> None:
        word = self.words[device]
        self.rollouts.heard(device, Updating(word.head, word.update, word.release.version, state, done, reason))

    def runs(self, device: DeviceId, image: str) -> None:
        self.machines[device] = Machine(booted_s=60, image=image, slot="A", compatible=COMPATIBLE)


@pytest.fixture(scope="module")
def maker() -> Maker:
    return Maker.new()


@pytest.fixture
def office(tmp_path: Path, maker: Maker) -> Office:
    found = Office(tmp_path)
    (found.services.settings.data_dir / "update-ca.pem").write_bytes(maker.authority_pem)
    return found


@pytest.fixture
def it(office: Office) -> Browser:
    return office.sign_in("kythuat")


@pytest.fixture
def fleet(office: Office) -> Fleet:
    found = Fleet(office, office.services.rollouts)
    office.services.slots.presence = found
    office.services.rollouts.say = found.say
    return found


@pytest.fixture
def seats(office: Office, it: Browser, fleet: Fleet, tmp_path: Path) -> list[DeviceId]:
    found = []
    for number in range(3):
        folder = tmp_path / f"seat-{number}"
        folder.mkdir()
        made = Enrolling(office, Terminal(folder))
        made.ask()
        assert made.approve(it, office.seats[number]).status == 204
        found.append(DeviceId(made.terminal.id))
        fleet.runs(found[-1], OLD)
    return found


def upload(it: Browser, data: bytes, name: str = "seat.raucb", **headers: str) -> Any:
    sent = {"X-CSRF-Token": it.csrf, "Idempotency-Key": fresh_id("a"), **headers}
    return it.client.post(f"/api/updates/releases?name={name}", data=data, headers=sent)


def begin(it: Browser, data: bytes, lab: DeviceId, **body: Any) -> Any:
    release = hashlib.sha256(data).hexdigest()
    return it.post("/api/updates/rollouts", {"release": release, "lab": lab, "soak_h": 0, **body})


def board(it: Browser) -> dict[str, Any]:
    found: dict[str, Any] = it.get("/api/updates").done()["rollouts"][0]
    return found


def steps(it: Browser) -> dict[str, str]:
    return {row["device"]: row["step"] for row in board(it)["terminals"]}


def go_on(office: Office, **span: float) -> None:
    office.clock.advance(**span)
    office.services.rollouts.go_on(now=office.clock.now())


def test_D5_a_bundle_is_taken_listed_and_fetched_in_pieces(office: Office, it: Browser, maker: Maker) -> None:
    data = maker.bundle()
    taken = upload(it, data)
    assert taken.status_code == 201
    assert upload(it, data).status_code == 201
    [release] = it.get("/api/updates").done()["releases"]
    assert (release["version"], release["size"], release["name"]) == (NEW, len(data), "seat.raucb")
    path = f"/api/releases/{release['sha256']}"
    seat = office.app.test_client()
    assert seat.get(path).data == data
    part = seat.get(path, headers={"Range": "bytes=1000-"})
    assert (part.status_code, part.data) == (206, data[1000:])
    for wrong in ("0" * 64, "..", "x" * 64, release["sha256"].upper()):
        assert seat.get(f"/api/releases/{wrong}").status_code == 404


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda data: data[:-1], "bundle-broken"),
        (lambda data: b"x" + data[1:], "bundle-altered"),
        (lambda _data: b"", "bundle-broken"),
        (lambda _data: b"PK\x03\x04" * 9_000, "bundle-broken"),
        (lambda _data: Maker.new().bundle(), "bundle-unsigned"),
    ],
)
def test_D5_what_is_no_good_bundle_is_refused_and_leaves_nothing(
    office: Office, it: Browser, maker: Maker, spoil: Callable[[bytes], bytes], code: str
) -> None:
    refused = upload(it, spoil(maker.bundle()))
    assert refused.get_json()["error"]["code"] == code
    assert it.get("/api/updates").done()["releases"] == []
    assert list((office.services.settings.data_dir / "releases").iterdir()) == []


def test_D5_the_same_version_with_other_bytes_is_another_s_and_refused(it: Browser, maker: Maker) -> None:
    assert upload(it, maker.bundle()).status_code == 201
    assert upload(it, maker.bundle(b"other" * 8192)).get_json()["error"]["code"] == "release-known"


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_D5_who_trusts_nobody_takes_nothing(office: Office, it: Browser, maker: Maker, content: bytes | None) -> None:
    file = office.services.settings.data_dir / "update-ca.pem"
    file.unlink() if content is None else file.write_bytes(content)
    assert upload(it, maker.bundle()).get_json()["error"]["code"] == "update-authority-missing"
    assert it.get("/api/updates").done()["authority"] is False


def _told(left: Iterator[int], _path: Path) -> int:
    return next(left)


@pytest.mark.parametrize(
    ("limit", "free", "refusal"),
    [(999, [10**9] * 9, BundleTooLarge), (10**6, [10**6] * 9, StorageFull), (10**6, [10**9, 10**6], StorageFull)],
    ids=["large", "full", "filled meanwhile"],
)
def test_D5_what_has_no_room_is_refused_before_and_while_it_comes(
    tmp_path: Path, limit: int, free: list[int], refusal: type[ServerError]
) -> None:
    for told in (1_000, None):
        left = iter(free)
        files = BundleFiles(tmp_path, reserve_mib=1, limit_bytes=limit, free_bytes=partial(_told, left))
        with pytest.raises(refusal), files.receive(io.BytesIO(bytes(1_000)), expected_bytes=told, name="one"):
            raise AssertionError
    assert list(tmp_path.iterdir()) == []


def test_D5_from_one_seat_over_one_room_to_all_of_them(
    office: Office, it: Browser, fleet: Fleet, seats: list[DeviceId], maker: Maker
) -> None:
    lab, *others = seats
    upload(it, data := maker.bundle())
    assert begin(it, data, lab).status == 201
    for word, state in (("fetch", "fetched"), ("install", "installed"), ("restart", "good")):
        go_on(office, seconds=5)
        assert fleet.told[-1] == (lab, word)
        fleet.answer(lab, state)
    fleet.runs(lab, NEW)
    # Ready at once, for nothing was to be waited for: then its room, one after the other, then all.
    go_on(office, seconds=5)
    done = {lab}
    for _ in others:
        told = lab
        for word, state in (("fetch", "fetched"), ("install", "installed"), ("restart", "good")):
            go_on(office, seconds=5)
            assert board(it)["stage"] == "room"
            told, kind = DeviceId(fleet.told[-1][0]), fleet.told[-1][1]
            assert kind == word
            assert told not in done
            fleet.answer(told, state)
        fleet.runs(told, NEW)
        done.add(told)
    assert done == set(seats)
    for _ in range(3):
        go_on(office, seconds=5)
    assert board(it)["state"] == "done"
    assert set(steps(it).values()) == {"good"}


def test_D5_the_first_that_falls_back_stops_it_and_it_says_so(
    office: Office, it: Browser, fleet: Fleet, seats: list[DeviceId], maker: Maker
) -> None:
    upload(it, data := maker.bundle())
    rollout = begin(it, data, seats[0]).done()["id"]
    go_on(office, seconds=5)
    fleet.answer(seats[0], "fallen-back", "unwell")
    go_on(office, seconds=5)
    found = board(it)
    assert (found["state"], found["fault"]) == ("stopped", {"device": seats[0], "reason": "unwell"})
    told = len(fleet.told)
    go_on(office, minutes=10)
    assert len(fleet.told) == told
    # IT has looked: it is tried anew, under another id.
    first = fleet.words[seats[0]].update
    assert it.post(f"/api/updates/rollouts/{rollout}/resume").status == 204
    go_on(office, seconds=5)
    assert fleet.told[-1] == (seats[0], "fetch")
    assert fleet.words[seats[0]].update != first
    # What it said of the try before is not this one's.
    office.services.rollouts.heard(
        seats[0], Updating(fleet.words[seats[0]].head, first, NEW, "fallen-back", reason="unwell")
    )
    go_on(office, seconds=5)
    assert board(it)["state"] == "running"


@pytest.mark.parametrize(("before_min", "words"), [(59, []), (-30, []), (61, ["fetch"])])
def test_D5_nothing_is_sent_within_the_hour_before_a_meeting_nor_during_it(
    fleet: Fleet, seats: list[DeviceId], maker: Maker, before_min: int, words: list[str]
) -> None:
    office = fleet.office
    starts_at = office.services.meetings.state(MeetingId(office.meeting("approved"))).starts_at
    assert starts_at is not None
    office.clock.moment = starts_at - dt.timedelta(minutes=before_min)
    it = office.sign_in("kythuat")
    upload(it, data := maker.bundle())
    begin(it, data, seats[0]).done()
    go_on(office)
    assert [kind for _, kind in fleet.told] == words
    assert (steps(it)[seats[0]] == "meeting") is not bool(words)


def test_D5_stop_end_skip_and_hurry_are_done_once_and_only_where_they_can_be(
    office: Office, it: Browser, fleet: Fleet, seats: list[DeviceId], maker: Maker
) -> None:
    upload(it, data := maker.bundle())
    path = f"/api/updates/rollouts/{begin(it, data, seats[0], soak_h=24).done()['id']}"
    assert begin(it, data, seats[1]).code == "rollout-goes-on"
    assert it.post(f"{path}/hurry").code == "rollout-not-so"
    go_on(office, seconds=5)
    assert it.post(f"{path}/skip", {"device": seats[1]}).status == 204
    assert it.post(f"{path}/stop").status == 204
    assert it.post(f"{path}/stop").code == "rollout-not-so"
    go_on(office, minutes=5)
    assert [kind for _, kind in fleet.told] == ["fetch"]
    assert it.post(f"{path}/end").status == 204
    assert fleet.told[-1] == (seats[0], "cancel")
    assert it.post(f"{path}/resume").code == "rollout-not-so"
    assert it.post("/api/updates/rollouts/a-aaaaaaaaaaaaaaaa/stop").code == "rollout-unknown"
    assert steps(it)[seats[1]] == "skipped"


def test_D5_once_ready_the_next_stage_may_be_hurried(
    office: Office, it: Browser, fleet: Fleet, seats: list[DeviceId], maker: Maker
) -> None:
    upload(it, data := maker.bundle())
    path = f"/api/updates/rollouts/{begin(it, data, seats[0], soak_h=24).done()['id']}"
    fleet.runs(seats[0], NEW)  # it came with it
    go_on(office, seconds=5)
    assert board(it)["next_at"] is not None
    assert it.post(f"{path}/hurry").status == 204
    assert board(it)["stage"] == "room"


def test_D5_a_release_below_what_seats_have_run_is_not_begun(
    office: Office, it: Browser, fleet: Fleet, seats: list[DeviceId], maker: Maker
) -> None:
    newer = maker.bundle(minimum="20261120.0")
    older = maker.bundle(version="20261119.0")
    upload(it, newer), upload(it, older)
    first = begin(it, newer, seats[0]).done()["id"]
    go_on(office, seconds=5)
    fleet.answer(seats[0], "good")
    go_on(office, seconds=5)
    it.post(f"/api/updates/rollouts/{first}/end").done()
    refused = begin(it, older, seats[1])
    assert (refused.code, refused.data) == ("release-too-old", {"minimum": "20261120.0"})


def test_D5_terminals_that_are_off_when_the_server_starts_again_are_waited_for(
    office: Office, it: Browser, fleet: Fleet, seats: list[DeviceId], maker: Maker
) -> None:
    lab, other, unheard = seats
    del fleet.machines[unheard]
    upload(it, data := maker.bundle())
    begin(it, data, lab).done()
    go_on(office, seconds=5)
    fleet.answer(lab, "good")
    fleet.runs(lab, NEW)
    # The server has started again, and knows of nobody but the first how it is.
    del fleet.machines[other]
    office.services.rollouts._images = None  # noqa: SLF001 - what a start forgets
    for _ in range(5):
        go_on(office, seconds=5)
    assert (board(it)["stage"], board(it)["state"]) == ("all", "running")
    assert steps(it) == {lab: "good", other: "off", unheard: "off"}
    for seat in (other, unheard):
        fleet.runs(seat, NEW)
    go_on(office, seconds=5)
    assert board(it)["state"] == "done"


def test_D5_one_that_was_well_and_runs_another_image_is_tried_anew_when_it_goes_on(
    office: Office, it: Browser, fleet: Fleet, seats: list[DeviceId], maker: Maker
) -> None:
    upload(it, data := maker.bundle())
    rollout = begin(it, data, seats[0], soak_h=1).done()["id"]
    go_on(office, seconds=5)
    fleet.answer(seats[0], "good")
    go_on(office, seconds=5)
    go_on(office, minutes=2)
    assert board(it)["fault"] == {"device": seats[0], "reason": "unwell"}
    assert it.post(f"/api/updates/rollouts/{rollout}/resume").status == 204
    go_on(office, seconds=5)
    assert (board(it)["state"], fleet.told[-1]) == ("running", (seats[0], "fetch"))


def test_D5_who_was_off_when_a_rollout_was_ended_is_told_to_drop_it_when_it_comes(
    office: Office, it: Browser, fleet: Fleet, seats: list[DeviceId], maker: Maker
) -> None:
    upload(it, data := maker.bundle())
    rollout = begin(it, data, seats[0]).done()["id"]
    go_on(office, seconds=5)
    it.post(f"/api/updates/rollouts/{rollout}/end").done()
    fleet.told.clear()
    fleet.answer(seats[0], "fetching", done=40)
    go_on(office, seconds=5)
    assert fleet.told == [(seats[0], "cancel")]


def test_D5_the_next_room_has_to_hold_such_terminals(
    it: Browser, fleet: Fleet, seats: list[DeviceId], maker: Maker
) -> None:
    upload(it, data := maker.bundle())
    assert begin(it, data, seats[0], room="r-aaaaaaaaaaaaaaaa").code == "lab-seat-wrong"


def test_D5_so_many_fetch_at_once_and_no_more(office: Office, it: Browser, maker: Maker) -> None:
    upload(it, data := maker.bundle())
    path = f"/api/releases/{hashlib.sha256(data).hexdigest()}"
    seat = office.app.test_client()
    held = [seat.get(path, headers={"Range": "bytes=5-"} if n % 2 else {}) for n in range(FETCHES)]
    refused = seat.get(path)
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (503, "release-busy")
    for each in held:
        each.close()
    for asked, status in [({}, 200), ({"Range": "bytes=5-"}, 206), ({"Range": "bytes=99999999-"}, 416)] * FETCHES:
        with seat.get(path, headers=asked) as answer:
            assert answer.status_code == status
        with seat.head(path) as answer:
            assert answer.status_code == 200


def test_D5_an_act_that_is_sent_again_is_done_once(
    office: Office, it: Browser, fleet: Fleet, seats: list[DeviceId], maker: Maker
) -> None:
    upload(it, data := maker.bundle())
    sha256, act = hashlib.sha256(data).hexdigest(), fresh_id("a")
    body = {"release": sha256, "lab": seats[0], "soak_h": 0}
    first, second = (it.post("/api/updates/rollouts", body, act=act) for _ in range(2))
    assert first.body == second.body
    go_on(office, seconds=5)
    for word in ("end", "end"):
        assert it.post(f"/api/updates/rollouts/{first.body['id']}/{word}", act="a-endaendaendaenda").status == 204
    # Dropped, brought back, and the first word for dropping it comes once more: what is there keeps its file.
    dropping = fresh_id("a")
    assert it.send("DELETE", f"/api/updates/releases/{sha256}", act=dropping).status == 204
    upload(it, data)
    assert it.send("DELETE", f"/api/updates/releases/{sha256}", act=dropping).status == 204
    assert office.app.test_client().get(f"/api/releases/{sha256}").data == data


def test_D5_what_a_crash_left_is_swept_and_what_is_known_stays(tmp_path: Path) -> None:
    files = BundleFiles(tmp_path, reserve_mib=0)
    for name in ("one.coming", "known.raucb", "unknown.raucb"):
        (tmp_path / name).touch()
    files.sweep({"known"})
    assert [path.name for path in tmp_path.iterdir()] == ["known.raucb"]


def test_D5_the_first_seat_has_to_take_such_images(
    it: Browser, fleet: Fleet, seats: list[DeviceId], maker: Maker
) -> None:
    upload(it, data := maker.bundle())
    fleet.machines[seats[0]] = replace(fleet.machines[seats[0]], compatible="phonghop-seat-rpi4")
    assert begin(it, data, seats[0]).code == "lab-seat-wrong"
    assert begin(it, data, DeviceId("d-aaaaaaaaaaaaaaaa")).code == "lab-seat-wrong"
    assert begin(it, maker.bundle(version="1.1"), seats[1]).code == "release-unknown"


def test_D5_a_release_is_dropped_when_nobody_needs_it(
    office: Office, it: Browser, fleet: Fleet, seats: list[DeviceId], maker: Maker
) -> None:
    upload(it, data := maker.bundle())
    sha256 = hashlib.sha256(data).hexdigest()
    rollout = begin(it, data, seats[0]).done()["id"]
    assert it.send("DELETE", f"/api/updates/releases/{sha256}").code == "release-in-use"
    it.post(f"/api/updates/rollouts/{rollout}/end").done()
    assert it.send("DELETE", f"/api/updates/releases/{sha256}").status == 204
    assert office.app.test_client().get(f"/api/releases/{sha256}").status_code == 404
    assert list((office.services.settings.data_dir / "releases").iterdir()) == []
    # It may come back, as the same.
    assert upload(it, data).status_code == 201
    assert it.send("DELETE", f"/api/updates/releases/{'0' * 64}").code == "release-unknown"


def test_D5_who_begins_stops_and_moves_a_rollout_is_in_the_record(
    office: Office, it: Browser, fleet: Fleet, seats: list[DeviceId], maker: Maker
) -> None:
    upload(it, data := maker.bundle())
    rollout = begin(it, data, seats[0]).done()["id"]
    go_on(office, seconds=5)
    fleet.answer(seats[0], "failed", "signature")
    go_on(office, seconds=5)
    it.post(f"/api/updates/rollouts/{rollout}/end").done()
    with office.services.database.read() as tx:
        kinds = [each.kind for each in office.services.audit.store.all(tx)]
    assert [kind for kind in kinds if kind.startswith(("release", "rollout"))] == [
        "release_added",
        "rollout_begun",
        "rollout_moved",
        "rollout_ended",
    ]
