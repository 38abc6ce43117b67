"""What a renewal is refused for, how often it may be asked for, and what IT is told (W182, W183)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from werkzeug.test import TestResponse

from sealing.signatures import DeviceSigner
from server.fleet.est import CODE_HEADER, PROOF_HEADER, SERIAL_HEADER, VERIFIED_HEADER
from server.fleet.renewal import RENEWALS_AT_ONCE, proven
from server.pki import profiles
from server.pki.authority import private_pem
from tests.support.devices import Terminal
from tests.support.fleet import RENEW, Enrolling
from tests.support.office import Browser, Office

LAN = {"REMOTE_ADDR": "10.0.0.9"}


def request_for(name: str, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    csr = x509.CertificateSigningRequestBuilder().subject_name(profiles.common_name(name)).sign(key, hashes.SHA256())
    return base64.encodebytes(csr.public_bytes(Encoding.DER))


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class Renewing:
    """An approved terminal in front of the proxy; its words are those of the honest one until a test changes them."""

    office: Office
    terminal: Terminal
    certificate: x509.Certificate
    environ: dict[str, str] = field(default_factory=dict)

    def ask(
        self,
        body: bytes | None = None,
        *,
        signer: Terminal | None = None,
        certificate: x509.Certificate | None = None,
        verified: str = "SUCCESS",
    ) -> TestResponse:
        sent = request_for(self.terminal.id, new_key()) if body is None else body
        key = DeviceSigner.from_pem(private_pem((signer or self.terminal).key))
        headers = {
            PROOF_HEADER: base64.b64encode(key.sign(proven(sent))).decode(),
            VERIFIED_HEADER: verified,
            SERIAL_HEADER: f"{(certificate or self.certificate).serial_number:X}",
        }
        client = self.office.app.test_client()
        return client.post(RENEW, data=sent, headers=headers, environ_overrides=self.environ)

    def alerts(self) -> list[tuple[str, int]]:
        found = {each["id"]: each["alerts"] for each in self.office.services.fleet.devices()}
        return [(alert["kind"], alert["times"]) for alert in found[self.terminal.id]]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path, behind_proxy=True)


@pytest.fixture
def it(office: Office) -> Browser:
    return office.sign_in("kythuat")


def renewing(office: Office, it: Browser, folder: Path, seat: int = 0) -> Renewing:
    enrolling = Enrolling(office, Terminal(folder))
    enrolling.ask()
    assert enrolling.approve(it, office.seats[seat]).status == 204
    return Renewing(office, enrolling.terminal, enrolling.certificate())


@pytest.fixture
def device(office: Office, it: Browser, tmp_path: Path) -> Renewing:
    return renewing(office, it, tmp_path)


def recorded(office: Office) -> list[str]:
    """What stands in the record."""
    with office.services.database.read() as tx:
        return [event.kind for event in office.services.audit.store.all(tx)]


def refused(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.headers.get(CODE_HEADER, "")


NO = (403, "renewal-refused")
CASES: dict[str, tuple[Callable[[Renewing, Renewing], TestResponse], tuple[int, str]]] = {
    "the name of another device": (lambda me, you: me.ask(request_for(you.terminal.id, new_key())), NO),
    "no name": (lambda me, _: me.ask(request_for("PH-1", new_key())), NO),
    "an RSA key": (
        lambda me, _: me.ask(request_for(me.terminal.id, rsa.generate_private_key(65537, 2048))),
        (400, "csr-key-not-allowed"),
    ),
    "its own key again": (lambda me, _: me.ask(request_for(me.terminal.id, me.terminal.key)), NO),
    "signed by another device": (lambda me, you: me.ask(signer=you.terminal), NO),
    "another's certificate": (lambda me, you: me.ask(certificate=you.certificate), NO),
    "no certificate": (lambda me, _: me.ask(verified="NONE"), NO),
    "a certificate the proxy does not believe": (lambda me, _: me.ask(verified="FAILED:expired"), NO),
    "no request": (lambda me, _: me.ask(b"nothing"), (400, "csr-malformed")),
    "too much": (lambda me, _: me.ask(b"A" * 9000), (413, "csr-too-large")),
}


@pytest.mark.parametrize("case", CASES)
def test_W182_what_does_not_fit_is_refused_and_leaves_nothing(
    office: Office, it: Browser, device: Renewing, tmp_path: Path, case: str
) -> None:
    ask, expected = CASES[case]
    assert refused(ask(device, renewing(office, it, tmp_path, seat=1))) == expected
    assert device.alerts() == []
    assert device.ask().status_code == 200


def test_W182_the_proxys_words_count_on_this_machine_alone(device: Renewing) -> None:
    device.environ = LAN
    assert refused(device.ask()) == NO
    device.environ = {}
    assert device.ask().status_code == 200


def test_W182_a_server_without_a_proxy_renews_nothing_so(tmp_path: Path) -> None:
    office = Office(tmp_path)
    assert refused(renewing(office, office.sign_in("kythuat"), tmp_path).ask()) == NO


def test_W182_a_certificate_that_has_ended_renews_nothing(office: Office, device: Renewing) -> None:
    office.clock.advance(days=31)
    assert refused(device.ask()) == NO


def test_a_revoked_terminal_renews_nothing(device: Renewing, it: Browser) -> None:
    it.post(f"/api/devices/{device.terminal.id}/revoke", {"reason": "mất"})
    assert refused(device.ask()) == (403, "device-revoked")


def test_W182_who_asks_without_end_has_to_wait_and_IT_is_told_once(
    office: Office, device: Renewing, it: Browser
) -> None:
    body = request_for(device.terminal.id, new_key())
    statuses = [device.ask(body).status_code for _ in range(RENEWALS_AT_ONCE + 20)]
    assert statuses == [200] * RENEWALS_AT_ONCE + [429] * 20
    assert device.alerts() == [("renews_too_often", 20)]
    assert recorded(office).count("device_renews_too_often") == 1


def test_W183_who_shows_what_was_replaced_has_a_copy_and_IT_is_told(
    office: Office, device: Renewing, it: Browser
) -> None:
    office.clock.advance(days=11)
    device.ask()
    fleet = office.services.fleet
    with office.services.database.read() as tx:
        newest = fleet.store.newest_certificate(tx, device.terminal.id)
    assert newest is not None
    fleet.certificate_seen(device.terminal.id, f"{newest.serial:040x}")
    assert refused(device.ask()) == NO
    assert device.alerts() == [("copied", 1)]
    # The first key opens nothing while the new certificate holds, however often it asks.
    answer = Enrolling(office, device.terminal).ask()
    assert answer.status_code == 200
    assert answer.data == fleet.issuer.bundle(newest)


def test_W195_IT_is_told_of_a_store_that_was_lost(office: Office, device: Renewing) -> None:
    office.services.fleet.store_lost(device.terminal.id)
    assert device.alerts() == [("store_lost", 1)]
    assert recorded(office)[-1:] == ["device_store_lost"]


def test_IT_settles_an_alert_and_it_is_on_record(office: Office, device: Renewing, it: Browser) -> None:
    office.services.fleet.copied(device.terminal.id, "phonghop/0.2.0 aaaa | phonghop/0.2.0 bbbb")
    assert device.alerts() == [("copied", 1)]
    path = f"/api/devices/{device.terminal.id}/alerts"
    assert it.post(f"{path}/nothing/settle", {}).status == 404
    assert it.post(f"{path}/copied/settle", {}).status == 204
    assert device.alerts() == []
    assert recorded(office)[-2:] == ["device_copied", "device_alert_settled"]
