"""Accounts, units, the agency and rooms, put there through the server's routes as its administrators would.

Rules: each step first looks whether its result is there, so that it may be done again. ``enter`` gives a client in
which a person has signed in.

Usage: ``persons = Housing(enter).everybody()``.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from deploy.demo import people, pictures
from deploy.demo.client import Client

Enter = Callable[[people.Person], AbstractContextManager[Client]]


@dataclass(frozen=True, slots=True)
class Housing:
    """A house for the demo's people; everything raises Refused, ServerAway."""

    enter: Enter

    def everybody(self) -> dict[str, str]:
        """The ids of all accounts by their user names, with units, signatures and the agency around them."""
        if (known := self._known()) is not None:
            return known
        self._units()
        persons = self._accounts()
        self._pictures(persons)
        self._agency()
        return persons

    def room(self, name: str, places: Sequence[people.Place]) -> tuple[str, dict[str, str]]:
        """A room's id and the id of each seat by its label."""
        with self.enter(people.IT) as operator:
            room = named(operator.get("/api/rooms")["rooms"], "name", name)
            if room is None:
                drawn = [{"label": seat.label, "x": seat.x, "y": seat.y} for seat in places]
                step = "room" if name == people.ROOM_NAME else f"room {name}"
                room = operator.post("/api/rooms", {"name": name, "seats": drawn}, step=step)
            return room["id"], {seat["label"]: seat["id"] for seat in room["seats"]}

    def _known(self) -> dict[str, str] | None:
        """When all of it is there: one look, for each sign-in is a real password check."""
        with self.enter(people.SECURITY) as security:
            found = {person["username"]: person["id"] for person in security.get("/api/people")["people"]}
            pictures_there = security.get("/api/signing/pictures")["pictures"]
            agency = security.get("/api/agency")["agency"]
        named_all = all(person.username in found for person in people.EVERYBODY)
        drawn_all = named_all and {found[who.username] for who in people.SIGNERS} | {"seal"} <= set(pictures_there)
        return found if drawn_all and agency is not None else None

    def _units(self) -> None:
        with self.enter(people.ADMIN) as admin:
            known = {unit["code"] for unit in admin.get("/api/units")["units"]}
            for name, code in people.UNITS.items():
                if code not in known:
                    admin.post("/api/units", {"code": code, "name": name}, step=f"unit {code}")

    def _accounts(self) -> dict[str, str]:
        # Who makes the other administrators, too.
        with self.enter(people.SECURITY) as admin:
            known = {person["username"] for person in admin.get("/api/people")["people"]}
            for person in people.EVERYBODY:
                if person.username not in known:
                    account = {
                        "username": person.username,
                        "name": person.name,
                        "position": person.position,
                        "unit": person.unit,
                        "roles": list(person.roles),
                        "password": people.PASSWORD.reveal().decode(),
                        # Whoever tries the room out is told it; nobody else made it.
                        "one_time": False,
                    }
                    admin.post("/api/people", account, step=f"account {person.username}")
            return {person["username"]: person["id"] for person in admin.get("/api/people")["people"]}

    def _pictures(self, persons: Mapping[str, str]) -> None:
        """What the signatures of those who sign look like, and the seal: number and date come with it."""
        drawn = {persons[who.username]: pictures.signature(who.name) for who in people.SIGNERS}
        with self.enter(people.SECURITY) as security:
            there = security.get("/api/signing/pictures")["pictures"]
            for owner, png in {**drawn, "seal": pictures.seal()}.items():
                if owner not in there:
                    body = {"png": base64.b64encode(png).decode()}
                    security.put(f"/api/signing/pictures/{owner}", body, step=f"picture {owner}")

    def _agency(self) -> None:
        """What the documents made here are headed with."""
        with self.enter(people.ADMIN) as admin:
            if admin.get("/api/agency")["agency"] is None:
                admin.put("/api/agency", people.AGENCY, step="agency")


def named(found: list[dict[str, Any]], field: str, value: str) -> dict[str, Any] | None:
    """The first of them whose field says so."""
    return next((each for each in found if each[field] == value), None)
