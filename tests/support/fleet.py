"""What tests of the fleet share: a presence that is told, terminals at the server's door.

Usage::

    seat = Enrolling(office, Terminal(tmp_path))
    seat.ask().status                      # 202
    office.sign_in("kythuat").post(...)    # IT approves
    seat.certificate()
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs7
from werkzeug.test import TestResponse

from server.fleet.model import Presence
from tests.support.devices import Terminal
from tests.support.office import Browser, Office, Reply
from wire.ids import DeviceId

ENROL = "/.well-known/est/simpleenroll"
WIPED = "/.well-known/phonghop/wiped"
RENEW = "/.well-known/est/simplereenroll"


@dataclass
class ToldPresence:
    """The port `PresenceSource`, saying what it was told."""

    online: set[DeviceId] = field(default_factory=set)

    def presence(self, devices: Collection[DeviceId]) -> Mapping[DeviceId, Presence]:
        """Those that are online."""
        return {device: Presence(online=True, agent="test/1") for device in devices if device in self.online}


@dataclass
class Enrolling:
    """A terminal at the door of a server."""

    office: Office
    terminal: Terminal

    def ask(self, body: bytes | None = None, *, serial: str = "") -> TestResponse:
        """Post its request once."""
        sent = self.terminal.request(serial) if body is None else body
        return self.office.app.test_client().post(ENROL, data=sent, content_type="application/pkcs10")

    def certificate(self) -> x509.Certificate:
        """The certificate it was given."""
        answer = self.ask()
        assert answer.status_code == 200, answer.text
        return own_certificate(answer.data, self.terminal)

    def approve(self, by: Browser, seat: str, *, replace: bool = False) -> Reply:
        """IT has compared the code and gives it a seat."""
        body = {"seat": seat, "code": self.terminal.code, "replace": replace}
        return by.post(f"/api/devices/{self.terminal.id}/approve", body)


def own_certificate(body: bytes, terminal: Terminal) -> x509.Certificate:
    """The one of a bundle that belongs to the terminal's key."""
    found = pkcs7.load_der_pkcs7_certificates(base64.b64decode(body))
    [mine] = [one for one in found if one.public_key() == terminal.key.public_key()]
    return mine
