"""The record over HTTP, and its archive on another machine (L1–L3, W70, W72)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from server.dossier.anchors import Anchors
from server.dossier.findings import Findings
from server.dossier.reading import open_archive
from server.dossier.recorded import check_archive
from server.record import archive
from tests.support.office import Office
from wire import canonical
from wire.checkpoint import Checkpoint
from wire.note import NoteKey

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    found = Office(tmp_path_factory.mktemp("office"))
    found.meeting("open")
    return found


@pytest.mark.parametrize("who", ["thuky", "kythuat", "anninh", "kiemtoan"])
def test_L3_the_record_is_for_those_who_look_after_the_house(office: Office, who: str) -> None:
    assert office.sign_in(who).get("/api/record").status == 200


@pytest.mark.parametrize("who", ["hethong", "daibieu"])
def test_L3_the_record_is_for_nobody_else(office: Office, who: str) -> None:
    browser = office.sign_in(who)
    assert browser.get("/api/record").status == browser.get("/api/record/export").status == 403
    assert browser.post("/api/record/verify", {}).status == 403


def test_L1_the_page_shows_numbers_and_no_content(office: Office) -> None:
    office.services.record.sign(now=office.clock.now())
    reply = office.sign_in("thuky").get("/api/record")
    shown = reply.body
    key = NoteKey.read(shown["key"])
    opened = Checkpoint.open(shown["checkpoint"]["note"].encode(), key, office.services.record.tools.holds)
    assert (opened.size, opened.root.hex()) == (shown["checkpoint"]["size"], shown["checkpoint"]["root"])
    assert shown["size"] >= opened.size > 3
    assert (shown["forked"], shown["seats"]) == (False, [])
    assert "(demo)" not in reply.raw.text.replace(str(shown["verified"]), "")


def test_L3_a_check_says_all_is_well_and_stands_in_the_log(office: Office) -> None:
    secretary = office.sign_in("thuky")
    found = secretary.post("/api/record/verify", {}).done()
    assert (found["problems"], found["size"] > 3, found["logs"]) == ([], True, 1)
    shown = secretary.get("/api/record").body["verified"]
    assert (shown["problems"], shown["size"], shown["at"]) == (0, found["size"], found["at"])
    assert shown["by"] == office.services.identity.person(office.people["thuky"]).name
    assert [entry.actor for entry in office.services.audit.newest("record_verified", limit=1)] == [
        f"person:{office.people['thuky']}"
    ]


def test_L1_what_somebody_changed_is_named_in_words(tmp_path: Path) -> None:
    house = Office(tmp_path)
    meeting = house.meeting("open")
    with house.services.database.begin() as tx:
        tx.exec_driver_sql("DELETE FROM meeting_events WHERE seq = 3")
    found = house.sign_in("anninh").post("/api/record/verify", {}).done()
    (told,) = found["problems"]
    assert told["code"] == "event-missing"
    assert meeting in told["vi"]
    assert "3" in told["en"]
    assert house.sign_in("anninh").get("/api/record").body["verified"]["problems"] == 1
    house.services.close()


def exported(office: Office) -> dict[str, bytes]:
    return open_archive(office.sign_in("thuky").get("/api/record/export").raw.data)


def checked(office: Office, files: Mapping[str, bytes], *seen: bytes, known: bool = True) -> list[tuple[str, str]]:
    anchors, found = Anchors(keys=(office.services.record.tools.key,) if known else ()), Findings()
    check_archive(files, anchors, seen=seen, found=found)
    return found.codes


def test_L3_what_is_taken_away_is_whole_signed_and_in_the_log(office: Office) -> None:
    files = exported(office)
    assert set(files) == set(archive.NAMES)
    assert checked(office, files) == [("right", "record-key"), ("right", "record")]
    assert checked(office, files, known=False)[0] == ("unsure", "record-key-own")
    newest = archive.read(files).entries[-1]
    assert newest.log == "house"
    assert office.services.audit.newest("record_exported", limit=1)[0].number == newest.seq
    assert archive.read(files).signed[-1].size == len(archive.read(files).entries), "it covers its own export"


def _leaves(files: Mapping[str, bytes], change: str) -> dict[str, bytes]:
    value = canonical.decode(files[archive.LEAVES])
    leaves = value["leaves"]
    match change:
        case "changed":
            leaves[4][2] = "00" * 32
        case "removed":
            del leaves[4]
        case "cut off":
            del leaves[-2:]
        case "exchanged":
            leaves[3], leaves[4] = leaves[4], leaves[3]
        case _:
            leaves.insert(4, leaves[4])
    return {**files, archive.LEAVES: canonical.encode(value)}


@pytest.mark.parametrize("change", ["changed", "removed", "cut off", "exchanged", "inserted"])
def test_L1_a_changed_archive_is_named(office: Office, change: str) -> None:
    wrong = {code for mark, code in checked(office, _leaves(exported(office), change)) if mark == "wrong"}
    assert wrong & {"record-root", "record-short"}, wrong


def test_W75_a_checkpoint_kept_elsewhere_shows_a_record_that_was_put_back(office: Office) -> None:
    early = exported(office)
    later = exported(office)
    note = later[archive.NEWEST]
    assert ("right", "record") in checked(office, later, early[archive.NEWEST])
    assert ("wrong", "record-short") in checked(office, early, note)
    assert ("wrong", "record-broken") in checked(office, early, b"no note")


@pytest.mark.parametrize("name", [archive.LEAVES, archive.CHECKPOINTS, archive.KEY])
def test_L1_an_archive_that_cannot_be_read_is_told(office: Office, name: str) -> None:
    assert checked(office, {**exported(office), name: b"{}"}) == [("wrong", "record-broken")]


def test_G49_the_command_checks_an_exported_record(office: Office, tmp_path: Path) -> None:
    file, seen = tmp_path / "nhat-ky.zip", tmp_path / "seen.txt"
    file.write_bytes(office.sign_in("thuky").get("/api/record/export").raw.data)
    seen.write_bytes(exported(office)[archive.NEWEST])
    key = office.services.settings.data_dir / "record" / "key.vkey"
    words = [sys.executable, "-m", "phonghop", "verify", str(file), "--record-key", str(key)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, timeout=120, check=False)
    assert (done.returncode, "ĐẠT · VERIFIED" in done.stdout.decode()) == (0, True), done.stdout + done.stderr
    put_back = subprocess.run([*words, "--seen", str(seen)], cwd=ROOT, capture_output=True, timeout=120, check=False)
    assert put_back.returncode == 1
