"""Rules W64, W65: the signed form, judged by asn1crypto, by pyHanko and by openssl as well."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms as asn1_cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from hypothesis import assume, given
from hypothesis import strategies as st
from pyhanko.sign.general import extract_signer_info
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, validate_sig_integrity

from edge.signing import statement as terminal
from tests.vectors import make, statements
from wire import cades, der
from wire.errors import BadCertificate, BadCms, WireError
from wire.fields import Fields
from wire.statement import SignedStatement, Statement

_GOLDEN: list[dict[str, Any]] = json.loads((make.HERE / "statements.json").read_text(encoding="utf-8"))["statements"]
_FIRST = _GOLDEN[0]
_CMS = base64.b64decode(_FIRST["cms"])
_STATEMENT = Statement.of(_FIRST["value"])
_NOW = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
KEYS: dict[str, Key] = {
    "rsa-2048": rsa.generate_private_key(65537, 2048),
    "p256": ec.generate_private_key(ec.SECP256R1()),
    "p384": ec.generate_private_key(ec.SECP384R1()),
}


def certificate(key: Any, *, serial: int = 0x7F00FF, hashed: bool = True) -> bytes:
    """Self-signed: the form is looked at here, not the trust."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Người kiểm thử (demo)")])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(_NOW - dt.timedelta(days=9))
        .not_valid_after(_NOW + dt.timedelta(days=3650))
        .add_extension(usage, critical=True)
    )
    return made.sign(key, hashes.SHA256() if hashed else None).public_bytes(serialization.Encoding.DER)


def card(key: Key, message: bytes) -> bytes:
    """What a card answers."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(message, ec.ECDSA(hashes.SHA384() if key.curve.name == "secp384r1" else hashes.SHA256()))


def signed(name: str) -> tuple[bytes, bytes]:
    """A certificate and the CMS of a statement signed with its key, through the terminal's own functions."""
    found = certificate(KEYS[name])
    signature = card(KEYS[name], terminal.statement_to_sign(_STATEMENT, found))
    sent = SignedStatement.read(Fields(terminal.build(_STATEMENT, found, signature), "data"))
    return found, cades.assemble(Statement.read(sent.statement), sent.certificate, sent.signature)


@pytest.mark.parametrize("entry", _GOLDEN, ids=lambda entry: entry["name"])
def test_W64_the_golden_attributes_follow_from_statement_and_certificate(entry: dict[str, Any]) -> None:
    sent, statement = SignedStatement.read(Fields(entry["sent"], "sent")), Statement.of(entry["value"])
    message = cades.to_sign(statement, sent.certificate)
    assert base64.b64encode(message).decode() == entry["signed"]
    assert statements.signature(message) == sent.signature
    cms = cades.assemble(statement, sent.certificate, sent.signature)
    assert base64.b64encode(cms).decode() == entry["cms"]
    assert cades.check(statement, cms) == cades.Parts((sent.certificate,), sent.signature)


@pytest.mark.parametrize(("name", "digest"), [("rsa-2048", "sha256"), ("p256", "sha256"), ("p384", "sha384")])
def test_W64_another_library_reads_the_attributes_and_no_others(name: str, digest: str) -> None:
    found, data = signed(name)
    content = asn1_cms.ContentInfo.load(data, strict=True)["content"]
    (info,) = content["signer_infos"]
    attributes = {each["type"].native: each["values"][0] for each in info["signed_attrs"]}
    assert set(attributes) == {
        "content_type", "signing_time", "message_digest", "signing_certificate_v2", "cms_algorithm_protection",
    }  # fmt: skip
    assert attributes["content_type"].native == "data"
    assert attributes["message_digest"].native == hashlib.new(digest, _STATEMENT.encode()).digest()
    assert attributes["signing_time"].native == _STATEMENT.made_at.replace(microsecond=0)
    (named,) = attributes["signing_certificate_v2"]["certs"]
    assert named["hash_algorithm"]["algorithm"].native == digest
    assert named["cert_hash"].native == hashlib.new(digest, found).digest()
    assert named["issuer_serial"]["serial_number"].native == 0x7F00FF
    protection = attributes["cms_algorithm_protection"]
    assert protection["digest_algorithm"].dump() == info["digest_algorithm"].dump()
    assert protection["signature_algorithm"].native == info["signature_algorithm"].native
    # A DER SET is in the order of its bytes: what the card signed is what others encode again.
    assert info["signed_attrs"].untag().dump(force=True) == cades.to_sign(_STATEMENT, found)


@pytest.mark.parametrize("name", sorted(KEYS))
def test_W65_openssl_checks_it(name: str, tmp_path: Path) -> None:
    found, data = signed(name)
    assert _openssl(tmp_path, found, data, _STATEMENT.encode()) == 0
    assert _openssl(tmp_path, found, data, _STATEMENT.encode().replace(b"present", b"absentt")) != 0


