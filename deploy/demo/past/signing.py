"""The demo's people sign with their tokens, without readers: the cards' keys lie in the demo's folder.

Rules: the same two requests as a console's bridge makes; what is signed are the attributes that the server gives.

Usage: ``Pens(authority, now=now).sign(client, people.CHAIR, "/api/meetings/m-…/rounds/k-…")``.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from deploy.demo.client import Client
from deploy.demo.people import Person
from deploy.demo.tokens.authority import DOCUMENT, Authority
from deploy.softtoken.contents import load


class Pens:
    """Everybody's token, made where it is missing and read once."""

    def __init__(self, authority: Authority, *, now: dt.datetime) -> None:
        self._authority = authority
        self._now = now
        self._pens: dict[str, _Pen] = {}

    def certificates(self, person: Person) -> tuple[bytes, bytes]:
        """For signing in, and for papers; PEM."""
        pen = self._pen(person)
        return pen.login, pen.document

    def sign(self, client: Client, person: Person, round_path: str) -> None:
        """The file of a round, when it is the person's turn; raises Refused."""
        pen = self._pen(person)
        begun = client.post(f"{round_path}/begin", {"certificate": pen.fingerprint}, step="")
        attributes = base64.b64decode(begun["signed_attributes"])
        signature = pen.private.sign(attributes, padding.PKCS1v15(), hashes.SHA256())
        done = {"fence": begun["fence"], "signature": base64.b64encode(signature).decode("ascii")}
        client.post(f"{round_path}/complete", done, step="")

    def _pen(self, person: Person) -> _Pen:
        name = person.username
        if name not in self._pens:
            card = load(self._authority.card_file(name, person.name, now=self._now))
            private = card.keys[DOCUMENT].private
            if not isinstance(private, rsa.RSAPrivateKey):
                raise TypeError("tokens of the demo sign papers with RSA")
            login, document = self._authority.login_certificate(name), self._authority.document_certificate(name)
            self._pens[name] = _Pen(login.read_bytes(), document.read_bytes(), private)
        return self._pens[name]


@dataclass(frozen=True, slots=True)
class _Pen:
    login: bytes
    document: bytes
    private: rsa.RSAPrivateKey

    @property
    def fingerprint(self) -> str:
        """Of the certificate for papers, as the server names it."""
        der = x509.load_pem_x509_certificate(self.document).public_bytes(Encoding.DER)
        return hashlib.sha256(der).hexdigest()
