"""The record over HTTP, and its archive on another machine (L1–L3, W70, W72)."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from sealing.signatures import ServerSigner
from server.dossier.__main__ import parser, run
from server.dossier.anchors import Anchors
from server.dossier.findings import Findings
from server.dossier.layout import INDEX, Index
from server.dossier.reading import open_archive
from server.dossier.recorded import check_archive
from server.record import archive
from server.record.desk import RecordDesk
from server.record.model import Signed
from server.record.service import RecordService
from server.record.store import SqlRecordStore
from server.unit import Transaction
from tests.support.office import Office
from wire import canonical
from wire.checkpoint import Checkpoint
from wire.entries import Entry
from wire.fields import print_instant
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
    assert (found["problems"], found["size"] > 3, found["logs"]) == ([], True, 2)
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


class Busy(SqlRecordStore):
    """The house goes on while a copy is taken: an act comes before what was signed is read, a signed one after."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def _act(self) -> None:
        audit = self._office.services.audit
        with audit.unit.begin() as tx:
            audit.record(tx, "picture_set", {"owner": "seal"}, actor="system", now=self._office.clock.now())

    def all_signed(self, tx: Transaction) -> Sequence[Signed]:
        self._act()
        return super().all_signed(tx)

    def entries(self, tx: Transaction, *, log: str | None = None) -> Iterator[tuple[int, Entry]]:
        yield from super().entries(tx, log=log)
        self._act()
        self._office.services.record.sign(now=self._office.clock.now())


def desk_of(office: Office, store: SqlRecordStore) -> RecordDesk:
    services = office.services
    record = RecordService(dataclasses.replace(services.record.tools, store=store))
    return RecordDesk(record, services.audit, dict, str)


def test_L3_a_copy_is_of_one_moment_and_wholly_signed_whatever_happens_meanwhile(office: Office) -> None:
    files = open_archive(desk_of(office, Busy(office)).export(by="system", now=office.clock.now()))
    assert checked(office, files) == [("right", "record-key"), ("right", "record")]


def test_L3_a_copy_of_a_forked_record_leaves_nothing_out(tmp_path: Path) -> None:
    house = Office(tmp_path)
    record, now = house.services.record, house.clock.now()
    desk = desk_of(house, SqlRecordStore())
    desk.export(by="system", now=now)
    with house.services.database.begin() as tx:
        tx.exec_driver_sql("DELETE FROM record_checkpoints")
    other = Checkpoint(record.tools.key.name, 1, bytes(32))
    record.tools.keep.write(other.note(record.tools.key, record.tools.sign).encode())
    files = open_archive(desk.export(by="system", now=now))
    assert len(archive.read(files).entries) == record.size()
    assert checked(house, files) == [("wrong", "record-no-checkpoint")]
    house.services.close()


def _signed(files: Mapping[str, bytes], *notes: Any) -> dict[str, bytes]:
    kept = {name: data for name, data in files.items() if name != archive.NEWEST}
    return {**kept, archive.CHECKPOINTS: canonical.encode({"checkpoints": list(notes)})}


def test_L1_leaves_that_nobody_signed_are_no_record(office: Office) -> None:
    """The key is public: leaves of one's own beside it cost nothing."""
    files = exported(office)
    unsigned = _signed(files)
    assert checked(office, unsigned) == [("wrong", "record-no-checkpoint")]
    assert checked(office, unsigned, known=False) == [("unsure", "record-key-own"), ("wrong", "record-no-checkpoint")]
    assert checked(office, unsigned, files[archive.NEWEST]) == [("right", "record-key"), ("right", "record")]


def test_L1_leaves_after_the_last_checkpoint_are_not_confirmed(office: Office) -> None:
    files = exported(office)
    value = canonical.decode(files[archive.LEAVES])
    log, seq, hashed = value["leaves"][-1]
    value["leaves"].append([log, seq + 1, hashed])
    longer = {**files, archive.LEAVES: canonical.encode(value)}
    assert checked(office, longer) == [("right", "record-key"), ("unsure", "record-unsigned")]


def test_L1_the_key_is_not_confirmed_by_a_checkpoint_it_did_not_sign(office: Office) -> None:
    files, stranger = exported(office), ServerSigner.generate()
    taken, name = archive.read(files), office.services.record.tools.key.name
    checkpoint = Checkpoint(name, taken.signed[-1].size, taken.signed[-1].root)
    note = checkpoint.note(NoteKey(name, stranger.public), stranger.sign).encode()
    forged = _signed(files, {"at": print_instant(office.clock.now()), "note": note.decode()})
    assert checked(office, forged) == [("wrong", "record-checkpoint")]


def verified(folder: Path, files: Mapping[str, bytes]) -> tuple[int, str]:
    """As the command's child does it."""
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return run(parser().parse_args([str(folder)]))


def test_G49_a_record_put_into_a_dossier_does_not_answer_for_it(office: Office, tmp_path: Path) -> None:
    record = exported(office)
    dossier = {"events.json": b"[]", "README.txt": b"x"}
    index = Index.of("m-aaaaaaaaaaaaaaaa", "Họp (demo)", dossier, made_at=office.clock.now()).encode()
    named = Index.of("m-aaaaaaaaaaaaaaaa", "Họp (demo)", {**dossier, **record}, made_at=office.clock.now()).encode()
    status, text = verified(tmp_path / "beside", {**dossier, INDEX: index, **record})
    assert (status, archive.LEAVES in text) == (1, True), text
    status, text = verified(tmp_path / "named", {**dossier, INDEX: named, **record})
    assert (status, INDEX in text) == (1, True), text
    assert verified(tmp_path / "only", {"events.json": b"[]", **record})[0] == 1
    assert verified(tmp_path / "record", record)[0] == 3, "the record alone; its key was not given"


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
