"""Enrolment: what is believed, what is kept, what the seat is told."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import json
import stat
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from edge.enrol import trust
from edge.enrol.client import Issued, Pending, SiteClient
from edge.enrol.key import DeviceKey
from edge.enrol.service import RECEIPT, WIPING, Credentials, Enroller, Told
from edge.enrol.wallet import FIRST as CERTIFICATE
from edge.errors import (
    BadServerAnswer,
    ClockWrong,
    DeviceRefused,
    DeviceRevoked,
    KeyUnusable,
    RenewalRefused,
    ServerUnreachable,
    SiteNotTrusted,
)
from edge.model import Identity, Standing
from edge.vault.disk import RealDisk
from sealing.boxes import new_key
from sealing.signatures import ServerSigner, device_verifier
from server.pki.announcement import SiteFacts, site_document
from server.pki.bundle import bundle
from server.pki.requests import read_request
from server.pki.site import SiteNames, SitePki
from tests.support.poll import until
from tests.support.seats import ManualClock
from tests.support.server_twin import BEGIN
from wire import ids
from wire.envelope import open_envelope
from wire.ids import DeviceId


class Site:
    """The server's side of enrolment, answering as the test has set it."""

    def __init__(self, folder: Path, *, now: dt.datetime = BEGIN) -> None:
        self.now = now
        self.pki = SitePki.load_or_create(folder, names=SiteNames("Test", ("localhost",)), now=now)
        self.signer = ServerSigner.generate()
        self.mailbox = new_key().public
        self.answer: tuple[int, dict[str, str], bytes] | None = None
        self.asked: list[bytes] = []
        self.receipts: list[bytes] = []
        self.takes_receipts = True

    @property
    def ca(self) -> x509.Certificate:
        return self.pki.authority.certificate

    def document(self, **changes: Any) -> bytes:
        facts = SiteFacts("Test", "broker.example", 8883, self.mailbox)
        certificate = self.pki.signing_certificate(self.signer.public, now=self.now)
        made = site_document(facts, certificate=certificate, sign=self.signer.sign)
        return json.dumps(made | changes).encode()

    def enrol(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        self.asked.append(body)
        if self.answer is not None:
            return self.answer
        request = read_request(body)
        issued = self.pki.issue_device(request.device, spki=request.spki, now=self.now)
        return 200, {}, bundle([self.ca, issued])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pki")


@pytest.fixture
def site(folder: Path) -> Site:
    return Site(folder)


@pytest.fixture
def server(site: Site) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = bundle([site.ca]) if self.path.endswith("cacerts") else site.document()
            self.reply(200, {}, body)

        def do_POST(self) -> None:
            if self.path.endswith("/wiped"):
                site.receipts.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.reply(204 if site.takes_receipts else 503, {}, b"")
                return
            self.reply(*site.enrol(self.rfile.read(int(self.headers["Content-Length"]))))

        def reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
            """Silent."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{http.server_address[1]}"
    http.shutdown()
    http.server_close()
    thread.join(5)


@pytest.fixture
def key(tmp_path: Path) -> DeviceKey:
    return DeviceKey.load_or_create(RealDisk(tmp_path / "device"))


# ------------------------------------------------------------ the key


def test_D2_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path, key: DeviceKey) -> None:
    again = DeviceKey.load_or_create(RealDisk(tmp_path / "device"))
    assert again.device == key.device == ids.device_id(key.spki)
    assert stat.S_IMODE(key.path.stat().st_mode) == 0o600
    assert "PRIVATE" not in repr(key)


def test_W50_the_request_is_the_one_the_server_reads(key: DeviceKey) -> None:
    request = read_request(key.request(serial="PH-0042"))
    assert (request.device, request.code, request.serial) == (key.device, key.code, "PH-0042")
    assert read_request(key.request(serial="")).serial == ""


def test_a_key_that_others_can_read_or_nobody_can_use_stops_the_start(tmp_path: Path, key: DeviceKey) -> None:
    key.path.chmod(0o644)
    with pytest.raises(KeyUnusable):
        DeviceKey.load_or_create(RealDisk(tmp_path / "device"))
    key.path.chmod(0o600)
    key.path.write_bytes(b"no key")
    with pytest.raises(KeyUnusable):
        DeviceKey.load_or_create(RealDisk(tmp_path / "device"))


# ------------------------------------------------------------ what is believed


def test_the_ca_is_known_by_its_fingerprint(site: Site, tmp_path: Path) -> None:
    other = Site(tmp_path / "other")
    both = bundle([other.ca, site.ca])
    assert trust.find_ca(both, sha256=site.pki.ca_sha256()) == site.ca
    with pytest.raises(SiteNotTrusted):
        trust.find_ca(bundle([other.ca]), sha256=site.pki.ca_sha256())
    for body in (b"", b"\xff", base64.b64encode(b"not DER")):
        with pytest.raises(BadServerAnswer):
            trust.find_ca(body, sha256=site.pki.ca_sha256())
    with pytest.raises(SiteNotTrusted):
        trust.read_ca(other.ca.public_bytes(Encoding.PEM), sha256=site.pki.ca_sha256())
    with pytest.raises(SiteNotTrusted):
        trust.read_ca(b"", sha256=site.pki.ca_sha256())


def test_the_site_document_is_checked_to_the_last_byte(site: Site, tmp_path: Path) -> None:
    found = trust.read_site(site.document(), ca=site.ca, now=BEGIN)
    assert (found.host, found.port, found.site.mailbox) == ("broker.example", 8883, site.mailbox)
    stranger = base64.b64encode(new_key().public).decode()
    for changes in ({"mailbox_key": stranger}, {"mqtt": {"host": "evil", "port": 1}}, {"name": "X"}):
        with pytest.raises(SiteNotTrusted):
            trust.read_site(site.document(**changes), ca=site.ca, now=BEGIN)
    other = Site(tmp_path / "other")
    with pytest.raises(SiteNotTrusted):
        trust.read_site(other.document(), ca=site.ca, now=BEGIN)


@pytest.mark.parametrize("changes", [{"mqtt": 5}, {"mailbox_key": "AA=="}, {"signature": "x"}, {"name": 5}])
def test_a_site_document_of_another_form_is_refused(site: Site, changes: dict[str, Any]) -> None:
    with pytest.raises(BadServerAnswer):
        trust.read_site(site.document(**changes), ca=site.ca, now=BEGIN)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"server_certificate":"x"}', b"\xff"])
def test_what_is_no_site_document_is_refused(site: Site, body: bytes) -> None:
    with pytest.raises((BadServerAnswer, SiteNotTrusted)):
        trust.read_site(body, ca=site.ca, now=BEGIN)


def test_a_certificate_that_may_not_sign_does_not_vouch_for_the_server(site: Site, key: DeviceKey) -> None:
    device = site.pki.issue_device(key.device, spki=key.spki, now=BEGIN)
    changed = site.document(server_certificate=device.public_bytes(Encoding.PEM).decode())
    with pytest.raises(SiteNotTrusted):
        trust.read_site(changed, ca=site.ca, now=BEGIN)


def test_a_clock_in_another_year_is_told_apart_from_a_false_site(site: Site) -> None:
    for years in (-30, 30):
        with pytest.raises(ClockWrong):
            trust.read_site(site.document(), ca=site.ca, now=BEGIN + dt.timedelta(days=365 * years))
    assert trust.read_site(site.document(), ca=site.ca, now=None).host == "broker.example"


def test_only_a_certificate_for_this_key_is_taken(site: Site, key: DeviceKey, tmp_path: Path) -> None:
    mine = site.pki.issue_device(key.device, spki=key.spki, now=BEGIN)
    assert trust.find_own(bundle([site.ca, mine]), spki=key.spki, ca=site.ca, now=BEGIN) == mine
    with pytest.raises(BadServerAnswer):
        trust.find_own(bundle([site.ca]), spki=key.spki, ca=site.ca, now=BEGIN)
    other = Site(tmp_path / "other")
    forged = other.pki.issue_device(key.device, spki=key.spki, now=BEGIN)
    with pytest.raises(SiteNotTrusted):
        trust.find_own(bundle([forged]), spki=key.spki, ca=site.ca, now=BEGIN)


def test_a_certificate_is_renewed_from_the_tenth_day(site: Site, key: DeviceKey) -> None:
    certificate = site.pki.issue_device(key.device, spki=key.spki, now=BEGIN)
    assert not trust.is_due(certificate, BEGIN + dt.timedelta(days=9))
    assert trust.is_due(certificate, BEGIN + dt.timedelta(days=10))
    assert trust.is_due(certificate, BEGIN + dt.timedelta(days=400))


# ------------------------------------------------------------ the calls


def test_the_calls_of_enrolment(site: Site, server: str, key: DeviceKey) -> None:
    client = SiteClient(server, ca_pem=lambda: None)
    assert trust.find_ca(client.cacerts(), sha256=site.pki.ca_sha256()) == site.ca
    assert trust.read_site(client.site(), ca=site.ca, now=BEGIN).name == "Test"
    answer = client.enrol(key.request(serial=""))
    assert isinstance(answer, Issued)
    trust.find_own(answer.body, spki=key.spki, ca=site.ca, now=BEGIN)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((202, {"Retry-After": "7"}, b""), Pending(7.0)),
        ((202, {}, b""), Pending(10.0)),
        ((202, {"Retry-After": "soon"}, b""), Pending(10.0)),
        ((202, {"Retry-After": "0"}, b""), Pending(1.0)),
        ((202, {"Retry-After": "99999999999"}, b""), Pending(300.0)),
        ((429, {"Retry-After": "60", "X-Phonghop-Code": "too-many-requests"}, b"cham\n"), Pending(60.0)),
        ((503, {}, b""), Pending(30.0)),
    ],
)
def test_retry_after_is_honoured_within_reason(
    site: Site, server: str, key: DeviceKey, answer: tuple[int, dict[str, str], bytes], expected: Pending
) -> None:
    site.answer = answer
    assert SiteClient(server, ca_pem=lambda: None).enrol(key.request(serial="")) == expected


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((403, "device-refused"), DeviceRefused),
        ((403, "device-revoked"), DeviceRevoked),
        ((400, "csr-malformed"), BadServerAnswer),
        ((500, ""), BadServerAnswer),
        ((302, ""), BadServerAnswer),
    ],
)
def test_refusals_are_told_apart(
    site: Site, server: str, key: DeviceKey, answer: tuple[int, str], error: type[Exception]
) -> None:
    status, code = answer
    site.answer = (status, {"X-Phonghop-Code": code, "Location": "http://127.0.0.1:9/"}, b"khong\nno\n")
    with pytest.raises(error):
        SiteClient(server, ca_pem=lambda: None).enrol(key.request(serial=""))


def test_an_endless_answer_and_no_answer_are_told(site: Site, server: str, key: DeviceKey) -> None:
    site.answer = (200, {}, bytes(300_000))
    with pytest.raises(BadServerAnswer):
        SiteClient(server, ca_pem=lambda: None).enrol(key.request(serial=""))
    with pytest.raises(ServerUnreachable):
        SiteClient("http://127.0.0.1:9", ca_pem=lambda: None).site()


def test_no_proxy_of_the_environment_is_used(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert SiteClient(server, ca_pem=lambda: None).site()


# ------------------------------------------------------------ the whole of it


class ShowingClient(SiteClient):
    """A client of a server that renews over TLS; what comes instead of a certificate when ``refuses``."""

    def __init__(self, site: Site, url: str) -> None:
        super().__init__(url, ca_pem=lambda: None)
        self.site_side = site
        self.refuses: Exception | None = None
        self.shown: list[bytes] = []

    @property
    def is_tls(self) -> bool:
        return True

    def renew(self, request: bytes, *, proof: bytes, shown: tuple[Path, Path]) -> Issued:
        self.shown.append(shown[0].read_bytes())
        if self.refuses is not None:
            raise self.refuses
        asked = read_request(request)
        pki, now = self.site_side.pki, self.site_side.now
        return Issued(bundle([self.site_side.ca, pki.issue_device(DeviceId(asked.serial), spki=asked.spki, now=now)]))


class Enrolling:
    """An enroller whose words are kept."""

    def __init__(
        self,
        site: Site,
        url: str,
        folder: Path,
        *,
        clock: ManualClock | None = None,
        pin: str = "",
        client: SiteClient | None = None,
    ) -> None:
        self.disk = RealDisk(folder)
        self.told: list[Told] = []
        self.key = DeviceKey.load_or_create(self.disk)
        self.enroller = Enroller(
            self.disk,
            client or SiteClient(url, ca_pem=lambda: None),
            key=self.key,
            ca_sha256=pin or site.pki.ca_sha256(),
            serial="PH-1",
            clock=clock or ManualClock(),
            tell=self.told.append,
        )

    def __enter__(self) -> Enrolling:  # noqa: PYI034 - no subclass
        self.enroller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.enroller.stop()

    @property
    def standings(self) -> list[Standing]:
        return [told.standing for told in self.told if isinstance(told, Identity)]

    @property
    def messages(self) -> list[str]:
        return [told.message for told in self.told if isinstance(told, Identity)]

    @property
    def credentials(self) -> list[Credentials]:
        return [told for told in self.told if isinstance(told, Credentials)]


def test_a_device_shows_its_code_until_it_is_approved(site: Site, server: str, tmp_path: Path) -> None:
    site.answer = (202, {"Retry-After": "1"}, b"")
    with Enrolling(site, server, tmp_path / "device") as device:
        until(lambda: len(site.asked) >= 2, what="it asks again after Retry-After")
        assert device.standings == [Standing.ENROLLING]
        first = device.told[0]
        assert isinstance(first, Identity)
        assert first.code == device.key.code
        site.answer = None
        until(lambda: device.credentials, what="it is enrolled")
        assert device.standings == [Standing.ENROLLING, Standing.ENROLLED]
        assert device.credentials[0].document.port == 8883
        assert device.credentials[0].tls().minimum_version.name == "TLSv1_3"


def test_an_enrolled_device_starts_without_its_server(site: Site, server: str, tmp_path: Path) -> None:
    with Enrolling(site, server, tmp_path / "device") as device:
        until(lambda: device.credentials, what="it is enrolled")
    with Enrolling(site, "http://127.0.0.1:9", tmp_path / "device") as again:
        assert again.standings == [Standing.ENROLLED]
        assert again.credentials[0].document.host == "broker.example"
    late = ManualClock(jump_s=-50 * 365 * 86_400.0)
    with Enrolling(site, "http://127.0.0.1:9", tmp_path / "device", clock=late) as jumped:
        assert jumped.standings == [Standing.ENROLLED]


def test_a_false_site_is_told_and_gets_nothing(site: Site, server: str, tmp_path: Path) -> None:
    with Enrolling(site, server, tmp_path / "device", pin="0" * 64) as device:
        until(lambda: device.messages[-1] == "site-not-trusted", what="it is told")
        assert site.asked == []


@pytest.mark.parametrize(
    ("code", "standing"), [("device-refused", Standing.REFUSED), ("device-revoked", Standing.REVOKED)]
)
def test_a_device_that_is_turned_away_loses_its_certificate(
    site: Site, server: str, tmp_path: Path, code: str, standing: Standing
) -> None:
    clock = ManualClock()
    with Enrolling(site, server, tmp_path / "device", clock=clock) as device:
        until(lambda: device.credentials, what="it is enrolled")
        site.answer = (403, {"X-Phonghop-Code": code}, b"")
        clock.s += 60
        device.enroller.check()
        until(lambda: device.standings[-1] is standing, what="it is told")
        assert device.messages[-1] == code
        assert device.disk.read(CERTIFICATE) is None


def test_asking_how_it_stands_is_not_done_in_a_row(site: Site, server: str, tmp_path: Path) -> None:
    clock = ManualClock()
    with Enrolling(site, server, tmp_path / "device", clock=clock) as device:
        until(lambda: device.credentials, what="it is enrolled")
        for _ in range(5):
            device.enroller.check()
        clock.s += 16
        device.enroller.check()
        until(lambda: len(device.credentials) == 2, what="it has asked once more")
        assert len(site.asked) == 2


def test_a_certificate_renews_itself(site: Site, server: str, tmp_path: Path) -> None:
    clock = ManualClock()
    with Enrolling(site, server, tmp_path / "device", clock=clock) as device:
        until(lambda: device.credentials, what="it is enrolled")
        first = device.disk.read(CERTIFICATE)
    clock.s += 11 * 86_400.0
    site.now += dt.timedelta(days=11)
    with Enrolling(site, server, tmp_path / "device", clock=clock) as device:
        until(lambda: len(device.credentials) == 2, what="it is renewed")
        assert device.disk.read(CERTIFICATE) != first


def test_W182_a_certificate_is_renewed_with_a_new_key_that_waits_to_be_shown(
    site: Site, server: str, tmp_path: Path
) -> None:
    clock, client = ManualClock(), ShowingClient(site, server)
    with Enrolling(site, server, tmp_path / "device", clock=clock, client=client) as device:
        until(lambda: device.credentials, what="it is enrolled")
        assert client.shown == []
    clock.s += 11 * 86_400.0
    site.now += dt.timedelta(days=11)
    with Enrolling(site, server, tmp_path / "device", clock=clock, client=client) as device:
        until(lambda: len(device.credentials) == 2, what="it has the next one")
        wallet = device.enroller.wallet
        following, current = wallet.next(), wallet.current()
        assert following is not None
        assert current is not None
        assert client.shown == [current.file.read_bytes()]
        assert following.certificate.public_key() != current.certificate.public_key()
        assert wallet.show() == following
        assert device.standings == [Standing.ENROLLED]


@pytest.mark.parametrize("refused", [RenewalRefused("no"), ServerUnreachable("away"), BadServerAnswer("404")])
def test_W182_a_renewal_that_fails_takes_nothing_from_the_reader(
    site: Site, server: str, tmp_path: Path, refused: Exception
) -> None:
    clock, client = ManualClock(), ShowingClient(site, server)
    with Enrolling(site, server, tmp_path / "device", clock=clock, client=client) as device:
        until(lambda: device.credentials, what="it is enrolled")
    clock.s += 11 * 86_400.0
    client.refuses = refused
    with Enrolling(site, server, tmp_path / "device", clock=clock, client=client) as device:
        until(lambda: client.shown, what="it has asked")
    assert device.standings == [Standing.ENROLLED]
    assert device.messages == [""]
    assert device.disk.read(CERTIFICATE) is not None


def test_a_device_whose_clock_is_wrong_is_told_so(site: Site, server: str, tmp_path: Path) -> None:
    clock = ManualClock(jump_s=-50 * 365 * 86_400.0)
    with Enrolling(site, server, tmp_path / "device", clock=clock) as device:
        until(lambda: device.messages[-1] == "device-clock-wrong", what="it is told")


def test_credentials_hide_their_secrets(site: Site, server: str, tmp_path: Path) -> None:
    with Enrolling(site, server, tmp_path / "device") as device:
        until(lambda: device.credentials, what="it is enrolled")
        assert "PRIVATE" not in repr(device.credentials[0])
        assert dataclasses.is_dataclass(device.credentials[0])


def test_W186_the_receipt_of_a_wipe_is_kept_until_the_server_has_it(site: Site, server: str, tmp_path: Path) -> None:
    site.takes_receipts = False
    with Enrolling(site, server, tmp_path / "device") as device:
        until(lambda: device.credentials, what="it is enrolled")
        device.enroller.wiped(("m-aaaaaaaaaaaaaaaa",))
        until(lambda: site.receipts, what="it tries")
    kept = device.disk.read(RECEIPT)
    assert kept == site.receipts[0]
    site.takes_receipts = True
    again = Enrolling(site, server, tmp_path / "device")
    # Wiped again with nothing left: the first receipt is the one that says what there was.
    again.enroller.wiping(())
    again.enroller.wiped(())
    with again:
        until(lambda: again.disk.read(RECEIPT) is None, what="it is handed in")
    signed = open_envelope(site.receipts[-1], verify=device_verifier(lambda _: device.key.spki))
    assert (signed.type, signed.value()["meetings"]) == ("wiped", ["m-aaaaaaaaaaaaaaaa"])


def test_W186_a_wipe_that_was_cut_off_says_what_there_was(site: Site, server: str, tmp_path: Path) -> None:
    cut = Enrolling(site, server, tmp_path / "device")
    cut.enroller.wiping(("m-aaaaaaaaaaaaaaaa", "m-bbbbbbbbbbbbbbbb"))
    again = Enrolling(site, server, tmp_path / "device")
    again.enroller.wiping(("m-bbbbbbbbbbbbbbbb",))
    again.enroller.wiped(("m-bbbbbbbbbbbbbbbb",))
    signed = open_envelope(again.disk.read(RECEIPT) or b"", verify=device_verifier(lambda _: again.key.spki))
    assert signed.value()["meetings"] == ["m-aaaaaaaaaaaaaaaa", "m-bbbbbbbbbbbbbbbb"]
    assert again.disk.read(WIPING) is None