@pytest.mark.parametrize("name", sorted(KEYS))
def test_W65_pyhanko_checks_it(name: str) -> None:
    _, data = signed(name)
    content = asn1_cms.ContentInfo.load(data)["content"]
    for said, good in ((_STATEMENT.encode(), True), (_STATEMENT.encode() + b" ", False)):
        digest = hashlib.new(cades.Signer.of(certificate(KEYS[name])).digest, said).digest()
        intact, valid = validate_sig_integrity(
            extract_signer_info(content), extract_certs_for_validation(content).signer_cert, "data", digest
        )
        # `valid` is the signature over the attributes, `intact` their word about the content.
        assert (intact, valid) == (good, True)


def _openssl(folder: Path, ca: bytes, data: bytes, content: bytes) -> int:
    pem = b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(ca) + b"-----END CERTIFICATE-----\n"
    for name, held in (("ca.pem", pem), ("act.p7s", data), ("statement.json", content)):
        (folder / name).write_bytes(held)
    words = "cms -verify -binary -inform DER -in act.p7s -content statement.json -CAfile ca.pem -purpose any -out out"
    words += f" -partial_chain -attime {int(_NOW.timestamp())} -cades"
    found = subprocess.run(["openssl", *words.split()], cwd=folder, capture_output=True, timeout=30, check=False)
    return found.returncode


@given(at=st.integers(0, len(_CMS) * 8 - 1))
def test_W65_a_cms_with_any_other_bit_is_another_form_or_another_signature(at: int) -> None:
    changed = bytearray(_CMS)
    changed[at // 8] ^= 1 << at % 8
    parts = cades.split(_CMS)
    try:
        found = cades.check(_STATEMENT, bytes(changed))
    except (BadCms, BadCertificate):
        return
    assert found != parts


@given(st.binary(max_size=600))
def test_W65_a_reader_raises_our_error_and_no_other(data: bytes) -> None:
    with pytest.raises(WireError):
        cades.split(data)
    with pytest.raises(WireError):
        cades.Signer.of(data)


@given(cut=st.integers(0, len(_CMS) - 1), more=st.binary(max_size=3))
def test_W65_what_is_cut_or_longer_is_refused(cut: int, more: bytes) -> None:
    assume(len(more) != len(_CMS) - cut)
    with pytest.raises(WireError):
        cades.check(_STATEMENT, _CMS[:cut] + more)


@pytest.mark.parametrize("other", _GOLDEN[1:], ids=lambda entry: entry["name"])
def test_W65_a_cms_of_another_statement_is_refused(other: dict[str, Any]) -> None:
    with pytest.raises(BadCms):
        cades.check(Statement.of(other["value"]), _CMS)


def test_W65_the_chain_travels_with_it_and_the_signer_comes_first() -> None:
    found, chain = certificate(KEYS["rsa-2048"]), [certificate(KEYS[name], serial=n) for n, name in enumerate(KEYS, 1)]
    cms = cades.assemble(_STATEMENT, found, b"\1" * 256, chain=chain)
    first, *others = cades.check(_STATEMENT, cms).certificates
    assert first == found
    assert set(others) == set(chain)


@pytest.mark.parametrize(
    "key",
    [
        rsa.generate_private_key(65537, 1024),  # noqa: S505 - it is refused
        ec.generate_private_key(ec.SECP521R1()),
        ec.generate_private_key(ec.SECP256K1()),
        ed25519.Ed25519PrivateKey.generate(),
    ],
    ids=lambda key: type(key).__name__,
)
def test_W64_other_keys_sign_no_statement(key: Any) -> None:
    other = certificate(key, hashed=not isinstance(key, ed25519.Ed25519PrivateKey))
    with pytest.raises(BadCertificate):
        cades.to_sign(_STATEMENT, other)


@pytest.mark.parametrize("year", [1, 1949, 1950, 2049, 2050, 9999])
def test_W64_the_time_is_written_as_its_year_asks(year: int) -> None:
    statement = Statement.of(_FIRST["value"] | {"made_at": f"{year:04d}-06-01T00:00:00.999Z"})
    attributes = asn1_cms.CMSAttributes.load(cades.to_sign(statement, certificate(KEYS["p256"])), strict=True)
    (value,) = [each["values"][0] for each in attributes if each["type"].native == "signing_time"]
    assert value.name == ("utc_time" if 1950 <= year < 2050 else "generalized_time")
    assert value.chosen.contents == (
        b"" if value.name == "utc_time" else b"%02d" % (year // 100)
    ) + b"%02d0601000000Z" % (year % 100)


@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=5), st.integers(0, 2), st.integers(0, 39))
def test_G8_an_identifier_is_read_as_it_was_written(rest: list[int], first: int, second: int) -> None:
    dotted = ".".join(str(number) for number in (first, second, *rest))
    assert der.oid(der.one(der.named(dotted), der.OID)) == dotted


@given(st.binary(max_size=70_000))
def test_G8_an_element_is_read_as_it_was_written(value: bytes) -> None:
    assert der.one(der.element(der.OCTETS, value), der.OCTETS).value == value
