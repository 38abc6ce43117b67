"""Tells the demo's server whom to trust and whose token is whose, as the security administrator would.

Rules: done once a folder, by the command line of the server (``phonghop admin anchor | certificate``).

Usage: `enrol(room, stand)`.
"""

from __future__ import annotations

from typing import Final

from deploy.demo.room import Room
from deploy.demo.tokens.stand import Stand

_NOTE: Final = "tokens"


def enrol(room: Room, stand: Stand) -> None:
    """Anchor, revocation list and everybody's certificate; raises CommandFailed."""
    fingerprint = stand.authority.certificate.serial_number
    known = room.folder.notes(_NOTE)
    if known is not None and known["authority"] == str(fingerprint):
        return
    room.admin("anchor", "add", str(stand.authority.certificate_file))
    room.admin("anchor", "crl", str(stand.authority.list_file))
    for username in stand.holders:
        room.admin("certificate", "add", username, str(stand.authority.login_certificate(username)))
    room.folder.note(_NOTE, {"authority": str(fingerprint)})
