"""Cards laid out as the GSA ICAM test cards are; what there is of theirs is in ``test_gsa_cards.py``."""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from deploy.softtoken.bank import ReaderBank
from deploy.softtoken.card import Card
from deploy.softtoken.contents import CAPABILITIES, CHUID, DISCOVERY, Contents, certificate_object, chuid, load, save
from deploy.softtoken.keys import Algorithm, PinPolicy
from edge.card import tlv
from edge.card.algorithms import Digest, Hash, KeyKind
from edge.card.certificate import Purpose, read
from edge.card.errors import CertificateUnreadable, PinRequired
from edge.card.pcsc import Context
from edge.card.piv import PIN_RULE
from edge.card.piv_objects import certificate_der, global_pin_is_primary, serial
from edge.card.piv_token import open_piv
from tests.card.rigs import PivRig, wait_for_card, wait_until_empty
from tests.support.softtoken import DOCUMENT, LOGIN, certificate, key, key_usage, pin

#: T=0 alone, historical bytes "PIVsim".
_T0 = bytes.fromhex("3b6600ff") + b"PIVsim"
_PRINTED, _SECURITY, _FACE, _FINGERS = 0x5FC109, 0x5FC106, 0x5FC108, 0x5FC103


def _signed_chuid(guid: bytes) -> bytes:
    """A CHUID with its issuer's signature and certificate, as agencies write it: some two kilobytes."""
    signer = key(Algorithm.RSA_2048, 7)
    assert isinstance(signer, rsa.RSAPrivateKey)
    addresses = [
        x509.AccessDescription(method, x509.UniformResourceIdentifier(f"http://pki.example/{'x' * 60}/{number}"))
        for number, method in enumerate((AuthorityInformationAccessOID.CA_ISSUERS, AuthorityInformationAccessOID.OCSP))
    ]
    der = certificate(signer, "Content Signer (demo)", more=[x509.AuthorityInformationAccess(addresses)])
    builder = pkcs7.PKCS7SignatureBuilder().set_data(chuid(guid))
    signed = builder.add_signer(x509.load_der_x509_certificate(der), signer, hashes.SHA256())
    return chuid(guid, signature=signed.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary]))


def _laid_out(login: Algorithm, document: Algorithm, *, pack: bool) -> Contents:
    guid = secrets.token_bytes(16)
    made = Contents(guid=guid)
    made.objects[CHUID] = _signed_chuid(guid)
    addresses = [x509.SubjectAlternativeName([x509.RFC822Name("demo@example.vn")])]
    for slot, algorithm, commits in ((LOGIN, login, False), (DOCUMENT, document, True)):
        extended = [ExtendedKeyUsageOID.CLIENT_AUTH] if slot == LOGIN else []
        der = certificate(
            key(algorithm), "ICAM-like (demo)", usage=key_usage(commits=commits), extended=extended, more=addresses
        )
        made.put_key(slot, key(algorithm), der, pack=pack)
    made.objects |= {_PRINTED: bytes(120), _SECURITY: bytes(1500), _FACE: bytes(12_000), _FINGERS: bytes(3500)}
    return made


@pytest.mark.parametrize("pack", [False, True])
@pytest.mark.parametrize(
    ("login", "document"),
    [
        (Algorithm.RSA_2048, Algorithm.RSA_2048),
        (Algorithm.RSA_3072, Algorithm.RSA_3072),
        (Algorithm.P256, Algorithm.P384),
        (Algorithm.P384, Algorithm.P256),
    ],
)
def test_a_card_of_that_layout_is_read_and_signs(
    bank: ReaderBank, context: Context, login: Algorithm, document: Algorithm, *, pack: bool
) -> None:
    made = _laid_out(login, document, pack=pack)
    assert len(made.objects[CHUID]) > 1500
    rig = PivRig(bank, context, made)
    token = rig.open()
    assert token.identity.serial == made.guid.hex()
    for purpose in Purpose:
        certificate_ = token.certificates[purpose]
        digest = Digest.of(certificate_.key.usual_hash, b"ICAM")
        token.sign(purpose, digest, pin=pin())
    rig.finish()


#: What is missing, odd or over, and what the card's number is then.
_ODD: dict[str, tuple[dict[int, bytes | None], bool]] = {
    "no CCC": ({CAPABILITIES: None}, True),
    "no CHUID": ({CHUID: None}, False),
    "no discovery object": ({DISCOVERY: None}, True),
    "empty CCC and discovery object": ({CAPABILITIES: b"", DISCOVERY: b""}, True),
    "CHUID cut short": ({CHUID: bytes.fromhex("3019d4e7")}, False),
    "none of the three": ({CAPABILITIES: None, CHUID: None, DISCOVERY: None}, False),
}


