"""Types and series on both databases: the same name at the same moment, the same series asked for twice (O3, O4)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.office import Office, fresh_id
from tests.support.postgres import Postgres

_CONTENT = {"type": "Giao ban", "minutes": 60, "title": "", "steps": [], "people": []}


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    url = ""
    if request.param == "postgresql":
        running: Postgres = request.getfixturevalue("postgres")
        url = running.new_database()
    found = Office(tmp_path, database_url=url)
    yield found
    found.services.close()


def _at_once(asks: list[Any]) -> list[Any]:
    found: list[Any] = [None] * len(asks)

    def run(number: int) -> None:
        found[number] = asks[number]()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(asks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return found


def test_O3_O4_of_one_name_there_is_one_type_and_a_series_asked_for_by_two_is_made_once(office: Office) -> None:
    admins = [office.sign_in("hethong"), office.sign_in("hethong")]
    body = {"name": "Giao ban", "content": _CONTENT}
    kept = _at_once([lambda admin=admin: admin.post("/api/meeting-types", body) for admin in admins])
    assert sorted(reply.code for reply in kept) == ["", "outline-taken"]
    secretaries, act = [office.sign_in("thuky"), office.sign_in("thuky")], fresh_id("a")
    starts = [{"starts_at": f"2026-12-{day:02}T01:30:00.000Z"} for day in (7, 14, 21)]
    about = {"title": "Giao ban", "type": "Giao ban", "room": office.room, "planned_minutes": 60, "starts": starts}
    made = _at_once([lambda each=each: each.post("/api/series", about, act=act) for each in secretaries])
    assert made[0].done() == made[1].done()
    assert len(office.sign_in("thuky").get("/api/meetings").body["meetings"]) == 3
