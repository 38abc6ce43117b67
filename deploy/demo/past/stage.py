"""A server of the demo whose clock is set by hand, and its people, who work with it through its routes.

Rules: nobody has another way into the server than the routes, and time only goes on. There is no broker and no seat: of
meetings in a room without terminals nothing is sent. Everybody signs in once and out at the end.

Usage::

    with stage(settings, seed="…", begins=moment) as past:
        past.until(moment)
        past.at(people.SECRETARY).post("/api/meetings", {…}, step="…")
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from flask import Flask

from deploy.demo import people
from deploy.demo.client import Client, refused
from server.app import create_app, services_of
from server.services import Services
from server.settings import Settings

#: Whoever comes back after weeks need not give the password again.
_NEVER_S: Final = 400 * 86_400
_REFUSED: Final = 400


class SetClock:
    """Stands where it was set."""

    def __init__(self, moment: dt.datetime) -> None:
        self.moment = moment

    def now(self) -> dt.datetime:
        """As it was set."""
        return self.moment

    def monotonic_s(self) -> float:
        """The machine's own."""
        return time.monotonic()


class Inside(Client):
    """A client that needs no connection."""

    def __init__(self, app: Flask, seed: str) -> None:
        super().__init__(0, seed)
        self._browser: Final = app.test_client()

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | Iterator[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        data = body if body is None or isinstance(body, bytes) else b"".join(body)
        answer = self._browser.open(
            path, method=method, data=data, headers={"Accept": "application/json", **(headers or {})}
        )
        if answer.status_code >= _REFUSED:
            raise refused(f"{method} {path}", answer.status_code, answer.data)
        return bytes(answer.data)


class Stage:
    """See the module."""

    def __init__(self, app: Flask, clock: SetClock, seed: str) -> None:
        self._app: Final = app
        self._clock: Final = clock
        self._seed: Final = seed
        self._clients: Final[dict[str, Client]] = {}

    @property
    def services(self) -> Services:
        """For what an administrator does at the server itself, without a route."""
        return services_of(self._app)

    @property
    def now(self) -> dt.datetime:
        """Where the clock stands."""
        return self._clock.moment

    def until(self, moment: dt.datetime) -> None:
        """Time goes by; a moment that has been is left where it was."""
        self._clock.moment = max(self._clock.moment, moment)

    def after(self, **span: float) -> None:
        """A while later."""
        self._clock.moment += dt.timedelta(**span)

    def at(self, person: people.Person) -> Client:
        """Where the person has signed in."""
        if person.username not in self._clients:
            client = Inside(self._app, self._seed)
            self._clients[person.username] = client.signed_in(person.username, people.PASSWORD)
        return self._clients[person.username]

    @contextmanager
    def enter(self, person: people.Person) -> Iterator[Client]:
        """The same as a context, which ends nothing."""
        yield self.at(person)

    def leave(self) -> None:
        """Everybody signs out."""
        for client in self._clients.values():
            client.__exit__(None, None, None)
        self._clients.clear()


@contextmanager
def stage(settings: Settings, *, seed: str, begins: dt.datetime) -> Iterator[Stage]:
    """A server that begins then and ends with the block, everything committed."""
    clock = SetClock(begins)
    app = create_app(replace(settings, idle_s=_NEVER_S, session_hours=_NEVER_S // 3600), clock=clock)
    found = Stage(app, clock, seed)
    try:
        yield found
        found.leave()
    finally:
        services_of(app).close()
