"""The chair at a console whose browser is killed: by the page's own requests (`Requests`).

Rules: whoever leads asks for a thing under one idempotency key until there is an answer. A browser that is killed in
the middle of a request has sent it and hears nothing; the next one signs in and asks again. `browser.Pages` does the
same with a real Chromium.

Usage::

    chair = Requests(meeting); chair.opens(vote); chair.dies(); chair.closes(vote)
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from deploy.demo import people
from deploy.demo.client import Client
from deploy.demo.errors import Refused, ServerAway
from tests.support.kills.patience import awaited, patiently
from tests.support.kills.voter import RECORDED, Ballot
from tests.support.vote_room import VoteMeeting

_COUNTED = frozenset({"closed", "announced"})


class Chair(Protocol):
    """What the story wants of whoever leads."""

    def opens(self, vote: str) -> None:
        """Until it is open."""
        ...

    def closes(self, vote: str) -> None:
        """Until it is closed; a secret one until its ballots are published."""
        ...

    def announces(self, vote: str) -> None:
        """Until it is announced."""
        ...

    def casts(self, ballot: Ballot) -> None:
        """The own ballot, until it is recorded."""
        ...

    def gives_the_floor(self, speech: str, name: str) -> None:
        """Call, start, stop."""
        ...

    def dies(self) -> None:
        """From any thread: the browser is killed in whatever it does."""
        ...


class _Cut(Client):
    """Sends a request and is gone before the answer."""

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | Iterator[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=5)
        try:
            connection.request(method, path, body, {"Cookie": self._cookie(), **(headers or {})})
        except OSError:
            pass  # nobody was there to hear it either
        finally:
            connection.close()
        raise ServerAway(path, ConnectionAbortedError("killed"))


class Requests:
    """As the page sends them."""

    def __init__(self, meeting: VoteMeeting) -> None:
        self.meeting = meeting
        self._port = meeting.room.room.ports.http
        self._client: Client | None = None
        self._is_dying = False
        #: kills that cut a request off
        self.deaths = 0

    def dies(self) -> None:
        """The next request is sent and its answer never heard."""
        self._is_dying = True

    def _browser(self) -> Client:
        if self._client is None:
            self._client = Client(self._port, seed=self.meeting.meeting).signed_in(
                people.CHAIR.username, people.PASSWORD
            )
        return self._client

    def asks(self, path: str, body: dict[str, Any], *, step: str) -> dict[str, Any]:
        """Under one key until it is answered; raises Refused."""

        def once() -> dict[str, Any]:
            client = self._browser()
            if self._is_dying:
                self._is_dying, self._client, self.deaths = False, None, self.deaths + 1
                cut = _Cut(client.port, client.seed, client._cookies, client._csrf)  # noqa: SLF001 - the same browser
                return cut.post(f"{self.meeting.path}{path}", body, step=step)
            return client.post(f"{self.meeting.path}{path}", body, step=step)

        return patiently(once, what=step)

    def reads(self) -> dict[str, Any]:
        """The meeting as the console shows it."""
        sections: dict[str, Any] = patiently(
            lambda: self._browser().get(self.meeting.path)["sections"], what="the console shows the meeting"
        )
        return sections

    def seq(self) -> int:
        """The log's newest number; raises DemoError."""
        return int(self._browser().get(self.meeting.path)["seq"])

    def vote(self, vote: str) -> dict[str, Any]:
        """As the console shows it."""
        found: dict[str, Any] = next(each for each in self.reads()["votes"] if each["vote"] == vote)
        return found

    def bundle(self, vote: str) -> dict[str, Any]:
        """What is published."""
        path = f"{self.meeting.path}/votes/{vote}/bundle"
        return patiently(lambda: self._browser().get(path), what="the bundle")

    def log(self) -> list[dict[str, Any]]:
        """Every event of the meeting."""
        found: list[dict[str, Any]] = []

        def more() -> list[dict[str, Any]]:
            page: list[dict[str, Any]] = self._browser().get(f"{self.meeting.path}/events?after={len(found)}")["events"]
            return page

        while fresh := patiently(more, what="the log"):
            found += fresh
        return found

    def prepares(self, body: dict[str, Any], *, step: str) -> str:
        """A vote; its id."""
        return str(self.asks("/votes", body, step=step)["vote"])

    # The Chair

    def opens(self, vote: str) -> None:
        self.asks(f"/votes/{vote}/open", {}, step=f"open {vote}")

    def closes(self, vote: str) -> None:
        self.asks(f"/votes/{vote}/close", {}, step=f"close {vote}")
        awaited(lambda: self.vote(vote)["state"] in _COUNTED, what=f"{vote} is counted")

    def announces(self, vote: str) -> None:
        self.asks(f"/votes/{vote}/announce", {}, step=f"announce {vote}")

    def casts(self, ballot: Ballot) -> None:
        body = {"answer": ballot.answer, "nonce": ballot.nonce}
        try:
            self.asks(f"/votes/{ballot.vote}/ballot", body, step=f"ballot {ballot.vote}")
        except Refused as refused:
            ballot.told = refused.code
            return
        ballot.told = RECORDED

    def gives_the_floor(self, speech: str, name: str) -> None:
        for word in ("call", "start", "pause", "resume", "stop"):
            self.asks(f"/speaking/{speech}/{word}", {}, step=f"{word} {speech} {name}")
