"""Reads a RAUC bundle: whose it is, what it says of itself, and whether its bytes are those that were signed.

Rules: the format is ``verity`` alone (RAUC's manual, "Bundle Formats"): payload, hash tree, CMS SignedData around the
manifest, its length in eight bytes. The manifest is signed, the payload follows from its root hash (dm-verity, version
1, SHA-256, blocks of 4 KiB), so nothing else has to be believed. Least version and last day stand in the manifest's
section ``meta.phonghop`` (firmware_scripts/bundle.py). Who signs is allowed to sign code, as RAUC asks at the seat.
Reads what an officer brought on a stick: whatever is wrong with it is one of our errors.

Usage::

    found = read(file, size, authority=pem, now=now)
    found.version, found.compatible, found.minimum, found.expires, found.signer
"""

from __future__ import annotations

import asyncio
import configparser
import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final

from asn1crypto import cms, pem, x509
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathError, ValidationError

from server.updates.errors import BundleAltered, BundleBroken, BundleExpired, BundleForeign, BundleUnsigned
from server.updates.model import Described
from wire.fields import parse_instant
from wire.messages.updates import MAX_VERSION, version_key

_SUM_BYTES: Final = 8
_MAX_SIGNATURE: Final = 64 * 1024
_BLOCK: Final = 4096
_AT_ONCE: Final = 256
_BROKEN_HASHES: Final = frozenset({"md2", "md4", "md5", "sha1"})
_SKEW: Final = dt.timedelta(minutes=1)
_COMPATIBLE: Final = re.compile(r"[0-9A-Za-z._-]{1,64}", re.ASCII)


def read(file: IO[bytes], size: int, *, authority: bytes, now: dt.datetime) -> Described:
    """Check everything; ``authority``: certificates in PEM.

    Raises BundleBroken, BundleUnsigned, BundleAltered, BundleForeign, BundleExpired.
    """
    signature_at, signature = _signature(file, size)
    manifest, signer = _signed(signature, authority=authority, now=now)
    parts = _parts(manifest)
    _compare(file, signature_at, parts)
    return _bundle(parts, signer, now=now)


def _signature(file: IO[bytes], size: int) -> tuple[int, bytes]:
    if size < _BLOCK + _SUM_BYTES:
        raise BundleBroken
    file.seek(size - _SUM_BYTES)
    length = int.from_bytes(_exactly(file, _SUM_BYTES), "big")
    at = size - _SUM_BYTES - length
    if not 0 < length <= _MAX_SIGNATURE or at <= 0:
        raise BundleBroken
    file.seek(at)
    return at, _exactly(file, length)


def _signed(signature: bytes, *, authority: bytes, now: dt.datetime) -> tuple[str, str]:
    """The manifest, and who signed it."""
    try:
        content = cms.ContentInfo.load(signature, strict=True)
        if content["content_type"].native != "signed_data":
            raise BundleBroken
        data = content["content"]
        inner = data["encap_content_info"]
        text = inner["content"].native
        signers, sent = list(data["signer_infos"]), [each.chosen for each in data["certificates"]]
        if not isinstance(text, bytes) or len(signers) != 1:
            raise BundleBroken
        leaf = _leaf(signers[0], sent)
        digest = hashlib.new(signers[0]["digest_algorithm"]["algorithm"].native, text).digest()
        intact, valid = validate_sig_integrity(
            signers[0], leaf, expected_content_type=inner["content_type"].native, actual_digest=digest
        )
        if not (intact and valid):
            raise BundleUnsigned
        asyncio.run(_path(leaf, sent, authority, now=now))
        return text.decode("utf-8"), _called(leaf)
    except (BundleBroken, BundleUnsigned):
        raise
    except (PathError, PathBuildingError, ValidationError) as exc:
        raise BundleUnsigned from exc
    except Exception as exc:
        # Whatever two parsers of ASN.1 make of rubbish: to whoever brought it, it is one thing.
        raise BundleBroken from exc


def anchors_of(authority: bytes) -> list[Any]:
    """The certificates of a PEM file; raises ValueError when there are none."""
    found = [x509.Certificate.load(der, strict=True) for _, _, der in pem.unarmor(authority, multiple=True)]
    for each in found:
        each.native  # noqa: B018 - read to the end: a certificate in name only trusts nobody
    if not found:
        raise ValueError("no certificate")
    return found


