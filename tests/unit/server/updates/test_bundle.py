"""A bundle is believed when it is signed by whom the house trusts and is the bytes that were signed, and never else."""

from __future__ import annotations

import datetime as dt
import io
import random
import subprocess
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from firmware_scripts.bundle import About, Signer, write
from firmware_scripts.disk import Parts
from server.errors import ServerError
from server.updates.bundle import read
from server.updates.errors import BundleAltered, BundleBroken, BundleExpired, BundleForeign, BundleUnsigned
from server.updates.model import Described
from tests.support.bundles import BLOCK, COMPATIBLE, Maker

NOW = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
#: Of three levels of digests: 40 blocks of one, 130 of another.
PAYLOADS = (b"a" * BLOCK, b"image" * 8192 * 4, bytes(BLOCK) * 130)


@pytest.fixture(scope="module")
def maker() -> Maker:
    return Maker.new()


def judged(maker: Maker, data: bytes, *, now: dt.datetime = NOW) -> Described:
    return read(io.BytesIO(data), len(data), authority=maker.authority_pem, now=now)


@pytest.mark.parametrize("payload", PAYLOADS, ids=len)
def test_a_good_bundle_says_what_it_is(maker: Maker, payload: bytes) -> None:
    assert judged(maker, maker.bundle(payload)) == Described(
        "20261124.080000",
        COMPATIBLE,
        "20261001.000000",
        dt.datetime(2027, 11, 23, tzinfo=dt.UTC),
        "Release (test)",
    )


def test_a_bundle_made_by_rauc_itself_is_read(maker: Maker, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "root.img").write_bytes(random.Random(1).randbytes(700_000))
    (source / "manifest.raucm").write_text(
        f"[update]\ncompatible={COMPATIBLE}\nversion=20261124.080000\n"
        "\n"
        "[bundle]\nformat=verity\n\n[image.rootfs]\nfilename=root.img\n"
    )
    (tmp_path / "key.pem").write_bytes(maker.key_pem())
    (tmp_path / "cert.pem").write_bytes(maker.certificate.public_bytes(Encoding.PEM))
    made = tmp_path / "made.raucb"
    signing = ["--cert", str(tmp_path / "cert.pem"), "--key", str(tmp_path / "key.pem")]
    subprocess.run(["rauc", *signing, "bundle", str(source), str(made)], check=True, capture_output=True, timeout=60)
    data = made.read_bytes()
    # The RAUC of Debian 12 leaves out what it does not know; whose it is and what is in it was believed by then.
    with pytest.raises(BundleForeign) as refused:
        judged(maker, data)
    assert refused.value.data == {"field": "version"}
    for at in (0, 300_000, 600_000):
        with pytest.raises(BundleAltered):
            judged(maker, data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])


def test_a_bundle_made_by_our_own_is_read(maker: Maker, tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(maker.key_pem())
    (tmp_path / "cert.pem").write_bytes(maker.certificate.public_bytes(Encoding.PEM))
    files = {name: tmp_path / name for name in ("kernel", "root", "bill")}
    for number, file in enumerate(files.values()):
        file.write_bytes(random.Random(number).randbytes(300_000))
    about = About(COMPATIBLE, "20261124.080000", "20261001.000000", dt.datetime(2027, 11, 23, tzinfo=dt.UTC))
    made = write(
        Parts(boot=files["kernel"], kernel=files["kernel"], root=files["root"]),
        about,
        Signer(tmp_path / "cert.pem", str(tmp_path / "key.pem")),
        tmp_path / "made.raucb",
        tmp_path / "draft",
        listed=files["bill"],
        epoch=0,
    )
    assert judged(maker, made.read_bytes()) == Described(
        about.version, about.compatible, about.minimum, about.expires, "Release (test)"
    )


def test_a_certificate_that_is_for_something_else_signs_no_images() -> None:
    other = Maker.new(ExtendedKeyUsageOID.SERVER_AUTH)
    with pytest.raises(BundleUnsigned):
        judged(other, other.bundle())


def test_a_flipped_byte_of_payload_manifest_or_signature_is_noticed(maker: Maker) -> None:
    payload = b"image" * 8192
    manifest = maker.manifest(payload).encode()
    data = maker.sealed(payload, manifest.decode())
    size = int.from_bytes(data[-8:], "big")
    signer = cms.ContentInfo.load(data[-8 - size : -8])["content"]["signer_infos"][0]
    # Nobody reads the hash tree behind the payload: the root is worked out anew. What stands in the signer's part
    # before what is signed is a version and parameters that nothing is made of.
    said, signed = data.index(manifest), data.index(signer["signed_attrs"].contents)
    ends = data.index(signer["signature"].native) + len(signer["signature"].native)
    places = [*random.Random(7).sample(range(len(payload)), 40), 0, len(payload) - 1, len(data) - 1, len(data) - 9]
    for at in [*places, *range(said, said + len(manifest), 7), *range(signed, ends, 7)]:
        with pytest.raises((BundleAltered, BundleBroken, BundleUnsigned)):
            judged(maker, data[:at] + bytes([data[at] ^ 0x41]) + data[at + 1 :])


@pytest.mark.parametrize("left", [0, 7, 8, 4000, 40_000, -1, -9, -900])
def test_a_bundle_that_was_cut_is_broken(maker: Maker, left: int) -> None:
    with pytest.raises(BundleBroken):
        judged(maker, maker.bundle()[:left])


def test_rubbish_is_broken(maker: Maker) -> None:
    rng = random.Random(3)
    for size in (0, 8, 5_000, 50_000):
        noise = rng.randbytes(size)
        for data in (noise, noise + (900).to_bytes(8, "big"), noise + maker.bundle()[-1_000:]):
            with pytest.raises((BundleBroken, BundleAltered)):
                judged(maker, data)


def test_another_house_s_images_are_not_taken(maker: Maker) -> None:
    with pytest.raises(BundleUnsigned):
        judged(maker, Maker.new().bundle())


def test_a_certificate_that_an_end_entity_issued_signs_no_images(maker: Maker) -> None:
    # The whole chain is in the file, and each link of it is signed by the one above.
    with pytest.raises(BundleUnsigned):
        judged(maker, maker.issues().bundle())


def test_a_certificate_does_not_stand_for_another_s_key(maker: Maker) -> None:
    thief = Maker.new()
    stolen = Maker(thief.authority, thief.certificate, maker.key)
    with pytest.raises(ServerError) as refused:
        judged(maker, stolen.bundle())
    assert isinstance(refused.value, (BundleUnsigned, BundleBroken))


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"expires": "soon"}, "expires"),
        ({"expires": "2027-11-23"}, "expires"),
        ({"minimum": "x"}, "version"),
        ({"minimum": "20990101.0"}, "minimum"),
        ({"version": "latest"}, "version"),
        ({"compatible": "seat of ours"}, "compatible"),
        ({"compatible": ""}, "compatible"),
        ({"style": "plain"}, "format"),
        ({"minimum": "1.0\nminimum=2.0"}, "manifest"),
    ],
)
def test_a_signed_bundle_that_says_nothing_we_can_use_is_foreign(
    maker: Maker, parts: dict[str, str], field: str
) -> None:
    with pytest.raises(BundleForeign) as refused:
        judged(maker, maker.sealed(PAYLOADS[0], maker.manifest(PAYLOADS[0], **parts)))
    assert refused.value.data == {"field": field}


def test_a_bundle_past_its_last_day_is_expired(maker: Maker) -> None:
    with pytest.raises(BundleExpired):
        judged(maker, maker.bundle(), now=dt.datetime(2027, 11, 23, tzinfo=dt.UTC))
