"""A hundred requests to speak at the same moment, on both databases: none is lost, none stands twice (S1)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.identity.service import NewAccount
from tests.support.office import Browser, Office, Reply, fresh_id
from tests.support.postgres import Postgres
from wire.ids import MeetingId
from wire.secret import Secret

MANY = 100
CALLERS = 4


pytestmark = pytest.mark.timeout(300)


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    url = ""
    if request.param == "postgresql":
        running: Postgres = request.getfixturevalue("postgres")
        url = running.new_database()
    found = Office(tmp_path, database_url=url)
    yield found
    found.services.close()


def crowd(office: Office) -> list[str]:
    """Accounts of a hundred people who never sign in."""
    services = office.services
    secret = Secret(b"m\xe1\xba\xadt kh\xe1\xba\xa9u th\xe1\xbb\xad")
    return [
        services.identity.create_account(
            NewAccount(f"dai{number}", f"Đại biểu {number} (demo)", "", "", frozenset()),
            secret,
            actor="system",
            act=fresh_id("a"),
            now=office.clock.now(),
        )
        for number in range(MANY)
    ]


def test_S1_a_hundred_requests_at_once_are_all_in_the_queue_once(office: Office) -> None:
    people = crowd(office)
    meeting = office.meeting("draft")
    path = f"/api/meetings/{meeting}"
    secretary, chair = office.sign_in("thuky"), office.sign_in("chutri")
    members = [*office.members(), *({"person": each, "role": "member", "seat": None} for each in people)]
    secretary.put(f"{path}/members", {"members": members}).done()
    for browser, word in ((secretary, "submit"), (chair, "approve"), (chair, "open")):
        browser.post(f"{path}/{word}").done()
    item = chair.get(path).body["sections"]["agenda"][0]["item"]
    chair.post(f"{path}/items/{item}/start").done()
    answers: list[Reply] = []

    def ask(number: int, browser: Browser) -> None:
        for person in people[number::CALLERS]:
            body: dict[str, Any] = {"item": item, "kind": "speech", "person": person}
            act = fresh_id("a")
            # Each is said twice, as after an answer that was lost.
            answers.extend(browser.post(f"{path}/speaking", body, act=act) for _ in range(2))

    callers = [office.sign_in("thuky") for _ in range(CALLERS)]
    threads = [threading.Thread(target=ask, args=numbered) for numbered in enumerate(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {reply.status for reply in answers} == {201}
    state = office.services.meetings.state(MeetingId(meeting))
    assert sorted(each.person for each in state.speaking.speeches) == sorted(people)
    seqs = [each.seq for each in office.services.meetings.events(MeetingId(meeting)) if each.kind == "speech_asked"]
    assert len(seqs) == MANY
    asked = [each.speech for each in state.speaking.speeches]

    # And two who lead press "call" for two people at once: one is called, the other hears who.
    gate = threading.Barrier(2)
    calls: list[Reply] = []

    def call(browser: Browser, speech: str) -> None:
        gate.wait(timeout=60)
        calls.append(browser.post(f"{path}/speaking/{speech}/call"))

    pair = [threading.Thread(target=call, args=each) for each in ((chair, asked[0]), (callers[0], asked[1]))]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join()
    assert sorted((reply.status, reply.code) for reply in calls) == [(200, ""), (409, "somebody-speaks")]
