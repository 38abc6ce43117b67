"""A house for the consoles' screens: people, an authority of its own, certificates that end soon, files signed by them.

Rules: the server is a process of its own; everything before its start is done through its command line. Files are
signed before a browser runs, because signing runs an event loop of its own.

Usage: ``house = House.open(folder, server, pki)``; ``house.file("valid")``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from playwright.sync_api import Page

from server.identity.model import Role
from server.signing import pades
from server.signing.model import Level
from server.trust.certificates import read
from tests.pki.authority import TestPki
from tests.support.gunicorn import RunningServer
from tests.support.office import PASSWORD, fresh_id, item
from tests.support.pdfs import text_pdf

PEOPLE: dict[str, frozenset[Role]] = {
    "thuky": frozenset({Role.SECRETARY}),
    "chutri": frozenset(),
    "daibieu": frozenset(),
    "kythuat": frozenset({Role.IT}),
    "anninh": frozenset({Role.SECURITY_ADMIN}),
}
#: Days that certificates are still good for → whose.
ENDING = {5: "chutri", 20: "daibieu", 50: "thuky", 400: "kythuat"}
_STARTED = dt.timedelta(days=30)


class Issuer:
    """An authority that nobody answers for: lists and OCSP it has none."""

    def __init__(self, name: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._issue(name, self.key, days=3650)

    def leaf(self, name: str, *, days: int) -> x509.Certificate:
        """Somebody's certificate that ends in so many days (and an hour)."""
        return self._issue(name, ec.generate_private_key(ec.SECP256R1()), days=days, leaf=True)

    def _issue(self, name: str, key: ec.EllipticCurvePrivateKey, *, days: int, leaf: bool = False) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.certificate.subject if leaf else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _STARTED)
            .not_valid_after(now + dt.timedelta(days=days, hours=1))
            .add_extension(x509.BasicConstraints(ca=not leaf, path_length=None), critical=True)
            .add_extension(_usage(leaf=leaf), critical=True)
        )
        if leaf:
            uses = [ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.CLIENT_AUTH]
            builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        return builder.sign(self.key, hashes.SHA256())


def _usage(*, leaf: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=leaf,
        content_commitment=leaf,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not leaf,
        crl_sign=not leaf,
        encipher_only=False,
        decipher_only=False,
    )


def signed(pki: TestPki, label: str) -> bytes:
    """A paper that the holder of ``label`` signed."""
    pdf = text_pdf(["BIÊN BẢN CUỘC HỌP"])
    now = dt.datetime.now(dt.UTC)
    prepared = pades.prepare(pdf, read(pki.der(label)), mark=None, level=Level.B_B, now=now)
    signature = pki.sign(label, prepared.signed_attributes, md=prepared.digest)
    chain = [pki.der(label), pki.der("interm")]
    return pades.complete(pdf, prepared, signature, chain=chain, stamper=None).pdf


@dataclass
class House:
    """See the module; ``folder`` keeps the files that are chosen on a page."""

    folder: Path
    server: RunningServer
    pki: TestPki
    issuer: Issuer = field(default_factory=lambda: Issuer("CA của phòng kiểm thử"))

    def prepare(self) -> None:
        """Accounts, trust in the test PKI, and the files; before the server starts."""
        for name, roles in PEOPLE.items():
            self.server.add_person(name, roles)
        self._admin("anchor", "add", str(self._put("root.cer", self.pki.der("root"))))
        self._admin("anchor", "add", "--helper", str(self._put("interm.cer", self.pki.der("interm"))))
        self._admin("certificate", "add", "daibieu", str(self._put("chi.cer", self.pki.der("chi"))))
        valid = signed(self.pki, "chi")
        self._put("valid.pdf", valid)
        self._put("broken.pdf", valid.replace(b"/MediaBox", b"/MediaBux", 1))
        self._put("unknown.pdf", signed(self.pki, "unknown"))
        self._put("unsigned.pdf", text_pdf(["Không ai ký"]))
        self._put("garbage.pdf", b"%PDF-1.7\nkhong phai PDF")
        self._put("own.cer", self.issuer.certificate.public_bytes(Encoding.DER))

    def enrol_ending(self) -> None:
        """Certificates of the own authority, once it is trusted."""
        for days, name in ENDING.items():
            leaf = self.issuer.leaf(f"{name} (kiểm thử)", days=days)
            self._admin("certificate", "add", name, str(self._put(f"{name}.cer", leaf.public_bytes(Encoding.DER))))

    def meeting(self, *, phase: str = "approved") -> str:
        """A meeting of chair, member and secretary, approved or still a draft; the room is one for each."""
        secretary, it = self.server.page().sign_in("thuky"), self.server.page().sign_in("kythuat")
        room = it.post(
            "/api/rooms", {"name": f"Phòng thử {fresh_id('r')} (demo)", "seats": [{"label": "A1", "x": 500, "y": 500}]}
        ).done()
        about: dict[str, Any] = {"title": "Họp giao ban (demo)", "type": "Giao ban", "room": room["id"]}
        about |= {"starts_at": "2026-11-23T01:30:00.000Z", "planned_minutes": 90}
        meeting: str = secretary.post("/api/meetings", about).done()["id"]
        ids = {each["username"]: each["id"] for each in secretary.get("/api/people").body["people"]}
        roles = {"chutri": "chair", "daibieu": "member", "thuky": "secretary"}
        members = [{"person": ids[name], "role": role, "seat": None} for name, role in roles.items()]
        secretary.put(f"/api/meetings/{meeting}/members", {"members": members}).done()
        seq = secretary.get(f"/api/meetings/{meeting}").body["seq"]
        agenda = {"items": [item("Một")], "expected_seq": seq}
        secretary.put(f"/api/meetings/{meeting}/agenda", agenda).done()
        if phase == "draft":
            return meeting
        secretary.post(f"/api/meetings/{meeting}/submit").done()
        self.server.page().sign_in("chutri").post(f"/api/meetings/{meeting}/approve").done()
        return meeting

    def file(self, name: str) -> str:
        """Where a file lies."""
        return str(self.folder / name)

    def _put(self, name: str, data: bytes) -> Path:
        (self.folder / name).write_bytes(data)
        return self.folder / name

    def _admin(self, *words: str) -> None:
        done = self.server.admin(*words)
        assert done.returncode == 0, done.stderr


def signs_in(page: Page, username: str) -> None:
    """With name and password, at a console that asks for them."""
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    # The bar alone: the page behind it may name the same person in a list.
    page.locator("button[aria-haspopup=dialog]").and_(page.get_by_title(f"{username} (demo)", exact=True)).wait_for()
