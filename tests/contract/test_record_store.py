"""The record on both databases: no event without its leaf and no leaf without its event, whatever happens (L1)."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import event

from server.db import migrate
from server.db.engine import Database
from server.record import portions
from server.record.errors import RecordForked, RecordTooShort
from server.record.model import SeatState
from tests.support.record_house import MEETING, NOW, OTHER, RecordHouse
from wire.checkpoint import Checkpoint
from wire.entries import HOUSE, Entry
from wire.merkle import leaf_hash
from wire.merkle_proofs import verify_consistency, verify_inclusion


@pytest.fixture
def house(database: Database, tmp_path: Path) -> RecordHouse:
    found = RecordHouse(database, tmp_path)
    found.begin()
    return found


def _sql(house: RecordHouse, *statements: str) -> None:
    with house.database.begin() as tx:
        for statement in statements:
            tx.exec_driver_sql(statement)


def test_L1_every_event_and_every_act_is_a_leaf_in_the_order_of_the_commits(house: RecordHouse) -> None:
    house.event()
    house.act()
    house.event(OTHER)
    found = [(entry.log, entry.seq) for entry in house.record.entries()]
    assert found == [(MEETING, 1), (OTHER, 1), (MEETING, 2), (HOUSE, 1), (OTHER, 2)]
    assert house.problems() == []


def test_L1_what_is_rolled_back_leaves_no_leaf(house: RecordHouse) -> None:
    before = house.record.size()

    def act_and_fail() -> None:
        with house.database.begin() as tx:
            house.admin.record(tx, "picture_set", {}, actor="system", now=NOW)
            raise LookupError

    with pytest.raises(LookupError):
        act_and_fail()
    assert house.record.size() == before
    house.act()
    assert house.problems() == []


def test_L1_many_writers_of_two_processes_make_one_tree(house: RecordHouse, tmp_path: Path) -> None:
    houses, faults = (house, RecordHouse(house.database, tmp_path)), list[Exception]()

    def write(number: int) -> None:
        try:
            for turn in range(6):
                houses[number % 2].event(OTHER if number % 3 else MEETING)
                if turn % 2:
                    houses[number % 2].act()
                    house.record.sign(now=NOW)
        except Exception as fault:  # noqa: BLE001 - shown below, with the thread's own traceback
            faults.append(fault)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    checked = house.record.check()
    assert (checked.problems, checked.size) == ((), 2 + 6 * 6 + 6 * 3)
    signed = house.record.all_signed()
    assert len(signed) > 1
    for old, new in itertools.pairwise(signed):
        proof = house.record.consistency(old.size, new.size)
        verify_consistency(old.size, new.size, roots=(old.root, new.root), proof=proof)


def test_L1_after_kill_9_what_was_acknowledged_is_there_and_events_and_leaves_are_one(
    house: RecordHouse, tmp_path: Path
) -> None:
    url = house.database.engine.url.render_as_string(hide_password=False)
    words = [sys.executable, "-m", "tests.support.record_house", url, str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        told = [writer.stdout.readline().split() for _ in range(7)]
        writer.kill()
        told += [line.split() for line in writer.stdout if line.endswith("\n")]
    there = {(entry.log, entry.seq) for entry in house.record.entries()}
    wanted = {(HOUSE if kind == "act" else MEETING, int(number)) for kind, number in told}
    assert wanted <= there
    assert house.problems() == []
    again = RecordHouse(house.database, tmp_path)
    again.event()
    assert again.problems() == []


def test_W72_a_checkpoint_is_signed_once_and_kept_beside_the_database(house: RecordHouse) -> None:
    first = house.sign()
    assert house.sign() == first
    assert house.keep.read() == first.note
    tools = house.record.tools
    opened = Checkpoint.open(first.note, tools.key, tools.holds)
    assert (opened.size, opened.root) == (2, first.root)
    house.event()
    assert house.sign().size == 3


def test_W72_nothing_is_signed_of_an_empty_record(database: Database, tmp_path: Path) -> None:
    house = RecordHouse(database, tmp_path)
    assert house.record.sign(now=NOW) is None
    assert house.problems() == []


def test_W71_every_event_of_a_log_is_proven_in_the_signed_tree(house: RecordHouse) -> None:
    for _ in range(9):
        house.event()
        house.act()
    signed = house.sign()
    house.event()
    proven = house.record.prove(MEETING, size=signed.size)
    assert [one.entry.seq for one in proven] == list(range(1, 11))
    for one in proven:
        leaf = leaf_hash(one.entry.leaf())
        verify_inclusion(leaf, one.number, size=signed.size, root=signed.root, proof=one.proof)
    with pytest.raises(RecordTooShort):
        house.record.consistency(3, 1000)


# With root on the database


def _bytes(house: RecordHouse, data: bytes) -> str:
    return f"x'{data.hex()}'" if house.database.is_sqlite else rf"'\x{data.hex()}'::bytea"


_FORGED = "UPDATE meeting_events SET body = replace(body, 'bí mật', 'công khai') WHERE seq = 3"
_SWAP = (
    "UPDATE meeting_events SET seq = 99 WHERE seq = 3",
    "UPDATE meeting_events SET seq = 3 WHERE seq = 4",
    "UPDATE meeting_events SET seq = 4 WHERE seq = 99",
)
# ruff: noqa: S608 - the statements are this file's own
_TAMPERED: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "an event changed": ((_FORGED,), [f"event-changed {MEETING} 3"]),
    "two events exchanged": (_SWAP, [f"event-changed {MEETING} 3", f"event-changed {MEETING} 4"]),
    "an event removed": (("DELETE FROM meeting_events WHERE seq = 3",), [f"event-missing {MEETING} 3"]),
    "the last event cut off": (("DELETE FROM meeting_events WHERE seq = 5",), [f"event-missing {MEETING} 5"]),
    "a meeting removed": (
        (f"DELETE FROM meeting_events WHERE meeting = '{OTHER}'", f"DELETE FROM meetings WHERE id = '{OTHER}'"),
        [f"event-missing {OTHER} 1"],
    ),
    "an event put in": (
        ("INSERT INTO meeting_events SELECT meeting, 6, hash, body FROM meeting_events WHERE seq = 5",),
        [f"event-unrecorded {MEETING} 6"],
    ),
    "an act changed": (("UPDATE admin_events SET actor = 'person:u-x' WHERE number = 2",), ["event-changed house 2"]),
    "an act removed": (("DELETE FROM admin_events WHERE number = 1",), ["event-missing house 1"]),
    "an act made unreadable": (("UPDATE admin_events SET data = '{' WHERE number = 2",), ["event-changed house 2"]),
    "event and leaf removed": (
        ("DELETE FROM meeting_events WHERE seq = 5", f"DELETE FROM record_leaves WHERE log = '{MEETING}' AND seq = 5"),
        ["record-gap 7 6", "record-short 9 8"],
    ),
    "event and leaf changed alike": (
        (_FORGED, f"UPDATE record_leaves SET hash = '{'0' * 64}' WHERE log = '{MEETING}' AND seq = 3"),
        ["record-root 9 0", f"event-changed {MEETING} 3"],
    ),
    "a leaf renumbered": (
        (f"UPDATE record_leaves SET seq = 7 WHERE log = '{MEETING}' AND seq = 5",),
        [f"record-order {MEETING} 7 5", "record-root 9 0"],
    ),
    "a subtree changed": (
        ("UPDATE record_nodes SET hash = hash_of_nothing WHERE level = 2 AND at = 0",),
        ["record-node 2 0"],
    ),
    "the head put back": (("UPDATE record_head SET size = 8",), ["record-head 8 9"]),
    "a checkpoint put in": (
        ("INSERT INTO record_checkpoints SELECT 3, root, note, at FROM record_checkpoints WHERE size = 9",),
        ["record-checkpoint 3"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", list(_TAMPERED))
def test_L1_what_somebody_changed_in_the_tables_is_named(house: RecordHouse, what: str) -> None:
    house.act()
    for text in ("mở đầu", "bí mật", "kết thúc", "hết"):
        house.event(text=text)
    house.act()
    house.event(OTHER)
    house.sign()
    assert house.problems() == []
    statements, wanted = _TAMPERED[what]
    _sql(house, *(statement.replace("hash_of_nothing", _bytes(house, b"\x00")) for statement in statements))
    found = house.problems()
    assert set(wanted) <= set(found), found


def test_L1_a_check_in_portions_finds_what_the_whole_one_does(
    house: RecordHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "LEAVES", 3)
    for _ in range(4):
        house.event()
        house.act()
    house.sign()
    for statement, wanted in ((None, set()), ("DELETE FROM meeting_events WHERE seq = 3", {"event-missing"})):
        if statement is not None:
            _sql(house, statement)
        run = portions.Portions(house.record.tools, house.record.kept)
        while (checked := run.step()) is None:
            continue
        assert {one.code for one in checked.problems} == wanted
        assert checked.problems == house.record.check().problems


def test_L1_a_database_put_back_is_noticed_and_nothing_is_signed_over_it(house: RecordHouse) -> None:
    """Everything in the database agrees with itself; only the file beside it, and the terminals, know of more."""
    early = house.sign()
    house.event()
    late = house.sign()
    _sql(
        house,
        "DELETE FROM meeting_events WHERE seq = 2",
        "DELETE FROM record_leaves WHERE number = 2",
        "DELETE FROM record_checkpoints WHERE size = 3",
        f"UPDATE record_head SET size = 2, edge = {_bytes(house, early.root)}",
    )
    with pytest.raises(RecordForked) as refused:
        house.record.sign(now=NOW)
    assert refused.value.data == {"size": late.size}
    assert f"record-short {late.size} 2" in house.problems()
    assert house.keep.read() == late.note


def test_L1_what_a_terminal_has_seen_is_judged_by_the_record(house: RecordHouse) -> None:
    first = house.sign()
    house.event()
    device = "d-aaaaaaaaaaaaaaaa"
    assert house.record.heard(device, 0, "", forked=False, now=NOW).state is SeatState.NONE
    assert house.record.heard(device, 2, first.root.hex(), forked=False, now=NOW).state is SeatState.GOOD
    assert house.record.heard(device, 2, "00" * 32, forked=False, now=NOW).state is SeatState.FORKED
    assert house.record.heard(device, 77, first.root.hex(), forked=False, now=NOW).state is SeatState.FORKED
    assert house.record.heard(device, 2, first.root.hex(), forked=True, now=NOW, gave_up=9).state is SeatState.TURNED
    (seen,) = house.record.all_seen()
    assert (seen.device, seen.size, seen.state, seen.gave_up) == (device, 2, SeatState.TURNED, 9)


def test_L1_what_was_there_before_the_record_is_in_it(house: RecordHouse) -> None:
    house.act()
    for _ in range(5):
        house.event(OTHER)
    wanted = {(entry.log, entry.seq, entry.hash) for entry in house.record.entries()}
    migrate.downgrade(house.database, "0010_console_tokens")
    migrate.upgrade(house.database)
    found = house.record.entries()
    assert {tuple(entry) for entry in found} == wanted
    assert [entry.log for entry in found] == sorted((entry.log for entry in found), key=[MEETING, OTHER, HOUSE].index)
    house.event()
    assert house.sign().size == len(wanted) + 1
    assert house.problems() == []


def test_L1_a_leaf_costs_four_statements_whatever_the_size(house: RecordHouse) -> None:
    """Lock and read the edge, the leaf, what it completes, the edge."""
    said: list[str] = []
    event.listen(house.database.engine, "before_cursor_execute", lambda *words: said.append(words[2].split()[0]))
    store = house.record.tools.store
    for count in (1, 40, 1):
        with house.database.begin() as tx:
            said.clear()
            store.append(tx, [Entry(HOUSE, 1000 + n, "ab" * 32) for n in range(count)])
            # One leaf at an even place completes no subtree.
            assert said in (["SELECT", "INSERT", "UPDATE"], ["SELECT", "INSERT", "INSERT", "UPDATE"])
