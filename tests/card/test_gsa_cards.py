"""The GSA ICAM test cards, as far as they can be had as text (tests/vectors/gsa-icam): read, signed with, and judged.

Their certificates and one key are GSA's own; the card around them has their layout. The server judges them with GSA's
authority as its anchor and without any network, which is how they are here.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs7

from deploy.softtoken.bank import ReaderBank
from deploy.softtoken.contents import CERTIFICATES, CHUID, Contents, certificate_object
from deploy.softtoken.keys import Algorithm
from edge.card import tlv
from edge.card.algorithms import Digest, Hash
from edge.card.certificate import Purpose
from edge.card.errors import KeyMismatch
from edge.card.pcsc import Context
from server.db.engine import Database
from server.errors import ServerError
from server.identity.store import accounts
from server.trust.certificates import Reader
from server.trust.errors import PkiServiceAway
from server.trust.model import Policy
from server.trust.paths import Paths
from server.trust.ports import Proof
from server.trust.revocation import Revocation
from server.trust.service import TrustService, TrustTools
from server.trust.store import SqlTrustStore
from tests.card.rigs import PivRig
from tests.card.words import said
from tests.signing.bench import empty_database
from tests.support.rows import sample_row
from tests.support.softtoken import DOCUMENT, LOGIN, certificate, key, pin
from wire.ids import PersonId

VECTORS: Final = Path(__file__).resolve().parents[1] / "vectors" / "gsa-icam"
CARDS: Final[dict[str, dict[str, Any]]] = tomllib.loads((VECTORS / "cards.toml").read_text(encoding="utf-8"))
#: Printed information, security object, face, fingerprints: as long as theirs.
_OTHERS: Final = {0x5FC109: 120, 0x5FC106: 1500, 0x5FC108: 12_000, 0x5FC103: 3500}
_PERSON: Final = PersonId("u-" + "g" * 16)
_NOW: Final = dt.datetime(2026, 11, 22, 1, 0, tzinfo=dt.UTC)
_MESSAGE: Final = b"PHONGHOP-ENROL-v1\0 nonce"


def _der(name: str) -> bytes:
    return x509.load_pem_x509_certificate((VECTORS / name).read_bytes()).public_bytes(Encoding.DER)


def _chuid(card: dict[str, Any]) -> bytes:
    """The fields of GSA's builder in its order, signed by a signer of ours: theirs is not there as text."""
    names = ((0x30, "fasc_n"), (0x34, "guid"), (0x36, "cardholder"))
    plain = {tag: bytes.fromhex(card[name]) for tag, name in names} | {0x35: card["expires"].encode()}
    fields = [tlv.encode(tag, plain[tag]) for tag in (0x30, 0x34, 0x35, 0x36)]
    signer = key(Algorithm.RSA_2048, 7)
    assert isinstance(signer, rsa.RSAPrivateKey)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(b"".join(fields))
    by = x509.load_der_x509_certificate(certificate(signer, "Content Signer (demo)"))
    signature = builder.add_signer(by, signer, hashes.SHA256()).sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])
    return b"".join((*fields, tlv.encode(0x3E, signature), tlv.encode(0xFE, b"")))


def _contents(name: str) -> Contents:
    card = CARDS[name]
    made = Contents(guid=bytes.fromhex(card["guid"]))
    made.objects[CHUID] = _chuid(card)
    private = load_pem_private_key((VECTORS / "piv-auth.pem").read_bytes(), password=None)
    assert isinstance(private, rsa.RSAPrivateKey)
    made.put_key(LOGIN, private, _der(card["login"]))
    if "document" in card:
        made.objects[CERTIFICATES[DOCUMENT]] = certificate_object(_der(card["document"]))
    return made


@pytest.mark.parametrize("name", [name for name, card in CARDS.items() if card["key"]])
def test_a_card_of_gsa_s_is_read_and_signs_with_its_own_key(bank: ReaderBank, context: Context, name: str) -> None:
    made = _contents(name)
    made.objects |= {tag: bytes(size) for tag, size in _OTHERS.items()}
    rig = PivRig(bank, context, made)
    token = rig.open()
    assert token.identity.serial == CARDS[name]["guid"]
    found = token.certificates[Purpose.LOGIN]
    assert found.subject == "CN=ICAM PIV Authentication,OU=ICAM Test Cards,O=U.S. Government,C=US"
    assert found.der == _der(CARDS[name]["login"])
    token.sign(Purpose.LOGIN, Digest.of(Hash.SHA256, b"GSA"), pin=pin())
    if name == "golden":
        assert token.certificates[Purpose.DOCUMENT].subject.startswith("CN=ICAM Test Card Dig Sig SP 800-73-4 Golden")
    rig.finish()


def test_G65_gsa_s_card_with_another_key_than_its_certificate_s_signs_nothing(
    bank: ReaderBank, context: Context
) -> None:
    rig = PivRig(bank, context, _contents("key-mismatch"))
    token = rig.open()
    with pytest.raises(KeyMismatch) as refused:
        token.sign(Purpose.LOGIN, Digest.of(Hash.SHA256, b"GSA"), pin=pin())
    said(refused.value.code, refused.value.data)
    rig.finish()


class Away:
    """No service of the PKI is to be reached."""

    def get(self, url: str) -> bytes:
        raise PkiServiceAway(host=url)

    def post(self, url: str, body: bytes, *, kind: str) -> bytes:
        raise PkiServiceAway(host=url)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Database:
    found = empty_database(tmp_path_factory.mktemp("gsa"))
    with found.begin() as tx:
        tx.execute(accounts.insert().values(sample_row(accounts, {}) | {"id": _PERSON, "username": "gsa"}))
    return found


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("expired", "certificate-expired"),
        ("not-yet-valid", "certificate-not-yet-valid"),
        ("tampered", "certificate-altered"),
        ("golden", "revocation-unknown"),
    ],
)
def test_G65_what_the_server_says_of_gsa_s_certificates(
    bank: ReaderBank, context: Context, house: Database, name: str, code: str
) -> None:
    """Each proves its key with its own card; the golden one fails on nothing but the news that nobody can bring."""
    tools = TrustTools(house, SqlTrustStore(), Reader(), Paths(), collector=Revocation(Away()), policy=Policy())
    trust = TrustService(tools)
    trust.add_authority(_der("signing-ca.pem"), trusted=True, by="u-test", now=_NOW)
    rig = PivRig(bank, context, _contents(name))
    signature = rig.open().sign(Purpose.LOGIN, Digest.of(Hash.SHA256, _MESSAGE), pin=pin())
    rig.finish()
    with pytest.raises(ServerError) as refused:
        trust.enrol(_PERSON, _der(CARDS[name]["login"]), proof=Proof(_MESSAGE, signature), by="u-it", now=_NOW)
    assert refused.value.code == code
    said(refused.value.code, refused.value.data)
    assert not trust.certificates_of(_PERSON)
