"""Everybody of the office's story, each at a screen of their own, in one room with tokens and a PC with a bridge.

Usage: `Office.at(room, browser, folder=tmp_path, look=examine, glance=glance)`; `office.comes(people.AUDITOR)`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from playwright.sync_api import Browser

from deploy.demo import people
from tests.browser.main_job.cast import Look
from tests.browser.main_job.office_plan import READER
from tests.browser.pages_auditor import Auditor
from tests.browser.pages_bridge import PcPerson, unforeseen
from tests.browser.pages_chair import Chair
from tests.browser.pages_console import ConsolePerson
from tests.browser.pages_desk import SecretaryAtTheTable
from tests.browser.pages_keyboard import Keys
from tests.browser.screen import DESK, SEAT, Screen
from tests.browser.tokens.holder import Holder
from tests.support.token_room import TokenRoom


class PcSecretary(PcPerson, SecretaryAtTheTable, Keys):
    """At the PC with the bridge; writes by keyboard where it says so."""


class PcChair(PcPerson, Chair):
    """At the PC with the bridge."""


@dataclass
class Office:
    """``meeting`` is known as soon as the secretary has made it; ``folder`` keeps files that are chosen and saved."""

    room: TokenRoom
    browser: Browser
    folder: Path
    look: Look
    glance: Look
    secretary: PcSecretary
    chair: PcChair
    clerk: PcPerson
    seat: Holder
    #: Those with a console alone, by user name, as they come.
    others: dict[str, ConsolePerson] = field(default_factory=dict)
    meeting: str = ""

    @classmethod
    def at(cls, room: TokenRoom, browser: Browser, *, folder: Path, look: Look, glance: Look) -> Self:
        """Screens for those who sign; the others come when they are first asked for.

        ``glance`` looks at a scene whose page is looked at closely elsewhere.
        """
        secretary, chair, clerk = people.SECRETARY, people.CHAIR, people.REGISTRY
        return cls(
            room=room,
            browser=browser,
            folder=folder,
            look=look,
            glance=glance,
            secretary=PcSecretary(browser, room, secretary, host=f"{secretary.username}.localhost"),
            chair=PcChair(browser, room, chair, host=f"{chair.username}.localhost"),
            clerk=PcPerson(browser, room, clerk, host=f"{clerk.username}.localhost"),
            seat=Holder(room, Screen(browser, "seat B1", size=SEAT, touch=True), seat=0, person=READER),
        )

    def comes(self, person: people.Person) -> ConsolePerson:
        """Somebody at a console of their own, signed in with their password."""
        if person.username not in self.others:
            kind = Auditor if person is people.AUDITOR else ConsolePerson
            found = kind(Screen(self.browser, person.username, size=DESK), self.room.room.console_url)
            self.others[person.username] = found
            found.arrives()
            found.signs_in(person)
        return self.others[person.username]

    def goes(self, person: ConsolePerson, path: str) -> None:
        """To a page by its address."""
        person.page.goto(f"{person.address}#{path}")

    def home(self, person: ConsolePerson) -> None:
        """The first page, as it is now."""
        self.goes(person, "/")
        person.page.reload()

    def complaints(self) -> list[str]:
        """What went wrong on any screen."""
        said = [each for person in (self.secretary, self.chair, self.clerk) for each in unforeseen(person)]
        return said + [each for person in self.others.values() for each in person.screen.complaints()] + self._at_seat()

    def put_away(self) -> None:
        """Nobody looks at these screens any more."""
        for person in (self.secretary, self.chair, self.clerk, *self.others.values()):
            person.screen.put_away()
        self.seat.screen.put_away()

    def _at_seat(self) -> list[str]:
        return self.seat.screen.complaints()
