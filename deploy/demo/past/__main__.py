"""A process of its own that makes the demo's server and plays what happened before the demo is opened.

Rules: it works on a folder beside the server's and gives it the server's name when everything is there, so that one
that was killed left nothing. The first accounts, whom to trust and whose certificate is whose are put there as an
administrator does at the server itself.

Usage: ``PHONGHOP_CONFIG=… python -m deploy.demo.past FOLDER``.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from deploy.demo import people
from deploy.demo.folder import Folder
from deploy.demo.housing import Housing
from deploy.demo.past.days import Days
from deploy.demo.past.meeting import House
from deploy.demo.past.signing import Pens
from deploy.demo.past.stage import Stage, stage
from deploy.demo.past.story import BEGINS, Story
from deploy.demo.tokens.authority import Authority
from deploy.demo.tokens.enrolling import note_enrolled
from deploy.demo.tokens.stand import HOLDERS
from server import cli
from server.assembly.tokens import build_recording_trust
from server.identity.model import Role
from server.identity.service import NewAccount
from server.run import load_settings
from server.trust.service import TrustService
from wire import ids
from wire.ids import PersonId

_BY: Final = "system"
_NEW: Final = "server.new"
_DATA_DIR: Final = "PHONGHOP_DATA_DIR"


def main(root: Path) -> int:
    """Make it all; the status for the shell."""
    folder = Folder(root)
    draft = folder.path(_NEW)
    folder.emptied(_NEW)
    os.environ[_DATA_DIR] = str(draft)
    status = cli.admin(["init"])
    if status:
        return status
    now = dt.datetime.now(dt.UTC)
    days = Days.around(now)
    begins = days.moment(BEGINS, 8)
    authority = Authority.load_or_create(folder.made("tokens"), now=now)
    with stage(load_settings(), seed=folder.seed, begins=begins) as past:
        for person in (people.ADMIN, people.SECURITY):
            _add(past, person)
        housing = Housing(past.enter)
        persons = housing.everybody()
        room, _ = housing.room(people.ROOM_2_NAME, people.SEATS_2)
        pens = Pens(authority, now=now)
        _trust(past, authority, pens, persons)
        Story(House(past, days, persons, room, pens, folder.seed)).told()
    note_enrolled(folder, authority)
    draft.replace(folder.path("server"))
    return 0


def _add(past: Stage, person: people.Person) -> None:
    """One of those whom no other account can make."""
    new = NewAccount(person.username, person.name, person.position, "", frozenset(map(Role, person.roles)))
    act = ids.new("a", os.urandom(ids.RANDOM_BYTES))
    past.services.identity.create_account(new, people.PASSWORD, actor="system", act=act, now=past.now)


def _trust(past: Stage, authority: Authority, pens: Pens, persons: Mapping[str, str]) -> None:
    """The demo's authority, its list, and everybody's two certificates."""
    services, now = past.services, past.now

    def trust(what: str) -> TrustService:
        return build_recording_trust(services, what, by=_BY, now=now)

    trust("add_anchor").add_authority(authority.certificate_file.read_bytes(), trusted=True, by=_BY, now=now)
    services.trust.add_list(authority.list_file.read_bytes(), now=now)
    for person in HOLDERS:
        for certificate in pens.certificates(person):
            owner = PersonId(persons[person.username])
            trust("enrol_certificate").enrol(owner, certificate, proof=None, by=_BY, now=now)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
