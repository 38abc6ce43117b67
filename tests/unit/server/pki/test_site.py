"""The site's folder: made once, kept, renewed, and refused when it is damaged."""

from __future__ import annotations

import base64
import datetime as dt
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from sealing.signatures import ServerSigner
from server.pki import files
from server.pki.announcement import SiteFacts, site_document
from server.pki.authority import CRL_DAYS, private_pem
from server.pki.bundle import bundle
from server.pki.errors import BadHost, BrokenPki, KeyNotAllowed
from server.pki.model import Revoked
from server.pki.profiles import DEVICE_DAYS, SERVER_DAYS
from server.pki.site import SiteNames, SitePki
from tests.support.devices import Terminal
from wire import canonical
from wire.envelope import pae, payload_type

NOW = dt.datetime(2026, 11, 21, 8, 0, 0, 123_456, tzinfo=dt.UTC)
NAMES = SiteNames("Phòng họp (demo)", ("room.example", "10.0.0.2"))


@pytest.fixture
def site(tmp_path: Path) -> SitePki:
    return SitePki.load_or_create(tmp_path, names=NAMES, now=NOW)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def certificate(site: SitePki, name: str) -> x509.Certificate:
    return files.read_certificate(site.path(f"{name}.pem"))


def openssl_verify(site: SitePki, path: Path, purpose: str, *, ca: str = "ca.pem") -> bool:
    """A second opinion; `-attime` because the test's clock is not the machine's."""
    when = str(int(NOW.timestamp()) + 60)
    words = ["openssl", "verify", "-x509_strict", "-attime", when, "-purpose", purpose]
    done = subprocess.run([*words, "-CAfile", str(site.path(ca)), str(path)], capture_output=True, check=False)
    return done.returncode == 0


def test_made_twice_is_the_same(site: SitePki) -> None:
    before = contents(site.folder)
    SitePki.load_or_create(site.folder, names=NAMES, now=NOW + dt.timedelta(days=200))
    assert contents(site.folder) == before


def test_private_keys_are_readable_by_their_owner_only(site: SitePki) -> None:
    keys = list(site.folder.glob("*.key"))
    assert {path.name for path in keys} == {
        f"{name}.key" for name in ("ca", "link-ca", "broker", "https", "server", "warden")
    }
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys} == {0o600}


def test_openssl_accepts_each_certificate_for_its_purpose_and_no_other(site: SitePki, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.keep(site.issue_device(terminal.id, spki=terminal.spki, now=NOW))
    assert openssl_verify(site, terminal.certificate_file, "sslclient")
    assert not openssl_verify(site, terminal.certificate_file, "sslserver")
    for name in ("broker", "https"):
        assert openssl_verify(site, site.path(f"{name}.pem"), "sslserver")
        assert not openssl_verify(site, site.path(f"{name}.pem"), "sslclient")
    for name in ("server", "warden"):
        assert openssl_verify(site, site.path(f"{name}.pem"), "sslclient", ca="link-ca.pem")
        assert not openssl_verify(site, site.path(f"{name}.pem"), "sslclient")


def test_a_device_certificate_holds_thirty_days_and_the_devices_own_key(site: SitePki, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    made = site.issue_device(terminal.id, spki=terminal.spki, now=NOW)
    assert made.subject.rfc4514_string() == f"CN={terminal.id}"
    assert made.public_key() == terminal.key.public_key()
    assert made.not_valid_after_utc == NOW.replace(microsecond=0) + dt.timedelta(days=DEVICE_DAYS)
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_key_that_is_not_p256_gets_no_certificate(site: SitePki) -> None:
    with pytest.raises(KeyNotAllowed):
        site.issue_device(Terminal(Path()).id, spki=b"no key", now=NOW)


def test_servers_answer_to_all_hosts_and_to_the_machine_itself(site: SitePki) -> None:
    names = certificate(site, "https").extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name.value) for name in names] == ["room.example", "10.0.0.2", "localhost", "127.0.0.1"]


def test_other_hosts_mean_another_certificate_for_the_same_key(site: SitePki) -> None:
    before = certificate(site, "broker")
    again = SitePki.load_or_create(site.folder, names=SiteNames(NAMES.site, ("10.0.0.3",)), now=NOW)
    after = certificate(again, "broker")
    assert after.serial_number != before.serial_number
    assert after.public_key() == before.public_key()
    assert certificate(again, "ca") == site.authority.certificate


def test_certificates_are_renewed_in_the_last_third_of_their_life(site: SitePki) -> None:
    before = certificate(site, "server")
    SitePki.load_or_create(site.folder, names=NAMES, now=NOW + dt.timedelta(days=SERVER_DAYS * 0.6))
    assert certificate(site, "server") == before
    SitePki.load_or_create(site.folder, names=NAMES, now=NOW + dt.timedelta(days=SERVER_DAYS * 0.7))
    assert certificate(site, "server") != before


