"""IT has a terminal destroy what it keeps: typed, on record, revoked first, with the device's receipt (W185, W186)."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from sealing.signatures import DeviceSigner
from server.fleet.est import CODE_HEADER
from server.fleet.model import FleetChange
from server.fleet.orders import FleetOrders
from server.pki.authority import private_pem
from tests.support.devices import Terminal
from tests.support.fleet import WIPED, Enrolling, ToldPresence
from tests.support.office import START, Browser, Office, Reply, fresh_id
from wire.envelope import seal
from wire.fields import print_instant
from wire.ids import DeviceId
from wire.messages import Head, Obeyed, Order

WORDS = {"label": "A1", "reason": "máy bị mất"}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def it(office: Office) -> Browser:
    return office.sign_in("kythuat")


@pytest.fixture
def presence(office: Office) -> ToldPresence:
    office.services.slots.presence = found = ToldPresence()
    return found


@pytest.fixture
def seat(office: Office, it: Browser, tmp_path: Path) -> Enrolling:
    made = Enrolling(office, Terminal(tmp_path))
    made.ask()
    assert made.approve(it, office.seats[0]).status == 204
    made.certificate()
    return made


@pytest.fixture
def heard(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What the terminal is told, with what the database said of it at that moment; it answers at once."""
    told: list[tuple[str, str]] = []
    orders: FleetOrders = office.services.orders

    def say(device: str, build: Any) -> None:
        message = build(Head(device, bytes(16), 1, START))
        assert isinstance(message, Order)
        found = office.services.fleet.find(device)
        assert found is not None
        told.append((message.kind, found.state.value))
        orders.obeyed(device, Obeyed(message.head, message.order, "done", ""))

    monkeypatch.setattr(orders, "_say", say)
    return told


def wipe(it: Browser, seat: Enrolling, **more: Any) -> Reply:
    return it.post(f"/api/devices/{seat.terminal.id}/wipe", WORDS | more)


def receipt(terminal: Terminal, *, device: str = "", kind: str = "wiped") -> bytes:
    signer = DeviceSigner.from_pem(private_pem(terminal.key))
    value = {"device": device or terminal.id, "at": print_instant(START), "meetings": [fresh_id("m")]}
    return seal(kind, value, key_id=signer.key_id, sign=signer.sign)


def hand_in(office: Office, data: bytes) -> tuple[int, str]:
    answer = office.app.test_client().post(WIPED, data=data)
    return answer.status_code, answer.headers.get(CODE_HEADER, "")


def shown(office: Office, device: str) -> tuple[str, bool, bool]:
    found = {each["id"]: each for each in office.services.fleet.devices()}[device]
    return found["state"], found["wipe_ordered_at"] is not None, found["wiped_at"] is not None


def recorded(office: Office) -> list[str]:
    with office.services.database.read() as tx:
        return [event.kind for event in office.services.audit.store.all(tx)]


def test_W185_a_terminal_that_is_there_is_told_once_the_decision_stands_and_then_cut_off(
    office: Office, it: Browser, seat: Enrolling, presence: ToldPresence, heard: list[tuple[str, str]]
) -> None:
    presence.online = {DeviceId(seat.terminal.id)}
    answer = wipe(it, seat).done()
    assert (answer["outcome"], answer["device"]) == ("done", seat.terminal.id)
    assert heard == [("wipe", "revoked")]
    assert shown(office, seat.terminal.id) == ("revoked", True, False)
    assert recorded(office)[-2:] == ["device_revoked", "device_wipe_ordered"]
    assert seat.ask().headers[CODE_HEADER] == "device-revoked"
    assert hand_in(office, receipt(seat.terminal)) == (204, "")
    assert shown(office, seat.terminal.id) == ("revoked", True, True)


