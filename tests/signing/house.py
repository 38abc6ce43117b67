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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from server.trust.certificates import digest_for, read
from server.trust.ports import Proof
from tests.pki.authority import TestPki
from tests.support.office import Browser, HandClock, Office, Reply, fresh_id
from tests.support.pdfs import text_pdf
from wire.ids import MeetingId, PersonId


@dataclass
class RunningClock(HandClock):
    """Goes on by itself, as the test PKI's does: what it has just made is not of the future. Unless it is ``still``."""

    still: bool = False
    #: how the real clock stood when ``moment`` was
    begun: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))

    def now(self) -> dt.datetime:
        return self.moment if self.still else self.moment + (dt.datetime.now(dt.UTC) - self.begun)

    def monotonic_s(self) -> float:
        return self.now().timestamp()


class House(Office):
    """See the module."""

    def __init__(self, folder: Path, pki: TestPki, *, anchors: bool = True, **settings: Any) -> None:
        now = dt.datetime.now(dt.UTC)
        settings = {"tsa_url": pki.tsa_url, "pki_timeout_s": 20, **settings}
        self.running = RunningClock(now, begun=now)
        super().__init__(folder, clock=self.running, **settings)
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

    def paper(self, meeting: str) -> str:
        """A paper of the first item, submitted by the secretary."""
        item = self.services.meetings.state(MeetingId(meeting)).agenda[0].item
        form = {"item": item, "title": "Báo cáo (demo)", "secrecy": "normal"}
        done = send_form(self.sign_in("thuky"), f"/api/meetings/{meeting}/papers", text_pdf(["Báo cáo"]), **form)
        return str(done.done()["paper"])

    def signs(self, label: str, message: bytes) -> bytes:
        """What the card of ``label`` answers."""
        return self.pki.sign(label, message, md=digest_for(read(self.pki.der(label))))


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
