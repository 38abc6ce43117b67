"""Acceptance of the record: whatever is changed in a real dossier, ``phonghop verify`` names it first, in words (L1).

Rules: one dossier of a whole meeting (``tests/signing/day.py``). The check runs in this process. As many changes are
tried as fit into a few seconds; ``make test-tamper`` tries all of them.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import itertools
import json
import os
import random
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from server.audit.model import AdminEvent, hash_of
from server.dossier.anchors import Anchors
from server.dossier.checking import Checking
from server.dossier.findings import Findings
from server.dossier.layout import EVENTS, INDEX, METADATA, RECORD, Index
from server.dossier.reading import NotADossier, open_archive
from server.dossier.verifying import verify, verify_events, verify_files, verify_log
from server.record.service import RecordService
from tests.signing.day import Day, DayHouse
from tests.signing.test_dossier import rehashed
from tests.support import naive_merkle, stranger, tampering
from wire import canonical
from wire.checkpoint import Checkpoint
from wire.entries import HOUSE
from wire.errors import WireError
from wire.inclusions import Inclusions, Proof

#: Every change of every event, every pair, every byte of the proofs.
_ALL: Final = bool(os.environ.get("PHONGHOP_TEST_TAMPER"))
_CHANCE: Final = random.Random(119)


@dataclass(frozen=True)
class Taken:
    """One dossier, what is needed to check it, and the record that it came from."""

    zip: bytes = field(repr=False)
    files: dict[str, bytes] = field(repr=False)
    checking: Checking = field(repr=False)
    record: RecordService = field(repr=False)
    #: of another meeting of the same house
    other: dict[str, bytes] = field(repr=False)

    @property
    def events(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.files[EVENTS])["events"]
        return found

    def with_log(self, values: Sequence[dict[str, Any]]) -> dict[str, bytes]:
        return {**self.files, EVENTS: tampering.log(values)}

    def check(self, files: Mapping[str, bytes], **seen: bytes) -> Findings:
        found = Findings()
        verify(files, dataclasses.replace(self.checking, seen=seen), found)
        return found

    def check_log(self, files: Mapping[str, bytes], **seen: bytes) -> Findings:
        """The files, the log and what the record says of it: a check without the signatures, which take their time."""
        found = Findings()
        index = verify_files(files, found)
        verify_events(files, index, checking=dataclasses.replace(self.checking, seen=seen), found=found)
        return found


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory, running_pki: Any) -> Iterator[Taken]:
    folder = tmp_path_factory.mktemp("tampering")
    house = DayHouse(folder / "house", running_pki.pki)
    day = Day(house)
    day.hold()
    data = day.dossier()
    other = house.meeting("open")
    there = open_archive(house.sign_in("chutri").get(f"/api/meetings/{other}/dossier").raw.data)
    (folder / "root.cer").write_bytes(running_pki.pki.der("root"))
    anchors = dataclasses.replace(Anchors.of_folder(folder / "root.cer"), keys=(house.services.record.tools.key,))
    files = open_archive(data)
    checking = Checking(anchors.with_dossier(files, trusted=False), house.clock.now())
    yield Taken(data, files, checking, house.services.record, there)
    house.services.close()


def test_L1_the_dossier_holds_all_that_a_meeting_leaves_and_is_right(taken: Taken) -> None:
    kinds = [value["kind"] for value in taken.events]
    assert {"attendance_recorded", "speech_stopped", "paper_approved", "ballots_given", "meeting_closed"} <= set(kinds)
    assert [name for name in taken.files if name.startswith("papers/")], "changed below as every file"
    votes = [value["data"] for value in taken.events if value["kind"] == "vote_prepared"]
    assert [vote["kind"] for vote in votes] == ["open", "named", "secret", "open"]
    assert votes[-1]["election"]["seats"] == 2
    found = taken.check(taken.files)
    assert found.status == 0, found.text()
    assert found.first_wrong is None


# The log, changed as a file


def _named(found: Findings, seq: int) -> set[str]:
    """The codes of the findings about that event; the words have to name it and the first of them has to be first."""
    wrong = [one for one in found.all if one.mark.value == "wrong" and "seq" in one.data]
    assert wrong, found.text()
    assert wrong[0].data["seq"] == seq, (seq, found.text())
    vi, en = wrong[0].lines()
    assert f"ự việc số {seq}" in vi.replace("sự việc từ số", "sự việc số")
    assert f"{seq}" in en
    assert wrong[0].code not in {vi, en}
    return {one.code for one in wrong}


def test_L1_every_field_of_every_event_changed_is_named_by_its_number(taken: Taken) -> None:
    tried, events = 0, taken.events
    for at, value in enumerate(events):
        for where, changed in tampering.each_change(value, leaves_only=not _ALL):
            found = Findings()
            # Reading ends at the first that is wrong: what comes after it is left out here.
            assert verify_log(tampering.log([*events[:at], changed]), found) is None
            assert _named(found, at + 1) & {"log-event-changed", "log-event-unreadable"}, (at + 1, where)
            tried += 1
    assert tried > 700
    for at, value in enumerate(events):
        _, changed = _CHANCE.choice(list(tampering.each_change(value)))
        _named(taken.check_log(taken.with_log([*events[:at], changed, *events[at + 1 :]])), at + 1)


def test_L1_a_changed_log_is_told_as_file_and_as_event_and_the_verdict_names_the_first(taken: Taken) -> None:
    values = taken.events
    values[16] = {**values[16], "actor": "system"}
    text = taken.check(taken.with_log(values)).text()
    assert "Tệp events.json đã bị thay đổi so với bản kê." in text
    assert "Sự việc số 17 đã bị sửa: nội dung không còn khớp mã kiểm tra của chính nó." in text
    assert text.splitlines()[-2].startswith("Điều sai đầu tiên: Tệp events.json")
    mended = taken.check(rehashed(taken.with_log(values)))
    assert mended.text().splitlines()[-2].startswith("Điều sai đầu tiên: Sự việc số 17 đã bị sửa")


def test_L1_every_event_taken_out_put_in_twice_or_cut_off_is_named(taken: Taken) -> None:
    values = taken.events
    for at in range(len(values)):
        without = _named(taken.check_log(taken.with_log([*values[:at], *values[at + 1 :]])), at + 1)
        assert without == ({"log-event-missing"} if at + 1 < len(values) else {"events-cut"})
        twice = _named(taken.check_log(taken.with_log([*values[: at + 1], *values[at:]])), at + 1)
        assert twice == {"log-event-twice"}
        if at:
            assert _named(taken.check_log(taken.with_log(values[:at])), at + 1) == {"events-cut"}
    assert ("wrong", "log-empty") in taken.check(taken.with_log([])).codes
    assert _named(taken.check_log(taken.with_log([*values[:4], *values[9:]])), 5) == {"log-events-missing"}


def test_L1_every_pair_of_neighbours_and_far_pairs_exchanged_are_named(taken: Taken) -> None:
    values, count = taken.events, len(taken.events)
    pairs = [(at, at + 1) for at in range(count - 1)]
    every = [(one, other) for one in range(count) for other in range(one + 2, count)]
    for one, other in pairs + (every if _ALL else _CHANCE.sample(every, 100)):
        changed = list(values)
        changed[one], changed[other] = changed[other], changed[one]
        assert _named(taken.check_log(taken.with_log(changed)), one + 1) == {"log-event-moved"}


def test_L1_an_event_of_another_meeting_put_in_is_named(taken: Taken) -> None:
    values, (stranger, *_) = taken.events, json.loads(taken.other[EVENTS])["events"][5:]
    for at in (1, 20, len(values)):
        assert _named(taken.check_log(taken.with_log([*values[:at], stranger, *values[at:]])), at + 1) == {
            "log-event-foreign"
        }


# The log, written anew: every number and every hash after the change are right again


def test_L1_an_event_changed_with_all_hashes_made_anew_is_named(taken: Taken) -> None:
    tried = 0
    for at, value in enumerate(taken.events):
        changes = [each for each in tampering.each_change(value) if each[0][0] in {"at", "actor", "kind", "data"}]
        for where, changed in changes if _ALL else _CHANCE.sample(changes, 3):
            try:
                anew = tampering.again([*taken.events[:at], changed, *taken.events[at + 1 :]])
            except (WireError, TypeError, AttributeError):
                continue  # no event at all: nobody can make a hash of it
            codes = _named(taken.check_log(taken.with_log(anew)), at + 1)
            assert codes & {"event-unproven", "record-unrelated", "log-event-unreadable"}, (at + 1, where)
            tried += 1
    assert tried > 100


def test_L1_an_event_removed_added_or_moved_with_all_hashes_made_anew_is_named(taken: Taken) -> None:
    values = taken.events
    for at in range(1, len(values)):
        anew = tampering.again([*values[:at], *values[at + 1 :]])
        expected = {"event-unproven"} if at + 1 < len(values) else {"events-cut"}
        assert expected <= _named(taken.check_log(taken.with_log(anew)), at + 1)
        longer = tampering.again([*values[:at], values[at], *values[at:]])
        last = at + 1 == len(values)
        assert {"events-added" if last else "event-unproven"} & _named(taken.check_log(taken.with_log(longer)), at + 2)
    for one in range(1, len(values) - 1):
        changed = list(values)
        changed[one], changed[one + 1] = changed[one + 1], changed[one]
        anew = tampering.again(changed)
        assert "event-unproven" in _named(taken.check_log(taken.with_log(anew)), one + 1)


def test_L1_an_event_exchanged_for_another_with_a_right_hash_of_its_own_is_named(taken: Taken) -> None:
    """Only that one: those after it still hold the hash of the first one."""
    values = taken.events
    for at in range(1, len(values)):
        other = tampering.again([*values[:at], {**values[at], "at": "2027-01-01T00:00:00.000Z"}])[-1]
        found = taken.check_log(taken.with_log([*values[:at], other, *values[at + 1 :]]))
        assert "event-unproven" in _named(found, at + 1)


# The other files


def test_L1_a_changed_byte_of_every_file_is_named_by_the_file(taken: Taken) -> None:
    assert len(taken.files) > 20
    for name, data in taken.files.items():
        changed = bytearray(data)
        changed[len(changed) // 2] ^= 1
        found = taken.check_log({**taken.files, name: bytes(changed)})
        assert found.first_wrong is not None
        assert name in found.text(), name
        if name not in {INDEX, RECORD}:
            assert (found.first_wrong.code, found.first_wrong.data["path"]) == ("file-changed", name)


def test_L1_a_file_missing_or_added_is_named(taken: Taken) -> None:
    for name in taken.files:
        found = taken.check_log({each: data for each, data in taken.files.items() if each != name})
        assert found.status == (3 if name == RECORD else 1)
        assert name in found.text()
    extra = f"material/{'0' * 64}.crl"
    added = taken.check({**taken.files, extra: b"x"}).first_wrong
    assert added is not None
    assert (added.code, added.data["path"]) == ("file-extra", extra)


def test_L1_files_exchanged_for_one_another_are_named(taken: Taken) -> None:
    names = sorted(name for name in taken.files if name.startswith(("statements/", "material/", "authorities/")))
    for one, other in itertools.pairwise(names):
        found = taken.check_log({**taken.files, one: taken.files[other], other: taken.files[one]})
        named = [each.data["path"] for each in found.all if each.code == "file-changed"]
        assert sorted(named) == [one, other]


def test_L1_a_changed_byte_though_the_index_was_made_anew_is_found(taken: Taken) -> None:
    for name, data in taken.files.items():
        if name in {INDEX, RECORD, EVENTS}:
            continue
        changed = bytearray(data)
        changed[_CHANCE.randrange(len(changed))] ^= 1 << _CHANCE.randrange(8)
        found = taken.check_log(rehashed({**taken.files, name: bytes(changed)}))
        assert ("wrong", "index-other") in found.codes, name


@pytest.mark.timeout(3600 if _ALL else 120)
def test_W73_the_proofs_themselves_changed_anywhere_are_found(taken: Taken) -> None:
    data = taken.files[RECORD]
    places = range(len(data)) if _ALL else _CHANCE.sample(range(len(data)), 80)
    for place in places:
        changed = bytearray(data)
        changed[place] ^= 1 << _CHANCE.randrange(7)
        found = taken.check_log({**taken.files, RECORD: bytes(changed)})
        assert any(mark == "wrong" for mark, _ in found.codes), place
    value = json.loads(data)
    for house in (value["house"] | {"hash": "0" * 64}, value["house"] | {"before": "0" * 64}):
        found = taken.check_log({**taken.files, RECORD: canonical.encode({**value, "house": house})})
        assert found.codes[-1][1] in {"record-broken", "export-unproven"}
    cut = taken.check_log({**taken.files, RECORD: data[:-1]})
    assert cut.codes[-1] == ("wrong", "record-broken")


@pytest.mark.parametrize("name", [EVENTS, RECORD, INDEX])
def test_L1_a_file_of_another_meetings_dossier_mixed_in_is_told(taken: Taken, name: str) -> None:
    found = taken.check_log({**taken.files, name: taken.other[name]})
    expected = {EVENTS: "log-other-meeting", RECORD: "record-unrelated", INDEX: "log-other-meeting"}[name]
    assert ("wrong", expected) in found.codes, found.text()


def test_D8_a_paper_changed_taken_out_or_put_in_is_named_though_the_index_was_made_anew(taken: Taken) -> None:
    (name,) = (each for each in taken.files if each.startswith("papers/"))
    data = bytearray(taken.files[name])
    data[_CHANCE.randrange(len(data))] ^= 1 << _CHANCE.randrange(8)
    others = {each: taken.files[each] for each in taken.files if each != name}
    more = name.replace(".1.pdf", ".2.pdf")
    for files, code, path in (
        ({**others, name: bytes(data)}, "paper-differs", name),
        (others, "paper-missing", name),
        ({**taken.files, more: taken.files[name]}, "paper-unknown", more),
    ):
        found = taken.check(rehashed(files))
        assert [each.data["path"] for each in found.all if each.code == code] == [path]
        assert path in found.text()


def test_L1_statements_of_another_dossier_put_beside_are_told(taken: Taken) -> None:
    data = b'{"of":"nobody"}'
    path = f"statements/{hashlib.sha256(data).hexdigest()}.json"
    found = taken.check(rehashed({**taken.files, path: data}))
    assert ("wrong", "statement-unused") in found.codes
    assert path in found.text()


# A fork: two pasts, both signed by the house


@dataclass(frozen=True)
class Fork:
    """A dossier whose record was written anew by somebody with root and the record's key."""

    files: dict[str, bytes]
    note: bytes
    record: bytes


