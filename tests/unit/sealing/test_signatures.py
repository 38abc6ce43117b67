"""Rules W20, W21: who signs, and that nothing else passes."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sealing.errors import BadKey
from sealing.signatures import DeviceSigner, ServerSigner, device_verifier, server_verifier
from tests.support import mutate
from wire import ids
from wire.envelope import open_envelope, seal
from wire.errors import BadSignature, WireError
from wire.secret import Secret

_SERVER, _DEVICE = ServerSigner.generate(), DeviceSigner.generate()
_KNOWN: dict[str, bytes] = {_DEVICE.key_id: _DEVICE.spki}


def test_W20_the_server_signs_and_its_verifier_agrees() -> None:
    data = seal("welcome", {"a": 1}, key_id=_SERVER.key_id, sign=_SERVER.sign)
    assert open_envelope(data, verify=server_verifier(_SERVER.public)).value() == {"a": 1}


def test_W20_a_device_signs_and_its_verifier_agrees() -> None:
    data = seal("have", {"a": 1}, key_id=_DEVICE.key_id, sign=_DEVICE.sign)
    signed = open_envelope(data, verify=device_verifier(_KNOWN.get))
    assert (signed.key_id, signed.value()) == (ids.device_id(_DEVICE.spki), {"a": 1})


@pytest.mark.parametrize("who", ["server", "device"])
def test_W20_any_flipped_bit_of_bytes_or_signature_is_noticed(who: str) -> None:
    sign, key_id, verify = (
        (_SERVER.sign, _SERVER.key_id, server_verifier(_SERVER.public))
        if who == "server"
        else (_DEVICE.sign, str(_DEVICE.key_id), device_verifier(_KNOWN.get))
    )
    signature = sign(b"Bien ban")
    verify(key_id, b"Bien ban", signature)
    for broken in mutate.flipped_bits(b"Bien ban"):
        with pytest.raises(BadSignature):
            verify(key_id, broken, signature)
    for broken in mutate.flipped_bits(signature):
        with pytest.raises(BadSignature):
            verify(key_id, b"Bien ban", broken)
    for broken in (b"", signature[:-1], signature + b"\0"):
        with pytest.raises(BadSignature):
            verify(key_id, b"Bien ban", broken)


def test_W20_any_flipped_bit_of_an_envelope_is_noticed() -> None:
    data = seal("have", {"a": 1}, key_id=_DEVICE.key_id, sign=_DEVICE.sign)
    for broken in mutate.flipped_bits(data):
        with pytest.raises(WireError):
            open_envelope(broken, verify=device_verifier(_KNOWN.get))


def test_W21_a_key_that_is_not_known_signs_nothing() -> None:
    stranger = DeviceSigner.generate()
    with pytest.raises(BadSignature):
        device_verifier(_KNOWN.get)(stranger.key_id, b"x", stranger.sign(b"x"))
    with pytest.raises(BadSignature):
        device_verifier(_KNOWN.get)(_DEVICE.key_id, b"x", stranger.sign(b"x"))
    with pytest.raises(BadSignature):
        server_verifier(_SERVER.public)(ServerSigner.generate().key_id, b"x", _SERVER.sign(b"x"))


def test_W21_a_register_that_gives_another_devices_key_is_not_believed() -> None:
    stranger = DeviceSigner.generate()
    with pytest.raises(BadSignature):
        device_verifier(lambda _: stranger.spki)(_DEVICE.key_id, b"x", stranger.sign(b"x"))


def _spki(curve: ec.EllipticCurve) -> bytes:
    return (
        ec.generate_private_key(curve)
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


@pytest.mark.parametrize(
    "spki",
    [b"", b"no key", _spki(ec.SECP384R1()), _spki(ec.SECP256K1())],
    ids=["nothing", "no key", "P-384", "secp256k1"],
)
def test_W20_a_device_key_is_on_p_256(spki: bytes) -> None:
    with pytest.raises(BadKey):
        device_verifier(lambda _: spki)(ids.device_id(spki), b"x", b"y")
    with pytest.raises(BadKey):
        server_verifier(spki)


def test_W20_a_p_384_key_is_no_device() -> None:
    with pytest.raises(BadKey):
        DeviceSigner(ec.generate_private_key(ec.SECP384R1()))


def test_keys_are_kept_as_pem_and_found_again() -> None:
    assert ServerSigner.from_pem(_SERVER.to_pem()).key_id == _SERVER.key_id
    assert DeviceSigner.from_pem(_DEVICE.to_pem()).spki == _DEVICE.spki
    assert isinstance(_SERVER.to_pem(), Secret)


@pytest.mark.parametrize("pem", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_broken_key_file_is_refused_without_quoting_it(pem: bytes) -> None:
    for read in (ServerSigner.from_pem, DeviceSigner.from_pem):
        with pytest.raises(BadKey) as refused:
            read(Secret(pem))
        assert refused.value.__cause__ is None


def test_a_key_of_the_other_kind_is_refused() -> None:
    with pytest.raises(BadKey):
        ServerSigner.from_pem(_DEVICE.to_pem())
    with pytest.raises(BadKey):
        DeviceSigner.from_pem(_SERVER.to_pem())


def test_a_device_signature_is_ecdsa_with_sha_256() -> None:
    public = serialization.load_der_public_key(_DEVICE.spki)
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(_DEVICE.sign(b"x"), b"x", ec.ECDSA(hashes.SHA256()))
