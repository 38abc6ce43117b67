"""Tells the demo's server whom to trust and whose token is whose, as the security administrator would.

Rules: done once a folder, by the command line of the server (``phonghop admin anchor | certificate``).

Usage: `enrol(room, stand)`.
"""

from __future__ import annotations

from typing import Final

from deploy.demo.folder import Folder
from deploy.demo.room import Room
from deploy.demo.tokens.authority import Authority
from deploy.demo.tokens.stand import Stand

_NOTE: Final = "tokens"


def enrol(room: Room, stand: Stand) -> None:
    """Anchor, revocation list and everybody's two certificates; raises CommandFailed."""
    fingerprint = stand.authority.certificate.serial_number
    known = room.folder.notes(_NOTE)
    if known is not None and known["authority"] == str(fingerprint) and known.get("papers"):
        return
    authority = stand.authority
    room.admin_batch(
        ("anchor", "add", str(authority.certificate_file)),
        ("anchor", "crl", str(authority.list_file)),
        *(("certificate", "add", username, str(authority.login_certificate(username))) for username in stand.holders),
        *(
            ("certificate", "add", username, str(authority.document_certificate(username)))
            for username in stand.holders
        ),
    )
    note_enrolled(room.folder, authority)


def note_enrolled(folder: Folder, authority: Authority) -> None:
    """Everybody's certificates are known to the server of this folder."""
    folder.note(_NOTE, {"authority": str(authority.certificate.serial_number), "papers": "enrolled"})