def test_a_beginning_that_a_power_cut_ended_is_finished(tmp_path: Path) -> None:
    whole = SitePki.load_or_create(tmp_path, names=NAMES, now=NOW)
    for name in ("broker.pem", "warden.pem", "warden.key", "link-ca.pem"):
        whole.path(name).unlink()
    again = SitePki.load_or_create(tmp_path, names=NAMES, now=NOW)
    assert openssl_verify(again, again.path("broker.pem"), "sslserver")
    assert openssl_verify(again, again.path("server.pem"), "sslclient", ca="link-ca.pem")
    assert openssl_verify(again, again.path("warden.pem"), "sslclient", ca="link-ca.pem")


def test_a_lost_ca_key_is_not_replaced_in_silence(site: SitePki) -> None:
    site.path("ca.key").unlink()
    with pytest.raises(BrokenPki):
        SitePki.load_or_create(site.folder, names=NAMES, now=NOW)


def test_a_ca_key_of_somebody_else_is_refused(site: SitePki) -> None:
    files.write_private(site.path("ca.key"), private_pem(ec.generate_private_key(ec.SECP256R1())))
    with pytest.raises(BrokenPki):
        SitePki.load_or_create(site.folder, names=NAMES, now=NOW)


def test_a_key_that_others_may_read_is_refused(site: SitePki) -> None:
    site.path("ca.key").chmod(0o640)
    with pytest.raises(BrokenPki):
        SitePki.load_or_create(site.folder, names=NAMES, now=NOW)


def test_a_damaged_key_is_refused_without_showing_it(site: SitePki) -> None:
    secret = site.path("ca.key").read_bytes()
    site.path("ca.key").write_bytes(secret.replace(b"PRIVATE", b"PUBLIC"))
    with pytest.raises(BrokenPki) as refused:
        SitePki.load_or_create(site.folder, names=NAMES, now=NOW)
    shown = f"{refused.value!r} {refused.value} {refused.value.__cause__} {refused.value.__context__}"
    assert secret.splitlines()[1].decode() not in shown


def test_a_long_site_name_still_fits_a_certificate(tmp_path: Path) -> None:
    names = SiteNames("Viện kiểm sát nhân dân " * 10, ("x" * 60 + "." + "y" * 60,))
    site = SitePki.load_or_create(tmp_path, names=names, now=NOW)
    assert openssl_verify(site, site.path("broker.pem"), "sslserver")


def test_a_host_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadHost) as refused:
        SitePki.load_or_create(tmp_path, names=SiteNames("x", ("two..dots",)), now=NOW)
    assert refused.value.data == {"host": "two..dots"}


def test_the_revocation_list_names_the_revoked_and_holds_for_long(site: SitePki) -> None:
    pem = site.revocation_list([Revoked(7, NOW), Revoked(3, NOW)], now=NOW)
    crl = x509.load_pem_x509_crl(pem)
    key = site.authority.certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert crl.is_signature_valid(key)
    assert sorted(entry.serial_number for entry in crl) == [3, 7]
    assert crl.next_update_utc is not None
    assert crl.next_update_utc - NOW > dt.timedelta(days=CRL_DAYS - 1)


def test_a_later_revocation_list_has_a_higher_number(site: SitePki) -> None:
    def number(now: dt.datetime) -> int:
        crl = x509.load_pem_x509_crl(site.revocation_list([], now=now))
        return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number

    assert number(NOW) < number(NOW + dt.timedelta(milliseconds=1))


def test_the_signing_certificate_is_kept_until_the_key_changes(site: SitePki) -> None:
    first, second = ServerSigner.generate(), ServerSigner.generate()
    pem = site.signing_certificate(first.public, now=NOW)
    assert site.signing_certificate(first.public, now=NOW + dt.timedelta(days=1)) == pem
    assert site.signing_certificate(second.public, now=NOW) != pem
    assert not openssl_verify(site, site.path("signing.pem"), "sslclient")
    assert not openssl_verify(site, site.path("signing.pem"), "sslserver")


def test_W52_a_seat_can_check_the_site_document_with_the_ca_alone(site: SitePki) -> None:
    signer = ServerSigner.generate()
    pem = site.signing_certificate(signer.public, now=NOW)
    facts = SiteFacts("Phòng họp", "room.example", 8883, bytes(range(32)))
    document = site_document(facts, certificate=pem, sign=signer.sign)
    signature = base64.b64decode(document.pop("signature"))
    vouched = x509.load_pem_x509_certificate(document["server_certificate"].encode())
    vouched.verify_directly_issued_by(site.authority.certificate)
    public = vouched.public_key()
    assert isinstance(public, ed25519.Ed25519PublicKey)
    public.verify(signature, pae(payload_type("site"), canonical.encode(document)))
    assert base64.b64decode(document["mailbox_key"]) == facts.mailbox


def test_the_bundle_is_what_est_clients_read(site: SitePki, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    made = site.issue_device(terminal.id, spki=terminal.spki, now=NOW)
    found = pkcs7.load_der_pkcs7_certificates(base64.b64decode(bundle([made, site.authority.certificate])))
    assert {one.public_bytes(Encoding.DER) for one in found} == {
        one.public_bytes(Encoding.DER) for one in (made, site.authority.certificate)
    }


def test_a_file_is_replaced_whole_whatever_was_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "acl"
    (tmp_path / ".acl.new").write_bytes(b"half a file")
    files.replace_file(path, b"whole", mode=0o640)
    assert path.read_bytes() == b"whole"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["acl"]
