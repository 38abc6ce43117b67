"""A certificate is renewed, both ends: the seat's wallet against the server, with the power cut at every step."""

from __future__ import annotations

import base64
import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from edge.enrol import wallet as wallets
from edge.enrol.key import DeviceKey
from edge.enrol.wallet import Own, Wallet
from edge.vault.disk import RealDisk
from server.fleet.est import PROOF_HEADER, SERIAL_HEADER, VERIFIED_HEADER
from server.fleet.store import SqlDeviceStore
from tests.support.fake_disk import FakeDisk, PowerCut
from tests.support.fleet import ENROL, RENEW
from tests.support.office import Office

#: Writes of the first renewal at the seat; the others have nothing of a first certificate to take away.
STEPS = 6


@dataclass
class Seat:
    """A seat in front of a server; its disk may lose power."""

    office: Office
    disk: FakeDisk
    key: DeviceKey
    wallet: Wallet

    def enrol(self) -> None:
        body = self.key.request(serial="PH-1")
        client = self.office.app.test_client()
        client.post(ENROL, data=body)
        self.office.sign_in("kythuat").post(
            f"/api/devices/{self.key.device}/approve", {"seat": self.office.seats[0], "code": self.key.code}
        ).done()
        self.take(client.post(ENROL, data=body).data)
        assert self.connects() is not None

    def take(self, answer: bytes) -> None:
        site = self.office.services.site
        self.wallet.take(answer, ca=site.authority.certificate, now=self.office.clock.now())

    def renew(self) -> None:
        """All of it, from the key to the swap; a part that is done already is not done again."""
        if self.wallet.next() is None:
            body, proof = self.wallet.renewal()
            shown = self.wallet.current()
            assert shown is not None
            headers = {
                PROOF_HEADER: base64.b64encode(proof).decode(),
                VERIFIED_HEADER: "SUCCESS",
                SERIAL_HEADER: shown.serial.upper(),
            }
            answer = self.office.app.test_client().post(RENEW, data=body, headers=headers)
            assert answer.status_code == 200, answer.text
            self.take(answer.data)
        assert self.connects() is not None

    def connects(self) -> Own | None:
        """Connect and be welcomed: what is refused is not shown twice in a row."""
        for _ in range(2):
            own = self.wallet.show()
            if own is not None and self.is_let_in(own):
                # As the server does: the hello first, then the welcome.
                self.office.services.fleet.certificate_seen(self.key.device, self.wallet.serial())
                self.wallet.welcomed()
                return own
            self.wallet.refused()
        return None

    def is_let_in(self, own: Own) -> bool:
        """What the broker says: valid, and in no revocation list."""
        services, now = self.office.services, self.office.clock.now()
        with services.database.read() as tx:
            wanted = SqlDeviceStore().access_wanted(tx, now=now)
        revoked = {each.serial for each in wanted.revoked}
        return not own.has_ended(now) and own.certificate.serial_number not in revoked

    def restart(self) -> None:
        """The power came back: what was not written is gone, and so is everything in memory."""
        self.disk.restart()
        self.wallet = Wallet(self.disk, self.key)


@pytest.fixture
def seat(tmp_path: Path) -> Seat:
    disk = FakeDisk(random.Random(1))
    key = DeviceKey.load_or_create(disk)
    made = Seat(Office(tmp_path / "server", behind_proxy=True), disk, key, Wallet(disk, key))
    made.enrol()
    return made


def test_W182_W183_wherever_the_power_goes_one_certificate_connects_and_the_renewal_is_finished(seat: Seat) -> None:
    cuts = 0
    for step in range(STEPS, 0, -1):
        seat.office.clock.advance(days=11)
        before = seat.wallet.current()
        seat.disk.cut_after(step)
        try:
            seat.renew()
        except PowerCut:
            cuts += 1
        seat.restart()
        assert seat.connects() is not None, f"cut in step {step}: nothing connects"
        seat.renew()
        after = seat.wallet.current()
        assert before is not None
        assert after is not None
        assert after.serial != before.serial
        assert not seat.is_let_in(before)
        assert seat.disk.all_names() == ["identity/device.key", wallets.LINK]
        assert seat.wallet.show() == after
    assert cuts == STEPS, "every write was cut once"


def test_W182_an_answer_that_was_lost_is_given_again(seat: Seat) -> None:
    seat.office.clock.advance(days=11)
    shown = seat.wallet.current()
    assert shown is not None
    answers = []
    for _ in range(2):
        body, proof = seat.wallet.renewal()
        headers = {PROOF_HEADER: base64.b64encode(proof).decode(), VERIFIED_HEADER: "SUCCESS"}
        sent = seat.office.app.test_client().post(RENEW, data=body, headers=headers | {SERIAL_HEADER: shown.serial})
        answers.append(sent.data)
    assert answers[0] == answers[1]
    # Until the new one was seen both are let in.
    seat.take(answers[0])
    following = seat.wallet.next()
    assert following is not None
    assert seat.is_let_in(shown)
    assert seat.is_let_in(following)