def _called(leaf: Any) -> str:
    """Its common name, or all of its name where it has none."""
    name = leaf.subject.native.get("common_name")
    return name if isinstance(name, str) else str(leaf.subject.human_friendly)


def _leaf(signer: Any, sent: list[Any]) -> Any:
    wanted = signer["sid"]
    for each in sent:
        if wanted.name == "issuer_and_serial_number":
            sid = wanted.chosen
            if each.serial_number == sid["serial_number"].native and each.issuer == sid["issuer"]:
                return each
        elif each.key_identifier == wanted.native:
            return each
    raise BundleUnsigned


async def _path(leaf: Any, sent: list[Any], authority: bytes, *, now: dt.datetime) -> None:
    context = ValidationContext(
        trust_roots=anchors_of(authority),
        moment=now,
        allow_fetching=False,
        revocation_mode="soft-fail",
        weak_hash_algos=_BROKEN_HASHES,
        time_tolerance=_SKEW,
    )
    validator = CertificateValidator(leaf, intermediate_certs=sent, validation_context=context)
    await validator.async_validate_usage(key_usage=set(), extended_key_usage={"code_signing"})


def _parts(manifest: str) -> Mapping[str, Mapping[str, str]]:
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",), strict=True)
    try:
        parser.read_string(manifest)
    except configparser.Error as exc:
        raise BundleForeign(field="manifest") from exc
    return {name: dict(parser[name]) for name in parser.sections()}


def _compare(file: IO[bytes], signature_at: int, parts: Mapping[str, Mapping[str, str]]) -> None:
    """Raise BundleAltered unless the payload is what the manifest's root hash says."""
    section = parts.get("bundle", {})
    if section.get("format") != "verity":
        raise BundleForeign(field="format")
    try:
        root, salt = bytes.fromhex(section["verity-hash"]), bytes.fromhex(section["verity-salt"])
        payload = signature_at - int(section["verity-size"])
    except (KeyError, ValueError) as exc:
        raise BundleForeign(field="verity") from exc
    if payload <= 0 or payload % _BLOCK or _root(file, payload, salt) != root:
        raise BundleAltered


def _root(file: IO[bytes], payload: int, salt: bytes) -> bytes:
    level = [hashlib.sha256(salt + block).digest() for block in _blocks(file, payload)]
    while len(level) > 1:
        joined = b"".join(level)
        level = [
            hashlib.sha256(salt + joined[at : at + _BLOCK].ljust(_BLOCK, b"\0")).digest()
            for at in range(0, len(joined), _BLOCK)
        ]
    return level[0]


def _blocks(file: IO[bytes], payload: int) -> Iterator[bytes]:
    file.seek(0)
    left = payload
    while left:
        lot = _exactly(file, min(left, _BLOCK * _AT_ONCE))
        left -= len(lot)
        for at in range(0, len(lot), _BLOCK):
            yield lot[at : at + _BLOCK]


def _bundle(parts: Mapping[str, Mapping[str, str]], signer: str, *, now: dt.datetime) -> Described:
    update = parts.get("update", {})
    version, compatible = update.get("version", ""), update.get("compatible", "")
    if len(version) > MAX_VERSION:
        raise BundleForeign(field="version")
    if not _COMPATIBLE.fullmatch(compatible):
        raise BundleForeign(field="compatible")
    meta = parts.get("meta.phonghop", {})
    minimum, until = meta.get("minimum", ""), meta.get("expires", "")
    try:
        if version_key(minimum) > version_key(version):
            raise BundleForeign(field="minimum")
    except ValueError as exc:
        raise BundleForeign(field="version") from exc
    try:
        expires = parse_instant(until)
    except ValueError as exc:
        raise BundleForeign(field="expires") from exc
    if now >= expires:
        raise BundleExpired(until=until)
    return Described(version, compatible, minimum, expires, signer)


def _exactly(file: IO[bytes], size: int) -> bytes:
    found = file.read(size)
    if len(found) != size:
        raise BundleBroken
    return found
