"""What a certificate request may be, and what it is refused for."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from server.errors import ServerError
from server.pki.errors import BadRequestSignature, KeyNotAllowed, MalformedRequest, RequestTooLarge
from server.pki.requests import MAX_BODY_BYTES, read_request
from tests.support.devices import Terminal
from wire import ids

ANY = Terminal(Path())
HONEST = ANY.request("SN-0042:rev.A")


def signed(
    name: x509.Name, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, algorithm: hashes.SHA256 | hashes.SHA512
) -> bytes:
    csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, algorithm)
    return base64.b64encode(csr.public_bytes(Encoding.DER))


def named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def test_W50_an_honest_request_gives_id_code_key_and_serial() -> None:
    request = read_request(HONEST)
    assert request.device == ids.device_id(ANY.spki)
    assert request.code == ids.pairing_code(ANY.spki)
    assert request.spki == ANY.spki
    assert request.serial == "SN-0042:rev.A"


def test_a_request_may_have_no_serial() -> None:
    assert read_request(ANY.request()).serial == ""


def test_line_breaks_do_not_matter() -> None:
    lines = b"\r\n".join(HONEST.split())
    assert read_request(lines) == read_request(HONEST)


def test_an_rsa_key_is_refused() -> None:
    with pytest.raises(KeyNotAllowed):
        read_request(signed(named("x"), rsa.generate_private_key(65537, 2048), hashes.SHA256()))


def test_another_curve_is_refused() -> None:
    with pytest.raises(KeyNotAllowed):
        read_request(signed(named("x"), ec.generate_private_key(ec.SECP384R1()), hashes.SHA256()))


def test_another_hash_is_refused() -> None:
    with pytest.raises(KeyNotAllowed):
        read_request(signed(named("x"), ANY.key, hashes.SHA512()))


def test_an_ed25519_key_is_refused() -> None:
    csr = x509.CertificateSigningRequestBuilder().subject_name(named("x"))
    made = csr.sign(ed25519.Ed25519PrivateKey.generate(), None)
    with pytest.raises(KeyNotAllowed):
        read_request(base64.b64encode(made.public_bytes(Encoding.DER)))


def test_a_key_that_did_not_sign_is_refused() -> None:
    other = Terminal(Path())
    mine, theirs = base64.b64decode(ANY.request()), base64.b64decode(other.request())
    forged = theirs.replace(other.spki, ANY.spki)
    assert forged != theirs
    assert len(forged) == len(theirs)
    assert read_request(base64.b64encode(mine)).device == ANY.id
    with pytest.raises(BadRequestSignature):
        read_request(base64.b64encode(forged))


@pytest.mark.filterwarnings("ignore:Attribute.s length:UserWarning")  # the library notices as well
@pytest.mark.parametrize("name", ["", "hai ba", "tên", "a" * 65, "a/b", "a\nb", "x'; --"])
def test_a_serial_that_cannot_be_shown_is_refused(name: str) -> None:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name, _validate=False)])
    with pytest.raises(MalformedRequest):
        read_request(signed(subject, ANY.key, hashes.SHA256()))


def test_two_names_are_refused() -> None:
    pair = [x509.NameAttribute(NameOID.COMMON_NAME, name) for name in ("a", "b")]
    with pytest.raises(MalformedRequest):
        read_request(signed(x509.Name(pair), ANY.key, hashes.SHA256()))


def test_a_request_longer_than_any_honest_one_is_refused() -> None:
    with pytest.raises(RequestTooLarge):
        read_request(b"A" * (MAX_BODY_BYTES + 1))


def test_bytes_after_the_request_are_refused() -> None:
    with pytest.raises(MalformedRequest):
        read_request(base64.b64encode(base64.b64decode(HONEST) + b"\0"))


@given(st.binary(max_size=600))
def test_any_bytes_raise_only_our_error(body: bytes) -> None:
    for sent in (body, base64.b64encode(body)):
        with pytest.raises(ServerError):
            read_request(sent)


@given(st.data())
def test_flipping_any_bit_never_gives_another_device(data: st.DataObject) -> None:
    der = bytearray(base64.b64decode(HONEST))
    at = data.draw(st.integers(0, len(der) - 1))
    der[at] ^= 1 << data.draw(st.integers(0, 7))
    try:
        found = read_request(base64.b64encode(bytes(der)))
    except ServerError:
        return
    # A bit that means nothing (the count of unused bits of the signature) may flip: it is the same request then.
    assert found == read_request(HONEST)


def test_a_request_of_a_version_nobody_knows_is_refused() -> None:
    der = bytearray(base64.b64decode(HONEST))
    der[7] ^= 1
    with pytest.raises(MalformedRequest):
        read_request(base64.b64encode(bytes(der)))