def test_W183_a_new_certificate_that_the_broker_does_not_take_leaves_the_old_one_at_work(seat: Seat) -> None:
    seat.office.clock.advance(days=11)
    shown = seat.wallet.current()
    assert shown is not None
    body, proof = seat.wallet.renewal()
    headers = {PROOF_HEADER: base64.b64encode(proof).decode(), VERIFIED_HEADER: "SUCCESS", SERIAL_HEADER: shown.serial}
    seat.take(seat.office.app.test_client().post(RENEW, data=body, headers=headers).data)
    following = seat.wallet.next()
    assert seat.wallet.show() == following
    seat.wallet.refused()
    assert seat.wallet.show() == shown
    assert seat.wallet.is_aside
    seat.wallet.refused()
    assert seat.wallet.show() == following, "the other one is tried in turns"
    assert (seat.wallet.is_outdone, seat.connects()) == (False, following), "the server may have seen it"


def test_W183_a_new_certificate_is_given_up_only_for_an_old_one_that_the_server_answered(seat: Seat) -> None:
    seat.office.clock.advance(days=11)
    shown, following = seat.wallet.current(), renewed(seat)
    seat.wallet.show()
    seat.wallet.refused()
    outdone = [seat.wallet.is_outdone]
    assert seat.wallet.show() == shown
    seat.wallet.welcomed()
    assert [*outdone, seat.wallet.is_outdone] == [False, True]
    assert seat.wallet.next() == following, "that is the enroller's to say"


def renewed(seat: Seat) -> Own | None:
    """The next certificate, which was not shown."""
    body, proof = seat.wallet.renewal()
    shown = seat.wallet.current()
    assert shown is not None
    headers = {PROOF_HEADER: base64.b64encode(proof).decode(), VERIFIED_HEADER: "SUCCESS", SERIAL_HEADER: shown.serial}
    seat.take(seat.office.app.test_client().post(RENEW, data=body, headers=headers).data)
    return seat.wallet.next()


def test_a_device_that_was_off_for_weeks_comes_back_with_its_own_key(seat: Seat) -> None:
    seat.office.clock.advance(days=11)
    seat.renew()
    seat.office.clock.advance(days=40)
    assert seat.connects() is None
    answer = seat.office.app.test_client().post(ENROL, data=seat.key.request(serial="PH-1"))
    seat.take(answer.data)
    assert seat.connects() is not None
    [device] = seat.office.services.fleet.devices()
    assert [alert["kind"] for alert in device["alerts"]] == ["reenrolled"]
    seat.office.clock.advance(days=11)
    seat.renew()
    assert seat.disk.all_names() == ["identity/device.key", wallets.LINK]


def test_T57_who_asks_on_with_its_first_key_is_told_to_it_and_gets_nothing(seat: Seat) -> None:
    """A card that lost the key of its certificate, or a copy of its first one."""
    seat.office.clock.advance(days=11)
    seat.renew()
    fleet, kinds = seat.office.services.fleet, list[list[str]]()
    for minute in range(0, 13, 2):
        seat.office.app.test_client().post(ENROL, data=seat.key.request(serial="PH-1"))
        kinds.append([alert["kind"] for alert in fleet.devices()[0]["alerts"]])
        seat.office.clock.advance(minutes=2)
        assert minute < 10 or kinds[-1] == ["first_key"]
    assert kinds[0] == [], "a seat that the broker turned away for a moment asks as well"


def test_a_renewal_that_was_never_shown_and_has_ended_is_not_shown_before_the_first_key(seat: Seat) -> None:
    seat.office.clock.advance(days=11)
    assert renewed(seat) is not None
    seat.office.clock.advance(days=40)
    seat.take(seat.office.app.test_client().post(ENROL, data=seat.key.request(serial="PH-1")).data)
    own = seat.wallet.show()
    assert own is not None
    assert seat.is_let_in(own)
    assert seat.wallet.next() is None


def test_D2_keys_of_renewals_are_read_by_their_owner_alone(tmp_path: Path) -> None:
    disk = RealDisk(tmp_path)
    wallet = Wallet(disk, DeviceKey.load_or_create(disk))
    wallet.renewal()
    assert disk.path(wallets.NEXT_KEY).stat().st_mode & 0o077 == 0
