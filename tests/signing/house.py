"""A whole server that trusts the test PKI, with people who hold its certificates; clock and time are today's.

Usage::

    house = House(tmp_path, pki)
    admin = house.sign_in("anninh")
    house.enrol("chutri", "an")
"""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

from server.trust.ports import Proof
from tests.pki.authority import TestPki
from tests.support.office import Browser, HandClock, Office, Reply, fresh_id
from wire.ids import PersonId


class House(Office):
    """See the module."""

    def __init__(self, folder: Path, pki: TestPki, *, anchors: bool = True, **settings: Any) -> None:
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        settings = {"tsa_url": pki.tsa_url, "pki_timeout_s": 20, **settings}
        super().__init__(folder, clock=HandClock(now), **settings)
        self.pki = pki
        if anchors:
            for label, trusted in (("root", True), ("interm", False)):
                self.services.trust.add_authority(pki.der(label), trusted=trusted, by="system", now=now)

    def enrol(self, username: str, label: str) -> str:
        """Bind a certificate to an account; its fingerprint."""
        message = b"bench"
        proof = Proof(message, self.signs(label, message))
        person = PersonId(self.people[username])
        now = self.clock.now()
        self.services.trust.enrol(person, self.pki.der(label), proof=proof, by="system", now=now)
        return self.pki.fingerprint(label)

    def signs(self, label: str, message: bytes) -> bytes:
        """What the card of ``label`` answers."""
        return self.pki.sign(label, message, md="sha384" if label == "dung" else "sha256")


def send_form(browser: Browser, path: str, data: bytes | None, *, act: str | None = None, **fields: Any) -> Reply:
    """A form with a file; values that are no text go as JSON."""
    form: dict[str, Any] = {
        name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()
    }
    if data is not None:
        form["file"] = (io.BytesIO(data), "bien-ban.pdf")
    headers = {"X-CSRF-Token": browser.csrf, "Idempotency-Key": act or fresh_id("a")}
    return Reply.of(browser.client.post(path, data=form, headers=headers, content_type="multipart/form-data"))


def text(data: bytes) -> str:
    """Base 64."""
    return base64.b64encode(data).decode("ascii")