def test_W185_asked_for_again_it_is_done_once_and_the_outcome_is_the_receipts(
    office: Office, it: Browser, seat: Enrolling, heard: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer was lost; and the broker does not say that the terminal is cut off."""
    monkeypatch.setattr(office.services.fleet.access, "enforce", lambda **_: False)
    act, outcomes = fresh_id("a"), []
    for _ in range(2):
        again = it.post(f"/api/devices/{seat.terminal.id}/wipe", WORDS, act=act)
        assert (again.status, again.body["confirmed"]) == (202, False)
        outcomes.append(again.body["outcome"])
    assert recorded(office).count("device_wipe_ordered") == 1
    hand_in(office, receipt(seat.terminal))
    outcomes.append(it.post(f"/api/devices/{seat.terminal.id}/wipe", WORDS, act=act).body["outcome"])
    assert outcomes == ["offline", "silent", "done"]


def test_W185_one_that_is_off_is_revoked_and_told_at_its_next_contact(
    office: Office, it: Browser, seat: Enrolling, presence: ToldPresence, heard: list[tuple[str, str]]
) -> None:
    assert wipe(it, seat).done()["outcome"] == "offline"
    assert heard == []
    assert shown(office, seat.terminal.id) == ("revoked", True, False)


@pytest.mark.parametrize("label", ["A2", "A", "", " "])
def test_W185_who_types_another_seat_wipes_nothing(office: Office, it: Browser, seat: Enrolling, label: str) -> None:
    assert wipe(it, seat, label=label).status in {400, 409}
    assert shown(office, seat.terminal.id) == ("approved", False, False)


def test_W185_case_and_blanks_of_what_is_typed_do_not_count(office: Office, it: Browser, seat: Enrolling) -> None:
    wipe(it, seat, label="  a1 ").done()
    assert shown(office, seat.terminal.id)[0] == "revoked"


def test_W185_in_a_room_that_meets_nobody_is_wiped_unawares(office: Office, it: Browser, seat: Enrolling) -> None:
    office.meeting("open")
    assert wipe(it, seat).code == "device-in-meeting"
    assert shown(office, seat.terminal.id)[0] == "approved"
    wipe(it, seat, sure=True).done()


def test_W185_the_order_is_none_of_those_for_any_terminal(it: Browser, seat: Enrolling) -> None:
    assert it.post("/api/devices/orders", {"devices": [seat.terminal.id], "kind": "wipe"}).status == 400


def test_W185_a_terminal_that_cannot_be_told_is_cut_off_all_the_same(
    office: Office, it: Browser, seat: Enrolling, presence: ToldPresence, monkeypatch: pytest.MonkeyPatch
) -> None:
    presence.online = {DeviceId(seat.terminal.id)}
    changes: list[FleetChange] = []
    watcher = type("Watcher", (), {"fleet_changed": lambda _self, change: changes.append(change)})()
    office.services.fleet.watchers.append(watcher)
    monkeypatch.setattr(office.services.orders, "_answer_s", 0.01)
    monkeypatch.setattr(office.services.orders, "_say", lambda *_: None)
    assert wipe(it, seat).done()["outcome"] == "silent"
    assert [change.device for change in changes] == [seat.terminal.id]


def test_T59_revoking_destroys_the_key_of_the_store(office: Office, it: Browser, seat: Enrolling) -> None:
    store, database = office.services.fleet.store_keys, office.services.database
    link = office.services.distribution._greeting._new_link(DeviceId(seat.terminal.id))  # noqa: SLF001 - as at its hello
    with database.begin() as tx:
        store.save_link(tx, link)  # type: ignore[attr-defined]
    it.post(f"/api/devices/{seat.terminal.id}/revoke", {"reason": "mất"})
    with database.read() as tx:
        kept = store.link(tx, DeviceId(seat.terminal.id))  # type: ignore[attr-defined]
    assert link.wrapped_store_key
    assert kept.wrapped_store_key == b""


def test_T59_a_key_that_was_left_is_destroyed_at_the_next_look(
    office: Office, it: Browser, seat: Enrolling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a terminal that was revoked by an earlier version, or whose link was written once more; at each start too."""
    store, database = office.services.fleet.store_keys, office.services.database
    distribution, device = office.services.distribution, DeviceId(seat.terminal.id)
    link = distribution._greeting._new_link(device)  # noqa: SLF001 - as at its hello
    it.post(f"/api/devices/{device}/revoke", {"reason": "mất"})
    with database.begin() as tx:
        store.save_link(tx, link)  # type: ignore[attr-defined]
    with monkeypatch.context() as away:
        away.setattr(database, "begin", _away)
        with pytest.raises(OSError, match="away"):
            distribution._audit()  # noqa: SLF001 - what its thread does at its start and every few seconds
    distribution._audit()  # noqa: SLF001 - as above
    with database.read() as tx:
        assert store.link(tx, device).wrapped_store_key == b""  # type: ignore[attr-defined]
        assert store.revoked_with_key(tx) == []  # type: ignore[attr-defined]


def _away() -> None:
    raise OSError("the database is away")


def test_W186_a_receipt_is_the_revoked_devices_own_word(
    office: Office, it: Browser, seat: Enrolling, tmp_path: Path
) -> None:
    other = Terminal(tmp_path)
    no = (403, "receipt-refused")
    assert hand_in(office, receipt(seat.terminal)) == no, "it is not revoked"
    wipe(it, seat)
    for data in (
        b"",
        b"{}",
        base64.b64encode(receipt(seat.terminal)),
        receipt(other),
        receipt(other, device=seat.terminal.id),
        receipt(seat.terminal, device=other.id),
        receipt(seat.terminal, kind="health"),
    ):
        assert hand_in(office, data) == no
    assert hand_in(office, b"x" * 70_000)[0] == 413
    assert shown(office, seat.terminal.id) == ("revoked", True, False)
    for _ in range(3):
        assert hand_in(office, receipt(seat.terminal)) == (204, "")
    assert recorded(office).count("device_wiped") == 1