@pytest.mark.parametrize("what", _ODD)
def test_G65_a_card_without_its_optional_objects_signs_all_the_same(
    bank: ReaderBank, context: Context, what: str
) -> None:
    made = _laid_out(Algorithm.P256, Algorithm.P256, pack=False)
    changed, is_numbered = _ODD[what]
    for tag, value in changed.items():
        if value is None:
            del made.objects[tag]
        else:
            made.objects[tag] = value
    rig = PivRig(bank, context, made)
    token = rig.open()
    # A card without a number of its own is known by its first certificate.
    assert (token.identity.serial == made.guid.hex()) is is_numbered
    assert token.identity.serial
    for purpose in Purpose:
        token.sign(purpose, Digest.of(Hash.SHA256, b"ICAM"), pin=pin())
    rig.finish()


def test_G65_an_expired_chuid_decides_nothing(bank: ReaderBank, context: Context) -> None:
    """What counts is the certificate, which the server judges; the CHUID only gives the card a number."""
    made = _laid_out(Algorithm.P256, Algorithm.P256, pack=False)
    made.objects[CHUID] = made.objects[CHUID].replace(b"20351231", b"20171231")
    rig = PivRig(bank, context, made)
    token = rig.open()
    assert token.identity.serial == made.guid.hex()
    token.sign(Purpose.LOGIN, Digest.of(Hash.SHA256, b"ICAM"), pin=pin())
    rig.finish()


def test_G65_keys_that_want_the_pin_every_time_get_it_right_before_each_signature(
    bank: ReaderBank, context: Context
) -> None:
    made = _laid_out(Algorithm.P256, Algorithm.RSA_2048, pack=False)
    made.keys = {slot: replace(held, policy=PinPolicy.ALWAYS) for slot, held in made.keys.items()}
    rig = PivRig(bank, context, made)
    token = rig.open()
    for purpose in (Purpose.LOGIN, Purpose.DOCUMENT, Purpose.LOGIN):
        digest = Digest.of(Hash.SHA256, b"ICAM")
        token.sign(purpose, digest, pin=pin())
        with pytest.raises(PinRequired):
            token.sign(purpose, digest)
    assert token.pin_state().verified, "no try was lost"
    rig.finish()


@pytest.mark.parametrize("algorithm", [Algorithm.P256, Algorithm.RSA_3072])
def test_G65_a_card_that_speaks_t0_is_read_in_pieces_and_signs(
    bank: ReaderBank, context: Context, algorithm: Algorithm
) -> None:
    """Card 37 of GSA's is one: T=0, where a command with data carries no Le and an answer is always fetched."""
    made = _laid_out(algorithm, algorithm, pack=False)
    wait_until_empty(context, bank.readers[1])
    bank.insert(1, Card(made), answer_to_reset=_T0)
    wait_for_card(context, bank.readers[1])
    handle = context.connect(bank.readers[1])
    heard: list[bytes] = []
    inserted = bank.inserted(1)
    assert inserted is not None
    inserted.faults.answer = lambda apdu: heard.append(bytes(apdu))
    token = open_piv(handle)
    for purpose in Purpose:
        kind = token.certificates[purpose].key
        token.sign(purpose, Digest.of(kind.usual_hash, b"ICAM"), pin=pin())
    token.close()
    assert all(len(apdu) <= 5 + apdu[4] for apdu in heard if len(apdu) > 5), "no Le after data"


def test_a_packed_certificate_is_unpacked_and_a_bomb_is_not() -> None:
    der = certificate(key(Algorithm.P256), "A")
    packed = certificate_object(der, pack=True)
    assert certificate_der(packed, Purpose.LOGIN) == der
    assert read(der, Purpose.LOGIN, pin_always=False).key is KeyKind.P256
    bomb = certificate_object(bytes(50_000_000), pack=True)
    with pytest.raises(CertificateUnreadable, match="without an end"):
        certificate_der(bomb, Purpose.LOGIN)
    with pytest.raises(CertificateUnreadable, match="without an end"):
        certificate_der(_cut(packed), Purpose.LOGIN)


def _cut(packed: bytes) -> bytes:
    """The same object with the end of its packed certificate gone."""
    body = tlv.find(tlv.parse(packed), 0x70) or b""
    return tlv.encode(0x70, body[:-20]) + tlv.encode(0x71, b"\1")


def test_numbers_of_cards_with_guid_without_and_with_neither() -> None:
    guid = bytes(range(16))
    assert serial(chuid(guid)) == guid.hex()
    assert serial(chuid(bytes(16))) == "d4e739da739ced39ce739d836858210842108421c84210c3eb"
    assert serial(None) is None
    assert serial(b"\x30") is None


def test_the_discovery_object_says_which_pin() -> None:
    for policy, is_global in (("4000", False), ("6010", False), ("6020", True), ("60", False)):
        value = bytes.fromhex(policy)
        assert global_pin_is_primary(b"\x5f\x2f" + bytes([len(value)]) + value) is is_global
    assert PIN_RULE.longest == 8


def test_a_card_is_kept_in_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    made = _laid_out(Algorithm.P256, Algorithm.RSA_2048, pack=True)
    path = tmp_path / "card.json"
    save(made, path)
    assert path.stat().st_mode & 0o777 == 0o600
    again = load(path)
    assert again.objects == made.objects
    assert {slot: held.public() for slot, held in again.keys.items()} == {
        slot: held.public() for slot, held in made.keys.items()
    }
    assert "PRIVATE" not in repr(again)
