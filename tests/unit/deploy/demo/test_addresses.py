"""The table that the demo prints, and the plan of its meetings."""

from __future__ import annotations

import datetime as dt

from deploy.demo import meeting, people
from deploy.demo.addresses import Addresses, table
from deploy.demo.configuration import Ports
from deploy.demo.papers import agency
from wire import ids

PORTS = Ports(http=8081, https=8443, mqtt=8883, link=8884, redirect=8444, seats=(8101, 8107, 8103))
KIOSKS = tuple(f"http://localhost:{port}/#kiosk=secret-{port}" for port in PORTS.seats)


def test_every_address_and_account_is_printed_with_the_ports_really_used() -> None:
    text = table(Addresses(PORTS, "/display#secret", KIOSKS))
    for url in (
        "http://localhost:8081/",
        "http://thuky.localhost:8081/",
        "http://localhost:8107/#kiosk=secret-8107",
        "http://manhinh.localhost:8081/display#secret",
    ):
        assert url in text
    for person in (
        people.CHAIR,
        people.SECRETARY,
        people.IT,
        people.ADMIN,
        people.SECURITY,
        people.AUDITOR,
        people.REGISTRY,
        people.DEPUTY,
    ):
        assert person.username in text
        assert person.name in text
    assert people.PASSWORD.reveal().decode() in text


def test_secrets_of_addresses_show_themselves_only_where_they_are_printed() -> None:
    assert "secret" not in repr(Addresses(PORTS, "/display#secret", KIOSKS))


def test_columns_stand_under_each_other_whatever_the_accents() -> None:
    rows = [line for line in table(Addresses(PORTS, "/display#x", KIOSKS)).splitlines() if "http://localhost:8" in line]
    assert len({line.index("http://") for line in rows}) == 1


def test_everybody_and_everything_is_marked_as_demo_data() -> None:
    names = [person.name for person in (people.ADMIN, *people.EVERYBODY)]
    titles = [meeting.MAIN.title, meeting.DRAFT.title, people.ROOM_NAME]
    assert all("(demo)" in text for text in names + titles)
    assert people.CHAIR.name == agency.SIGNER, "who signs the papers sits in the room"


def test_the_agenda_is_a_tree_with_the_same_ids_each_time() -> None:
    person = {each.username: f"u-{each.username}" for each in people.EVERYBODY}
    items = meeting.agenda_items(meeting.MAIN, seed="a", person=person)
    assert items == meeting.agenda_items(meeting.MAIN, seed="a", person=person)
    assert items != meeting.agenda_items(meeting.MAIN, seed="b", person=person)
    known = set()
    for item in items:
        assert item["parent"] is None or item["parent"] in known
        known.add(ids.parse("i", item["item"]))
    assert len(known) == len(meeting.MAIN.topics)
    for topic, _ in meeting.PAPERS.values():
        assert meeting.item_id(meeting.MAIN, topic, seed="a") in known


def test_meetings_start_when_people_meet_and_the_one_that_is_on_has_begun() -> None:
    made_at = dt.datetime(2026, 11, 21, 22, 14, 7, tzinfo=dt.UTC)  # 05:14 on the 22nd in Vietnam
    assert meeting.MAIN.starts_at(made_at).isoformat() == "2026-11-22T05:00:00+07:00"
    assert meeting.DRAFT.starts_at(made_at).isoformat() == "2026-11-29T08:00:00+07:00"


def test_the_furniture_fits_together() -> None:
    labels = [seat.label for seat in people.SEATS]
    assert len(set(labels)) == len(labels) >= 6
    assert set(people.TERMINALS) <= set(labels)
    placed = [member.seat for member in people.MEMBERS]
    assert set(placed) <= set(labels)
    assert len(set(placed)) == len(placed)
    assert len(people.PASSWORD) >= 8


def test_the_token_panel_and_the_pin_are_printed_or_why_there_are_none() -> None:
    with_tokens = table(Addresses(PORTS, "/display#x", KIOSKS, panel="http://localhost:8190/", pin="123456"))
    assert "http://localhost:8190/" in with_tokens
    assert "123456" in with_tokens
    without = table(Addresses(PORTS, "/display#x", KIOSKS, no_tokens="apt-get install vsmartcard-vpcd"))
    assert "đăng nhập bằng mật khẩu" in without
    assert "apt-get install vsmartcard-vpcd" in without
    assert "8190" not in without