def _forked(taken: Taken) -> Fork:
    """The last event is another one; every hash, proof and signature is made anew and right."""
    tools, values = taken.record.tools, taken.events
    values = tampering.again([*values[:-1], {**values[-1], "at": "2027-01-01T00:00:00.000Z"}])
    others = {n: d for n, d in taken.files.items() if n not in {INDEX, RECORD}} | {EVENTS: tampering.log(values)}
    was, now = (hashlib.sha256(files[EVENTS]).hexdigest().encode() for files in (taken.files, others))
    others[METADATA] = others[METADATA].replace(was, now)
    index = Index.of(values[0]["meeting"], "Họp thử (demo)", others, made_at=taken.checking.now).encode()
    old = Inclusions.read(taken.files[RECORD])
    size = Checkpoint.open(old.checkpoint, old.key, tools.holds).size
    export = AdminEvent.from_value(old.house)
    export = dataclasses.replace(export, data={**export.data, "index_sha256": hashlib.sha256(index).hexdigest()})
    export = dataclasses.replace(export, hash=hash_of(export))
    hashes = {(value["meeting"], value["seq"]): value["hash"] for value in values} | {
        (HOUSE, export.number): export.hash
    }
    entries = [each._replace(hash=hashes.get((each.log, each.seq), each.hash)) for each in taken.record.entries()]
    leaves = [each.leaf() for each in entries[:size]]
    note = Checkpoint(tools.key.name, size, naive_merkle.mth(leaves)).note(tools.key, tools.sign).encode()

    def proof(number: int) -> Proof:
        return Proof(number, tuple(naive_merkle.path(number, leaves)))

    events = tuple(proof(each.number) for each in old.events)
    found = Inclusions(old.key, note, events, export.whole(), proof(old.export.number))
    return Fork({INDEX: index, RECORD: found.encode(), **others}, note, note)


