"""Programs nobody here wrote take the software token for a card: they provision it, use it, and openssl verifies."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from yubikit.core import TRANSPORT, InvalidPinError
from yubikit.core.smartcard import SmartCardConnection
from yubikit.piv import (
    DEFAULT_MANAGEMENT_KEY,
    KEY_TYPE,
    MANAGEMENT_KEY_TYPE,
    PIN_POLICY,
    SLOT,
    PivSession,
)

from deploy.softtoken.admin import DEFAULT_KEY
from deploy.softtoken.bank import ReaderBank
from deploy.softtoken.contents import CERTIFICATES, certificate_object
from deploy.softtoken.keys import Algorithm
from edge.card.algorithms import Digest, Hash
from edge.card.certificate import Purpose
from edge.card.errors import PinBlocked, WrongPin
from edge.card.pcsc import Context, Handle
from tests.card.rigs import OPENSC, PivRig
from tests.support.softtoken import LOGIN, PIN, WRONG, certificate, contents, key, key_usage, pin

_MESSAGE = "Nghị quyết (demo)".encode()
_DIGEST = Digest.of(Hash.SHA256, _MESSAGE)


@pytest.fixture
def rig(bank: ReaderBank, context: Context) -> Iterator[PivRig]:
    made = PivRig(bank, context)
    yield made
    made.finish()


def _run(*command: str, folder: Path, **environment: str) -> str:
    done = subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def _openssl_verifies(public: object, folder: Path, *, hash_name: str = "sha256") -> None:
    assert isinstance(public, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
    (folder / "public.pem").write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    verify = ("openssl", "dgst", f"-{hash_name}", "-verify", "public.pem", "-signature", "signature", "message")
    assert "Verified OK" in _run(*verify, folder=folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "message").write_bytes(_MESSAGE)
    return tmp_path


# ---------------------------------------------------------------- OpenSC


def test_opensc_pkcs11_tool_tests_the_token_and_finds_no_error(rig: PivRig, folder: Path) -> None:
    said = _run("pkcs11-tool", "--module", str(OPENSC), "--login", "--pin", PIN, "--test", folder=folder)
    assert "No errors" in said
    assert "SHA256-RSA-PKCS: OK" in said


@pytest.mark.parametrize(
    ("algorithm", "key_id", "mechanism"),
    [
        (Algorithm.P256, "01", "ECDSA-SHA256"),
        (Algorithm.RSA_2048, "02", "SHA256-RSA-PKCS"),
        (Algorithm.RSA_3072, "02", "SHA256-RSA-PKCS"),
        (Algorithm.P384, "01", "ECDSA-SHA384"),
    ],
)
def test_opensc_signs_and_openssl_verifies(
    bank: ReaderBank, context: Context, folder: Path, *, algorithm: Algorithm, key_id: str, mechanism: str
) -> None:
    made = contents(login=algorithm) if key_id == "01" else contents(document=algorithm)
    rig = PivRig(bank, context, made)
    command = ["pkcs11-tool", "--module", str(OPENSC), "--login", "--pin", PIN, "--sign", "--id", key_id]
    more = ["--mechanism", mechanism, "--input-file", "message", "--output-file", "signature"]
    _run(*command, *more, *(["--signature-format", "openssl"] if "ECDSA" in mechanism else []), folder=folder)
    _openssl_verifies(key(algorithm).public_key(), folder, hash_name="sha384" if "384" in mechanism else "sha256")
    rig.finish()


def test_opensc_piv_tool_names_the_card_and_writes_a_certificate(rig: PivRig, folder: Path) -> None:
    said = _run("piv-tool", "--name", "--serial", folder=folder)
    assert "Personal Identity Verification Card" in said
    assert rig.card.contents.guid.hex(" ").upper() in said
    (folder / "admin").write_text(DEFAULT_KEY.hex(":"))
    der = certificate(key(Algorithm.P256), "Chứng thư mới (demo)")
    (folder / "new.pem").write_bytes(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM))
    write = ("piv-tool", "--admin", "M:9B:03", "--cert", "9A", "--in", "new.pem")
    # OpenSC 0.23 ends with 64 although it wrote: what counts is what the card holds.
    subprocess.run(
        write, cwd=folder, env=os.environ | {"PIV_EXT_AUTH_KEY": str(folder / "admin")}, check=False, timeout=30
    )
    token = rig.open()
    assert token.certificates[Purpose.LOGIN].der == der
    token.sign(Purpose.LOGIN, _DIGEST, pin=pin())


def test_opensc_counts_wrong_pins_as_the_card_does(rig: PivRig, folder: Path) -> None:
    command = ["pkcs11-tool", "--module", str(OPENSC), "--login", "--pin", WRONG, "--list-objects"]
    assert subprocess.run(command, env=os.environ, capture_output=True, check=False, timeout=30).returncode
    assert rig.open().pin_state().tries_left == 2


# ---------------------------------------------------------------- yubico-piv-tool


def _yubico(folder: Path, *arguments: str) -> str:
    return _run("yubico-piv-tool", "--reader", "Phonghop", *arguments, folder=folder)


def test_yubico_piv_tool_generates_signs_and_we_read_it(rig: PivRig, folder: Path) -> None:
    _yubico(folder, "-a", "generate", "-s", "9a", "-A", "ECCP256", "-o", "generated.pem")
    _yubico(
        folder, "-a", "verify-pin", "-P", PIN, "--sign", "-s", "9a", "-A", "ECCP256", "-H", "SHA256",
        "-i", "message", "-o", "signature",
    )  # fmt: skip
    _run("openssl", "dgst", "-sha256", "-verify", "generated.pem", "-signature", "signature", "message", folder=folder)
    generated = rig.card.contents.keys[LOGIN].private
    der = certificate(generated, "Khóa sinh trên thẻ (demo)")
    (folder / "new.pem").write_bytes(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM))
    _yubico(folder, "-a", "import-certificate", "-s", "9a", "-i", "new.pem")
    _yubico(folder, "-a", "verify-pin", "-P", PIN, "-a", "test-signature", "-s", "9a", "-i", "new.pem")
    token = rig.open()
    assert token.certificates[Purpose.LOGIN].der == der
    token.sign(Purpose.LOGIN, _DIGEST, pin=pin())


def test_a_blocked_card_is_unblocked_by_yubico_piv_tool(rig: PivRig, folder: Path) -> None:
    token = rig.open()
    for _ in range(2):
        with pytest.raises(WrongPin):
            token.verify_pin(pin(WRONG))
    with pytest.raises(PinBlocked):
        token.verify_pin(pin(WRONG), last_try_ok=True)
    token.close()
    _yubico(folder, "-a", "unblock-pin", "-P", "12345678", "-N", "Moi-2026")
    again = rig.open()
    assert again.pin_state().tries_left == 3
    again.verify_pin(pin("Moi-2026"))
    again.close()
    _yubico(folder, "-a", "change-pin", "-P", "Moi-2026", "-N", PIN)
    rig.open().verify_pin(pin())


# ---------------------------------------------------------------- yubikit


class _Connection(SmartCardConnection):
    """Yubico's own client over our handle: the bytes are theirs, extended lengths too."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    @property
    def transport(self) -> TRANSPORT:
        return TRANSPORT.USB

    def send_and_receive(self, apdu: bytes) -> tuple[bytes, int]:
        answer = self._handle.transmit(bytearray(apdu))
        return answer[:-2], int.from_bytes(answer[-2:], "big")

    def close(self) -> None:
        self._handle.close()


