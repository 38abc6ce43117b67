"""Signing a paper the way another agency would: PAdES B-B by pyHanko, under an authority that lives a moment.

Rules: RSA-2048 and SHA-256, as the state's own tokens use; the private keys exist only in memory and are gone when the
function returns; every name says that it is a demonstration. Nobody should trust this authority: a seat that
shows the paper says "valid signature, unknown issuer".

    signed = sign_pdf(unsigned, Place(page_index=1, x=300, y=200, width=190, height=62), now=datetime.now(UTC))
"""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.content import ImportedPdfPage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore
from reportlab.pdfgen.canvas import Canvas

from deploy.demo.papers.agency import REMOTE_SIGNER
from deploy.demo.papers.fonts import SERIF, SERIF_BOLD

_AUTHORITY = "Cơ quan chứng thực minh họa (demo)"
_AGENCY = "Viện kiểm sát nhân dân tỉnh A (demo)"
_FIELD = "ChuKy1"
_BLUE = (0.05, 0.2, 0.65)
_VIETNAM = timezone(timedelta(hours=7))
_LIFE = timedelta(days=3650)


@dataclass(frozen=True)
class Place:
    """Where a mark goes: page from 0, and a rectangle in points from the page's lower left corner."""

    page_index: int
    x: float
    y: float
    width: float
    height: float

    def box(self) -> tuple[int, int, int, int]:
        """Return the rectangle as PDF wants it, in whole points."""
        return (round(self.x), round(self.y), round(self.x + self.width), round(self.y + self.height))


@dataclass(frozen=True, repr=False)
class _Identity:
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


def sign_pdf(unsigned: bytes, place: Place, *, now: datetime) -> bytes:
    """Add one visible PAdES B-B signature as an incremental update; the unsigned bytes stay a prefix of the result."""
    authority = _make_authority(now)
    signer = _issue(authority, now)
    with tempfile.TemporaryDirectory() as folder:
        # pyHanko imports a page from a named file only, and reads it while it signs.
        mark = Path(folder) / "mark.pdf"
        mark.write_bytes(_draw_mark(place, now))
        pdf_signer = _pdf_signer(_pyhanko_signer(authority, signer), place, mark)
        signed = io.BytesIO()
        pdf_signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(unsigned)), output=signed)
    return signed.getvalue()


def _pdf_signer(signer: SimpleSigner, place: Place, mark: Path) -> PdfSigner:
    layout = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, margins=Margins.uniform(0))
    return PdfSigner(
        PdfSignatureMetadata(
            field_name=_FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            name=REMOTE_SIGNER,
            location="Tỉnh A",
            reason="Ký ban hành quyết định (demo)",
        ),
        signer=signer,
        stamp_style=StaticStampStyle(border_width=0, background=ImportedPdfPage(str(mark)), background_layout=layout),
        new_field_spec=SigFieldSpec(_FIELD, on_page=place.page_index, box=place.box()),
    )


def _pyhanko_signer(authority: _Identity, signer: _Identity) -> SimpleSigner:
    store = SimpleCertificateStore()
    store.register(_asn1(authority.certificate))
    key = signer.key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return SimpleSigner(_asn1(signer.certificate), PrivateKeyInfo.load(key), store)


def _asn1(certificate: x509.Certificate) -> Certificate:
    return Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _make_authority(now: datetime) -> _Identity:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = _name(_AUTHORITY)
    usage = _key_usage(signs_papers=False)
    certificate = (
        _builder(name, name, key.public_key(), now=now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    return _Identity(certificate, key)


def _issue(authority: _Identity, now: datetime) -> _Identity:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    issuer_key_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    certificate = (
        _builder(_name(REMOTE_SIGNER), authority.certificate.subject, key.public_key(), now=now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_papers=True), critical=True)
        .add_extension(issuer_key_id, critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return _Identity(certificate, key)


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _AGENCY),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: rsa.RSAPublicKey,
    *,
    now: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        # An hour back, for a reader whose clock is a little behind.
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + _LIFE)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _key_usage(*, signs_papers: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs_papers,
        content_commitment=signs_papers,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signs_papers,
        crl_sign=not signs_papers,
        encipher_only=False,
        decipher_only=False,
    )


def _draw_mark(place: Place, now: datetime) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(place.width, place.height), invariant=1)
    canvas.setStrokeColorRGB(*_BLUE)
    canvas.setFillColorRGB(*_BLUE)
    canvas.setLineWidth(0.8)
    canvas.roundRect(1, 1, place.width - 2, place.height - 2, 4)
    lines = (
        (SERIF, 8.5, "Ký số bởi:"),
        (SERIF_BOLD, 10.5, REMOTE_SIGNER),
        (SERIF, 8.5, f"Cơ quan: {_AGENCY}"),
        (SERIF, 8.5, f"Thời gian: {now.astimezone(_VIETNAM):%d/%m/%Y; %H:%M:%S} +07:00"),
    )
    y = place.height - 13
    for font, size, text in lines:
        canvas.setFont(font, size)
        canvas.drawString(8, y, text)
        y -= 14.5
    canvas.save()
    return buffer.getvalue()