def test_L1_a_fork_is_found_by_anything_of_the_other_past_that_was_kept(taken: Taken) -> None:
    fork, last = _forked(taken), len(taken.events)
    alone = taken.check(fork.files)
    assert alone.status == 0, "it agrees with itself: only somebody who kept the other past can tell"
    note = Inclusions.read(taken.files[RECORD]).checkpoint
    by_note = taken.check_log(fork.files, **{"moc.txt": note})
    assert by_note.first_wrong is not None
    assert by_note.first_wrong.code == "fork-checkpoint"
    by_dossier = taken.check_log(fork.files, **{"ho-so.zip": taken.zip})
    assert by_dossier.first_wrong is not None
    assert (by_dossier.first_wrong.code, by_dossier.first_wrong.data["seq"]) == ("fork-event", last)
    assert f"sự việc số {last}" in by_dossier.text()


def test_L1_what_was_kept_of_the_same_past_agrees_and_what_cannot_tell_says_so(taken: Taken) -> None:
    note = Inclusions.read(taken.files[RECORD]).checkpoint
    found = taken.check_log(taken.files, **{"moc.txt": note, "ho-so.zip": taken.zip})
    assert [code for mark, code in found.codes if mark != "right"] == []
    assert [code for _, code in found.codes].count("seen") == 2
    later = Inclusions.read(taken.other[RECORD]).checkpoint
    assert ("unsure", "seen-apart") in taken.check_log(taken.files, **{"moc.txt": later}).codes
    for strange in (b"", b"x", note.replace(b"\n", b"0\n", 2), b"PK\x03\x04 no archive"):
        assert ("unsure", "seen-unreadable") in taken.check_log(taken.files, moc=strange).codes


