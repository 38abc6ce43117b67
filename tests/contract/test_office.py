"""The whole application on both databases: one meeting from its draft to the end, by its consoles."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from server.app import create_app, services_of
from server.updates.model import Kept, Progress, Rollout, RolloutState
from server.updates.store import SqlUpdateStore
from server.verify import read_log
from tests.support import pdfs
from tests.support.office import Browser, Office, item
from tests.support.papers import published
from tests.support.postgres import Postgres
from wire.ids import DeviceId, RoomId
from wire.messages import Release


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
    log = read_log(exported.raw.data)
    assert log.fault is None
    assert len(log.events) == exported.body["events"][-1]["seq"] == secretary.get(path).body["seq"]


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


def test_what_is_searched_is_found_again_after_a_restart(office: Office) -> None:
    meeting = office.meeting("approved")
    lines = ["Kiến nghị sửa đổi quy chế"]
    paper, _ = published(office.sign_in("thuky"), office.sign_in("chutri"), meeting, pdfs.text_pdf(lines, pages=2))
    office.services.search.catch_up()
    first = office.sign_in("daibieu").get("/api/search?q=quy+che").body
    again = create_app(office.services.settings, clock=office.clock)
    services_of(again).search.catch_up()
    second = Browser(again.test_client())
    second.sign_in("daibieu").done()
    assert second.get("/api/search?q=quy+che").body == first
    assert [(found["ref"], found["page"]) for found in first["results"]] == [(paper, 1)]
    services_of(again).close()


def test_of_twenty_reports_at_once_each_is_one_line_and_none_is_lost(office: Office) -> None:
    secretary = office.sign_in("thuky")
    given = {"title": "Số hóa", "lead": office.people["daibieu"], "helpers": [], "due": "2026-11-27"}
    path = f"/api/tasks/{secretary.post('/api/tasks', given).done()['task']}"
    leads = [office.sign_in("daibieu") for _ in range(2)]
    leads[0].post(f"{path}/accept").done()
    statuses: list[int] = []

    def write(name: int, lead: Browser) -> None:
        for number in range(10):
            body = {"percent": number, "text": f"{name}.{number}"}
            statuses.append(lead.post(f"{path}/progress", body).status)

    threads = [threading.Thread(target=write, args=numbered) for numbered in enumerate(leads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = secretary.get(path).done()["lines"]
    assert statuses == [200] * 20
    assert [each["number"] for each in lines] == list(range(1, 23))
    assert {each["text"] for each in lines[2:]} == {f"{name}.{number}" for name in range(2) for number in range(10)}


def test_RP2_reports_are_the_same_on_both_databases_and_kept_for_the_next(office: Office) -> None:
    meeting = office.meeting("open")
    chair, auditor, path = office.sign_in("chutri"), office.sign_in("kiemtoan"), f"/api/meetings/{meeting}"
    excused = {"people": [office.people["daibieu"]], "presence": "excused", "reason": "Đi công tác"}
    office.sign_in("thuky").post(f"{path}/attendance", excused).done()
    office.clock.advance(minutes=5)
    chair.post(f"{path}/close").done()
    assert [str(each) for each in office.services.reports.stale()] == [meeting]
    asked = "/api/reports?from=2026-11-23&to=2026-11-23"
    told = auditor.get(asked).done()
    figures = {name: n for name, n in told["sums"].items() if n}
    assert figures == {"held": 1, "on_time": 1, "seconds": 300, "invited": 2, "excused": 1, "present": 1}
    assert office.services.reports.stale() == []
    assert auditor.get(asked).done() == told
    assert not any(auditor.get("/api/reports?from=2026-11-24&to=2026-11-24").done()["sums"].values())


def test_D5_a_rollout_is_begun_stopped_resumed_and_ended(office: Office) -> None:
    store, now = SqlUpdateStore(), office.clock.now()
    release = Release("20261124.080000", "pc", 5 << 30, "ab" * 32, "20261001.0", now + dt.timedelta(days=90))
    rollout = Rollout("a-1", release.sha256, DeviceId("d-1"), RoomId("r-1"), 24, now, "person:it")
    said = Progress(DeviceId("d-1"), "a-2", "restart", now, state="good", heard_at=now)
    with office.services.database.begin() as tx:
        store.hold(tx)
        store.keep(tx, Kept(release, "seat.raucb", "Release", now, "person:it"))
        store.put(tx, rollout)
        store.put_progress(tx, rollout.id, said)
    stopped = replace(rollout, state=RolloutState.STOPPED, fault=(DeviceId("d-1"), "unwell"))
    with office.services.database.begin() as tx:
        store.hold(tx)
        store.put(tx, stopped)
        store.drop(tx, release.sha256, now=now)
    with office.services.database.read() as tx:
        assert (store.active(tx), store.rollout(tx, "a-1"), store.rollouts(tx, limit=1)) == (
            [stopped],
            stopped,
            [stopped],
        )
        assert store.progress(tx, "a-1") == {said.device: said}
        assert (store.releases(tx), store.known(tx, release.version, "pc")) == ([], release.sha256)
        assert store.floor(tx, "pc") == ["20261001.0"]
    with office.services.database.begin() as tx:
        store.forget_progress(tx, "a-1", said.device)
        store.put(tx, replace(stopped, state=RolloutState.ENDED, fault=None, ended_at=now))
    with office.services.database.read() as tx:
        assert (store.active(tx), store.progress(tx, "a-1")) == ([], {})
