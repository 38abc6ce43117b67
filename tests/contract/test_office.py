"""The whole application on both databases: one meeting from its draft to the end, by its consoles."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.verify import verify_log
from tests.support.office import Browser, Office, item
from tests.support.postgres import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    url = ""
    if request.param == "postgresql":
        running: Postgres = request.getfixturevalue("postgres")
        url = running.new_database()
    found = Office(tmp_path, database_url=url)
    yield found
    found.services.close()


def test_M1_a_meeting_from_draft_to_the_end(office: Office) -> None:
    meeting = office.meeting("open")
    chair, secretary = office.sign_in("chutri"), office.sign_in("thuky")
    path = f"/api/meetings/{meeting}"
    items = chair.get(path).body["sections"]["agenda"]
    chair.post(f"{path}/items/{items[1]['item']}/start").done()
    kept = [
        {key: entry[key] for key in ("item", "parent", "title", "minutes", "visibility", "presenter")}
        for entry in items
    ]
    chair.put(f"{path}/agenda", {"items": [*reversed(kept), item("Ba")], "expected_seq": 99}).done()
    for word in ("recess", "resume", "close"):
        chair.post(f"{path}/{word}").done()
    listed = secretary.get("/api/meetings").body["meetings"]
    assert [(row["id"], row["phase"], row["role"]) for row in listed] == [(meeting, "closed", "secretary")]
    exported = secretary.get(f"{path}/events")
    verified = verify_log(exported.raw.data)
    assert verified.events == exported.body["events"][-1]["seq"] == secretary.get(path).body["seq"]


def test_M2_many_consoles_at_once_lose_no_change(office: Office) -> None:
    meeting = office.meeting("open")
    path = f"/api/meetings/{meeting}"
    before = office.sign_in("chutri").get(path).body["seq"]
    answers: list[int] = []

    def write(name: int, chair: Browser) -> None:
        for number in range(5):
            body = {"mode": "message", "text": f"{name}.{number}"}
            answers.append(chair.post(f"{path}/display", body).done()["seq"])

    # One after another: four sign-ins of one name at the same moment are four tries, and the fourth has to wait (I4).
    chairs = [office.sign_in("chutri") for _ in range(4)]
    threads = [threading.Thread(target=write, args=numbered) for numbered in enumerate(chairs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == list(range(before + 1, before + 21))
    events = office.sign_in("thuky").get(f"{path}/events?after={before}").body["events"]
    assert [event["seq"] for event in events] == sorted(answers)