# Somebody else's program


def test_L1_a_program_that_knows_the_public_formats_alone_confirms_every_event(taken: Taken, tmp_path: Path) -> None:
    vkey, dossier = taken.record.tools.key.print(), tmp_path / "ho-so.zip"
    dossier.write_bytes(taken.zip)
    assert stranger.confirmed(dossier, vkey) == len(taken.events)
    for change in ("event", "proof", "index", "checkpoint"):
        files = dict(taken.files)
        match change:
            case "event":
                values = taken.events
                files[EVENTS] = tampering.log([*values[:-1], {**values[-1], "actor": "system", "at": values[0]["at"]}])
            case "proof":
                record = json.loads(files[RECORD])
                record["events"][0], record["events"][1] = record["events"][1], record["events"][0]
                files[RECORD] = canonical.encode(record)
            case "index":
                files[INDEX] = files[INDEX].replace(b"demo", b"demO")
            case _:
                files[RECORD] = files[RECORD].replace(rb"\n", rb"0\n", 2)
        dossier.write_bytes(_zipped(*files.items()))
        with pytest.raises(ValueError):  # noqa: PT011 - of all that a stranger may say
            stranger.confirmed(dossier, vkey)


# The archive


def _zipped(*entries: tuple[str, bytes], before: bytes = b"", comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    out.write(before)
    with zipfile.ZipFile(out, "a" if before else "w", zipfile.ZIP_DEFLATED) as made:
        made.comment = comment
        for name, data in entries:
            made.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_G48_archives_that_other_programs_could_read_otherwise_are_not_opened(taken: Taken) -> None:
    files = list(taken.files.items())
    spoilt = {
        "a name twice": _zipped(*files, (EVENTS, b"{}")),
        "out of the folder": _zipped(*files, ("../events.json", b"{}")),
        "from the root": _zipped(*files, ("/events.json", b"{}")),
        "another archive before it": _zipped(*files, before=taken.zip),
        "words after it": _zipped(*files, comment=b"x"),
        "cut off": taken.zip[: len(taken.zip) // 2],
        "one byte short": taken.zip[:-1],
    }
    for what, data in spoilt.items():
        with pytest.raises(NotADossier):
            pytest.fail(f"{what}: {len(open_archive(data))} files")
    assert open_archive(_zipped(*files)) == taken.files


def test_G48_a_bomb_is_put_down_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    from server.dossier import reading  # noqa: PLC0415 - its limit is made small here

    monkeypatch.setattr(reading, "MAX_BYTES", 2**20)
    for entries in ([(EVENTS, bytes(2**21))], [(f"material/{n:064x}.crl", bytes(2**18)) for n in range(5)]):
        with pytest.raises(NotADossier, match="more than"):
            open_archive(_zipped(*entries))


def test_G48_every_broken_archive_is_refused_or_found_out(taken: Taken) -> None:
    count = 400 if _ALL else 60
    for _ in range(count):
        broken = bytearray(taken.zip)
        for _ in range(_CHANCE.randint(1, 3)):
            broken[_CHANCE.randrange(len(broken))] ^= 1 << _CHANCE.randrange(8)
        try:
            files = open_archive(bytes(broken))
        except NotADossier:
            continue
        assert files == taken.files or taken.check(files).status == 1
