"""A seat that signs in with tokens of the test PKI, at a server without a network.

Usage::

    desk = TokenDesk(Office(folder, clock=LiveClock()), pki)
    desk.enrol("daibieu", "chi")
    assert desk.sign_in("chi").outcome == "done"
"""

from __future__ import annotations

import dataclasses
import os
from typing import Any

from server.meetings.ports import Outcome
from server.tokens.model import Given
from server.trust.ports import Enrolled
from tests.pki.authority import TestPki
from tests.support.office import Office, fresh_id
from wire.ids import PersonId
from wire.messages import Act, Head
from wire.proof import Proof, TokenData, fingerprint


class TokenDesk:
    """One device at one seat of the office, and people's tokens."""

    def __init__(self, office: Office, pki: TestPki, *, seat: int = 1, meeting: str = "", device: str = "") -> None:
        self.office = office
        self.pki = pki
        self.seat = office.seats[seat]
        self.device = device or fresh_id("d")
        self.meeting = meeting or office.meeting("approved")

    def trust_the_pki(self) -> None:
        """The security administrator has put the anchors in."""
        now = self.office.clock.now()
        for label, trusted in (("root", True), ("interm", False), ("old", False)):
            self.office.services.trust.add_authority(self.pki.der(label), trusted=trusted, by="u-test", now=now)

    def enrol(self, name: str, label: str) -> Enrolled:
        """A certificate is given to an account of the office; one that could not be enrolled is put in all the same."""
        trust, now = self.office.services.trust, self.office.clock.now()
        enrolled = Enrolled(trust.read(self.pki.der(label)), PersonId(self.office.people[name]), now, "u-test")
        with trust.tools.unit.begin() as tx:
            trust.tools.store.enrol(tx, enrolled)
        return enrolled

    def knock(self) -> Given:
        """A challenge for this device, seat and meeting."""
        return self.office.services.tokens.give(self.device, self.seat, meeting=self.meeting)

    def proof(self, given: Given, label: str, **other: Any) -> Proof:
        """What the token of ``label`` should sign; ``other`` fields take the place of the right ones."""
        right = Proof(
            challenge=given.challenge,
            server_nonce=given.nonce,
            seat_nonce=os.urandom(32),
            server_key=self.office.services.tokens.server_key,
            device=self.device,
            seat=self.seat,
            meeting=self.meeting,
            expires_at=given.expires_at,
            certificate=fingerprint(self.pki.der(label)),
        )
        return dataclasses.replace(right, **other)

    def signed(self, proof: Proof, label: str, *, by: str = "") -> TokenData:
        """The data of the act; ``by``: signed with the key of another."""
        signer = by or label
        md = "sha384" if signer == "dung" else "sha256"
        signature = self.pki.sign(signer, proof.signed(), md=md)
        return TokenData(proof.challenge, proof.seat_nonce, self.pki.der(label), signature)

    def send(self, data: dict[str, Any], *, act: str = "") -> Outcome:
        """The act, at the server."""
        now = self.office.clock.now()
        head = Head(self.device, b"\0" * 16, 1, now)
        message = Act(head, act or fresh_id("a"), self.meeting, "sign_in", None, now, data)
        return self.office.services.acts.perform(message, device=self.device, seat=self.seat, now=now)

    def sign_in(self, label: str) -> Outcome:
        """All of it, as it should be."""
        given = self.knock()
        return self.send(self.signed(self.proof(given, label), label).to_value())