@pytest.fixture
def session(rig: PivRig) -> Iterator[PivSession]:
    with rig.context.connect(rig.reader) as handle:
        yield PivSession(_Connection(handle))


def test_yubikit_provisions_a_key_made_on_the_card(rig: PivRig, session: PivSession, folder: Path) -> None:
    session.authenticate(DEFAULT_MANAGEMENT_KEY)
    public = session.generate_key(SLOT.SIGNATURE, KEY_TYPE.RSA2048, PIN_POLICY.ALWAYS)
    private = rig.card.contents.keys[0x9C].private
    der = certificate(private, "Sinh bằng yubikit (demo)", usage=key_usage(commits=True))
    session.put_certificate(SLOT.SIGNATURE, x509.load_der_x509_certificate(der), compress=True)
    assert session.get_slot_metadata(SLOT.SIGNATURE).public_key == public
    session.protocol.connection.close()
    token = rig.open()
    signature = token.sign(Purpose.DOCUMENT, _DIGEST, pin=pin())
    (folder / "signature").write_bytes(signature)
    _openssl_verifies(public, folder)


@pytest.mark.parametrize("kind", [MANAGEMENT_KEY_TYPE.AES128, MANAGEMENT_KEY_TYPE.AES192, MANAGEMENT_KEY_TYPE.AES256])
def test_yubikit_takes_an_aes_admin_key_and_brings_a_key(
    rig: PivRig, session: PivSession, kind: MANAGEMENT_KEY_TYPE, folder: Path
) -> None:
    session.authenticate(DEFAULT_MANAGEMENT_KEY)
    fresh = bytes(range(kind.key_len))
    session.set_management_key(kind, fresh)
    again = PivSession(session.protocol.connection)
    again.authenticate(fresh)
    brought = ec.generate_private_key(ec.SECP384R1())
    again.put_key(SLOT.AUTHENTICATION, brought)
    again.put_certificate(SLOT.AUTHENTICATION, x509.load_der_x509_certificate(certificate(brought, "P-384 (demo)")))
    again.protocol.connection.close()
    digest = Digest.of(Hash.SHA384, _MESSAGE)
    (folder / "signature").write_bytes(rig.open().sign(Purpose.LOGIN, digest, pin=pin()))
    _openssl_verifies(brought.public_key(), folder, hash_name="sha384")


def test_yubikit_signs_verifies_and_counts(rig: PivRig, session: PivSession, folder: Path) -> None:
    with pytest.raises(InvalidPinError) as refused:
        session.verify_pin(WRONG)
    assert refused.value.attempts_remaining == 2
    session.verify_pin(PIN)
    (folder / "signature").write_bytes(session.sign(SLOT.AUTHENTICATION, KEY_TYPE.ECCP256, _MESSAGE, hashes.SHA256()))
    _openssl_verifies(key(Algorithm.P256).public_key(), folder)
    metadata = session.get_pin_metadata()
    assert (metadata.total_attempts, metadata.attempts_remaining) == (3, 3)
    assert rig.card.contents.objects[CERTIFICATES[LOGIN]] == certificate_object(
        session.get_certificate(SLOT.AUTHENTICATION).public_bytes(Encoding.DER)
    )
