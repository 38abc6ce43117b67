"""A dossier is checked by anyone, without server and network; a change of anything in it is named (G48, G49)."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sealing.signatures import ServerSigner, holds
from server import cli_verify
from server.dossier.anchors import Anchors, record_keys
from server.dossier.checking import Checking
from server.dossier.findings import Findings
from server.dossier.layout import EVENTS, INDEX, RECORD, Index
from server.dossier.packing import archive
from server.dossier.reading import NotADossier, open_archive
from server.dossier.recorded import check as recorded_check
from server.dossier.verifying import verify
from tests.pki.authority import TestPki
from tests.signing.house import House
from tests.signing.test_named_votes import Room
from tests.signing.test_rounds_http import opened, path_of, sign
from tests.signing.test_statements_http import CARDS, add_paper, attendance, expected, send
from wire import cades, canonical
from wire.checkpoint import Checkpoint
from wire.errors import WireError
from wire.events import Event
from wire.fields import parse_instant
from wire.inclusions import Inclusions
from wire.note import NoteKey
from wire.statement import Statement

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Whole:
    """One dossier of one meeting, and the anchor to check it with."""

    zip: bytes = field(repr=False)
    files: dict[str, bytes] = field(repr=False)
    root: bytes = field(repr=False)
    now: dt.datetime
    #: of a meeting without signed papers, which take their time
    short: dict[str, bytes] = field(repr=False)

    def check(self, files: Mapping[str, bytes], *, trusted: bool = False, root: bool = True) -> Findings:
        """What is found, with the house's anchor unless told otherwise."""
        given_one = dataclasses.replace(Anchors.of_folder(_ANCHOR[0]), keys=_KEYS) if root else Anchors()
        found = Findings()
        verify(files, Checking(given_one.with_dossier(files, trusted=trusted), self.now), found)
        return found


_ANCHOR: list[Path] = []
#: of the record of the house that made the dossiers
_KEYS: tuple[NoteKey, ...] = ()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, running_pki: Any) -> Iterator[Whole]:
    """Two roll calls, an approval, signed minutes, a signed closing."""
    global _KEYS  # noqa: PLW0603 - as the anchor: known to whoever checks, and no part of the dossier
    pki: TestPki = running_pki.pki
    folder = tmp_path_factory.mktemp("dossier")
    office = House(folder / "house", pki)
    for username, label in CARDS.items():
        office.enrol(username, label)
    meeting = office.meeting("open")
    for username in ("daibieu", "thuky"):
        send(office, meeting, attendance(office, meeting, username), username).done()
    paper = add_paper(office, meeting)
    chair = office.sign_in("chutri")
    send(office, meeting, expected(chair, meeting, "approve_papers", f"?paper={paper}"), "chutri").done()
    office.sign_in("thuky").post(f"/api/meetings/{meeting}/publish").done()
    path = path_of(meeting, opened(office, meeting))
    for username, label in (("chutri", "an"), ("daibieu", "chi")):
        sign(office, path, username, label).done()
    send(office, meeting, expected(office.sign_in("chutri"), meeting, "close"), "chutri").done()
    reply = office.sign_in("chutri").get(f"/api/meetings/{meeting}/dossier")
    assert reply.raw.headers["Content-Type"] == "application/zip"
    assert [one.kind for one in office.services.audit.newest("dossier_exported", limit=5)] == ["dossier_exported"]
    other = office.meeting("open")
    send(office, other, attendance(office, other, "daibieu"), "daibieu").done()
    send(office, other, expected(office.sign_in("chutri"), other, "close"), "chutri").done()
    short = open_archive(office.sign_in("chutri").get(f"/api/meetings/{other}/dossier").raw.data)
    anchor = folder / "anchors"
    anchor.mkdir()
    (anchor / "root.cer").write_bytes(pki.der("root"))
    _ANCHOR[:] = [anchor]
    _KEYS = record_keys(office.services.settings.data_dir / "record" / "key.vkey")
    assert (office.services.record.tools.key,) == _KEYS
    yield Whole(reply.raw.data, open_archive(reply.raw.data), pki.der("root"), office.clock.now(), short)
    office.services.close()


def rehashed(files: dict[str, bytes]) -> dict[str, bytes]:
    """As somebody would who changes a file and mends the index."""
    index = Index.read(files[INDEX])
    others = {name: data for name, data in files.items() if name not in {INDEX, RECORD}}
    kept = {RECORD: files[RECORD]} if RECORD in files else {}
    told = Index.of(index.meeting, index.title, others, made_at=index.made_at, without=index.without)
    return {INDEX: told.encode(), **kept, **others}


def statements(files: Mapping[str, bytes]) -> dict[str, str]:
    """Kind → the path of a statement, without its ending."""
    found = {}
    for name in files:
        if name.startswith("statements/") and name.endswith(".json") and "evidence" not in name:
            found[Statement.read(files[name]).kind] = name.removesuffix(".json")
    return found


# As it is


def test_G49_a_whole_dossier_is_right_and_says_what_was_checked(whole: Whole) -> None:
    found = whole.check(whole.files)
    assert found.status == 0, found.text()
    codes = [code for _, code in found.codes]
    assert codes.count("statement") == 4
    assert codes.count("pdf-signature") == 2
    assert codes.count("papers") == 1
    assert {"index", "log", "anchor", "record-key", "record-events", "index-signed"} <= set(codes)
    assert hashlib.sha256(whole.root).hexdigest() in found.text()
    assert "ĐẠT · VERIFIED" in found.text()
    said = next(line for line in found.text().splitlines() if "Bản kê đúng" in line)
    shown = r"do chutri \(demo\) xuất lúc \d{2}:\d{2}:\d{2} \d{2}/\d{2}/\d{4} \(UTC\+7\)"
    assert re.search(shown, said), "a name, and the hour of Vietnam"
    assert "person:" not in found.text()


def test_G49_without_an_anchor_nothing_is_wrong_and_nobody_is_confirmed(whole: Whole) -> None:
    found = whole.check(whole.files, root=False)
    assert found.status == 3
    assert ("unsure", "anchors-none") in found.codes
    assert ("unsure", "statement-unsure") in found.codes
    assert "wrong" not in {mark for mark, _ in found.codes}


def test_G49_anchors_of_the_dossier_are_trusted_only_when_told_so_and_it_is_said(whole: Whole) -> None:
    found = whole.check(whole.files, root=False, trusted=True)
    assert found.status == 3
    assert [code for mark, code in found.codes if mark == "unsure"] == ["anchors-own"]


def test_G49_a_stranger_as_anchor_confirms_nobody(whole: Whole, tmp_path: Path, running_pki: Any) -> None:
    (tmp_path / "x.cer").write_bytes(running_pki.pki.der("stranger"))
    found = Findings()
    verify(
        whole.short, Checking(Anchors.of_folder(tmp_path).with_dossier(whole.short, trusted=False), whole.now), found
    )
    assert found.status == 3
    assert [code for _, code in found.codes].count("statement-unsure") == 2


def test_W65_openssl_agrees_about_every_statement(whole: Whole, tmp_path: Path) -> None:
    pem = b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(whole.root) + b"-----END CERTIFICATE-----\n"
    (tmp_path / "ca.pem").write_bytes(pem)
    for path in statements(whole.files).values():
        (tmp_path / "act.p7s").write_bytes(whole.files[f"{path}.p7s"])
        for content, status in ((whole.files[f"{path}.json"], 0), (whole.files[f"{path}.json"] + b" ", 4)):
            (tmp_path / "act.json").write_bytes(content)
            words = "cms -verify -binary -inform DER -in act.p7s -content act.json -CAfile ca.pem -purpose any -out out"
            done = subprocess.run(
                ["openssl", *words.split()], cwd=tmp_path, capture_output=True, timeout=30, check=False
            )
            assert done.returncode == status, done.stderr


# Changed


def test_G49_a_changed_byte_anywhere_is_named(whole: Whole) -> None:
    index = Index.read(whole.files[INDEX])
    for name, data in whole.files.items():
        changed = bytearray(data)
        changed[len(changed) // 2] ^= 1
        if name not in {INDEX, RECORD}:
            assert list(index.differences({**whole.files, name: bytes(changed)})) == [("changed", name)]
    found = whole.check({**whole.short, EVENTS: whole.short[EVENTS].replace(b"(demo)", b"(demO)")})
    assert ("wrong", "file-changed") in found.codes
    assert EVENTS in found.text()


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_G49_a_changed_byte_is_found_though_the_index_was_mended(whole: Whole, data: st.DataObject) -> None:
    names = sorted(name for name in whole.short if name.startswith(("statements/", EVENTS)) and "evidence" not in name)
    name = data.draw(st.sampled_from(names))
    at = data.draw(st.integers(0, len(whole.short[name]) - 1))
    changed = bytearray(whole.short[name])
    changed[at] ^= 1 << data.draw(st.integers(0, 7))
    found = whole.check(rehashed({**whole.short, name: bytes(changed)}))
    told = {code for mark, code in found.codes if mark != "right"}
    # The record knows of any change by itself; the others have to see this one as well.
    assert told - {"index-other", "event-unproven"}, f"{name} {at}"


@pytest.mark.parametrize("kind", ["attend", "approve_papers", "close"])
def test_G49_a_statement_that_is_taken_out_is_missed(whole: Whole, kind: str) -> None:
    path = statements(whole.files)[kind]
    files = {name: data for name, data in whole.files.items() if not name.startswith(path)}
    assert ("wrong", "statement-missing") in whole.check(rehashed(files)).codes


def test_G49_a_statement_no_event_names_is_told(whole: Whole) -> None:
    said = Statement.read(whole.short[f"{statements(whole.short)['attend']}.json"])
    other = dataclasses.replace(said, name="Ai khác")
    files = {**whole.short, f"statements/{other.sha256}.json": other.encode()}
    assert ("wrong", "statement-unused") in whole.check(rehashed(files)).codes


def chained(values: list[dict[str, Any]], change: int, **data: Any) -> bytes:
    """The log with one event changed and every hash after it made anew: it is whole again."""
    events: list[Event] = []
    for value in values:
        more = {**value["data"], **data} if value["seq"] == change else value["data"]
        more = {name: entry for name, entry in more.items() if entry is not None}
        old = Event.from_value(value)
        last = events[-1] if events else None
        events.append(Event.after(last, meeting=old.meeting, at=old.at, actor=old.actor, kind=old.kind, data=more))
    return canonical.encode({"events": [event.to_value() for event in events]})


def test_G49_a_log_that_was_written_anew_no_longer_holds_its_statements(whole: Whole) -> None:
    values = json.loads(whole.files[EVENTS])["events"]
    described = next(value["seq"] for value in values if value["kind"] == "meeting_created")
    files = rehashed({**whole.files, EVENTS: chained(values, described, title="Họp khác (demo)")})
    found = whole.check(files)
    assert ("right", "log") in found.codes
    differing = [one for one in found.all if one.code == "statement-differs"]
    assert len(differing) == 4
    # Who opened is on the roll by their own word: signed is the one with a statement.
    attended = next(one for one in values if one["kind"] == "attendance_recorded" and one["data"].get("statement"))
    found = whole.check(rehashed({**whole.files, EVENTS: chained(values, attended["seq"], presence="late")}))
    assert any(one.code == "statement-differs" and one.data["where"] == "body.presence" for one in found.all)


def test_G49_an_unsigned_act_put_in_place_of_a_signed_one_is_found(whole: Whole) -> None:
    values = json.loads(whole.short[EVENTS])["events"]
    closed = next(value["seq"] for value in values if value["kind"] == "meeting_closed")
    files = rehashed({**whole.short, EVENTS: chained(values, closed, statement=None)})
    assert ("wrong", "statement-unused") in whole.check(files).codes


def test_G49_signatures_swapped_between_statements_are_wrong(whole: Whole) -> None:
    found = statements(whole.short)
    one, other = found["attend"], found["close"]
    files = {**whole.short, f"{one}.p7s": whole.short[f"{other}.p7s"], f"{other}.p7s": whole.short[f"{one}.p7s"]}
    assert whole.check(rehashed(files)).codes.count(("wrong", "statement-form")) == 2


def test_G49_a_garbage_signature_is_wrong(whole: Whole) -> None:
    path = statements(whole.short)["close"]
    said = Statement.read(whole.short[f"{path}.json"])
    parts = cades.split(whole.short[f"{path}.p7s"])
    forged = cades.assemble(said, parts.certificates[0], bytes(len(parts.signature)), chain=parts.certificates[1:])
    found = whole.check(rehashed({**whole.short, f"{path}.p7s": forged}))
    assert any(one.code == "statement-wrong" and one.data["why"] == ("signature-wrong",) for one in found.all)


def test_G49_a_statement_without_its_evidence_is_not_confirmed(whole: Whole) -> None:
    path = statements(whole.short)["close"]
    bare = canonical.encode({**json.loads(whole.short[f"{path}.evidence.json"]), "material": []})
    found = whole.check(rehashed({**whole.short, f"{path}.evidence.json": bare}))
    assert [one.data["why"] for one in found.all if one.code == "statement-unsure"] == [("revocation-unknown",)]


def test_G49_a_signed_paper_that_is_another_or_missing_is_named(whole: Whole) -> None:
    (name,) = (each for each in whole.files if each.startswith("signed/"))
    assert ("wrong", "pdf-differs") in whole.check(rehashed({**whole.files, name: b"%PDF-1.7 other"})).codes
    without = {each: data for each, data in whole.files.items() if each != name}
    assert ("wrong", "pdf-missing") in whole.check(rehashed(without)).codes
    longer = whole.check(rehashed({**whole.files, name: whole.files[name] + b"\n1 0 obj\n<< >>\nendobj\n"}))
    assert ("wrong", "pdf-longer") in longer.codes


def test_G48_a_file_more_or_less_is_named(whole: Whole) -> None:
    assert ("wrong", "file-extra") in whole.check({**whole.short, f"material/{'0' * 64}.crl": b"x"}).codes
    without = {name: data for name, data in whole.short.items() if name != EVENTS}
    assert {("wrong", "file-missing"), ("wrong", "log-unreadable")} <= set(whole.check(without).codes)
    assert ("wrong", "index-missing") in whole.check({n: d for n, d in whole.short.items() if n != INDEX}).codes


# What the record says of it


def recorded(files: Mapping[str, bytes], **changed: Any) -> dict[str, bytes]:
    """With something of ``record.json`` changed."""
    return {**files, RECORD: canonical.encode({**json.loads(files[RECORD]), **changed})}


def test_W73_without_its_proofs_or_without_a_known_key_nothing_is_confirmed(whole: Whole) -> None:
    bare = {name: data for name, data in whole.short.items() if name != RECORD}
    assert [code for mark, code in whole.check(bare).codes if mark != "right"] == ["record-none"]
    unknown = Anchors.of_folder(_ANCHOR[0]).with_dossier(whole.short, trusted=False)
    found = Findings()
    verify(whole.short, Checking(unknown, whole.now), found)
    assert [(mark, code) for mark, code in found.codes if mark != "right"] == [("unsure", "record-key-own")]


def test_W73_another_index_or_another_file_is_not_what_was_exported(whole: Whole) -> None:
    index = Index.read(whole.short[INDEX])
    later = dataclasses.replace(index, made_at=index.made_at + dt.timedelta(days=1)).encode()
    assert ("wrong", "index-other") in whole.check({**whole.short, INDEX: later}).codes
    others = {name: data for name, data in whole.short.items() if not name.startswith("authorities/")}
    assert ("wrong", "index-other") in whole.check(rehashed(others)).codes


@pytest.mark.parametrize("what", ["changed", "removed", "cut off", "added", "exchanged"])
def test_L1_every_event_of_a_dossier_is_held_by_the_record(whole: Whole, what: str) -> None:
    """The log is made whole again after every change, hash by hash: it is its own best witness, and still found out."""
    values = json.loads(whole.short[EVENTS])["events"]
    (shown,) = [value for value in values if value["kind"] == "item_started"] or [values[-2]]
    at = values.index(shown)
    match what:
        case "changed":
            values[at] = {**shown, "actor": "system"}
        case "removed":
            del values[at]
        case "cut off":
            del values[-1]
        case "added":
            values.insert(at, shown)
        case _:
            values[at - 1], values[at] = values[at], values[at - 1]
    events: list[Event] = []
    for value in values:
        last = events[-1] if events else None
        events.append(
            Event.after(
                last,
                meeting=value["meeting"],
                at=parse_instant(value["at"]),
                actor=value["actor"],
                kind=value["kind"],
                data=value["data"],
            )
        )
    found = Findings()
    recorded_check(whole.short, events, Checking(Anchors(keys=_KEYS), whole.now), found)
    (told,) = [one for one in found.all if one.mark.value == "wrong"]
    # The copy that was put in stands behind the event itself.
    first = at + {"exchanged": 0, "added": 2}.get(what, 1)
    expected = ("events-cut", len(values) + 1) if what == "cut off" else ("event-unproven", first)
    assert (told.code, told.data["seq"]) == expected


def test_W73_a_changed_proof_checkpoint_or_export_is_named(whole: Whole) -> None:
    record = json.loads(whole.short[RECORD])
    events = [dict(one) for one in record["events"]]
    events[2] = {**events[2], "number": events[1]["number"]}
    found = whole.check(recorded(whole.short, events=events))
    assert [(one.code, one.data["seq"]) for one in found.all if one.mark.value == "wrong"] == [("proof-wrong", 3)]
    assert ("wrong", "events-added") in whole.check(recorded(whole.short, events=record["events"][:-1])).codes
    export = {**record["house"], "actor": "person:u-aaaaaaaaaaaaaaaa"}
    assert ("wrong", "export-unproven") in whole.check(recorded(whole.short, house=export)).codes
    for spoilt in ({"checkpoint": record["checkpoint"].replace("\n", "0\n", 2)}, {"more": 1}, {"checkpoint": 7}):
        assert ("wrong", "record-broken") in whole.check(recorded(whole.short, **spoilt)).codes


def test_W73_a_record_made_up_with_a_key_of_ones_own_is_told(whole: Whole) -> None:
    """Everything in it holds together; only the key is not that of the house."""
    stranger = ServerSigner.generate()
    key = NoteKey(_KEYS[0].name, stranger.public)
    record = Inclusions.read(whole.short[RECORD])
    old = Checkpoint.open(record.checkpoint, _KEYS[0], holds)
    forged = dataclasses.replace(record, key=key, checkpoint=old.note(key, stranger.sign).encode())
    found = whole.check({**whole.short, RECORD: forged.encode()})
    assert [(mark, code) for mark, code in found.codes if mark != "right"] == [("wrong", "record-key-other")]


@given(st.binary(max_size=300))
def test_W73_a_reader_of_proofs_raises_its_own_error(data: bytes) -> None:
    with pytest.raises(WireError):
        Inclusions.read(data)


@given(st.binary(max_size=300))
def test_W01_a_reader_of_archives_and_of_the_index_raises_its_own_error(data: bytes) -> None:
    with pytest.raises(NotADossier):
        open_archive(b"PK\x03\x04" + data)


@pytest.mark.parametrize("name", ["../events.json", "/etc/passwd", "statements/x.json", "events.json/..", "a\\b", ""])
def test_G48_an_archive_with_another_name_is_not_opened(name: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(zipfile.ZipInfo(name or "x"), b"x")
    with pytest.raises(NotADossier):
        open_archive(out.getvalue())


# The command, in a process that has no network

_ALONE = """
import sys
from server.signatures.sandbox import confine
confine(memory_bytes=6 * 2**30, cpu_s=300)
import socket
try:
    socket.socket()
except PermissionError:
    import phonghop
    sys.exit(phonghop.main(sys.argv[1:]))
sys.exit(99)
"""


def phonghop(*words: str | Path) -> tuple[int, str]:
    """Exit status and all that was said, with the network taken away before anything is read."""
    command = [sys.executable, "-c", _ALONE, "verify", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, check=False)
    return done.returncode, done.stdout.decode() + done.stderr.decode()


def test_G49_the_command_works_without_network_on_all_there_is(whole: Whole, tmp_path: Path) -> None:
    dossier, folder = tmp_path / "ho-so.zip", tmp_path / "ho-so"
    dossier.write_bytes(whole.zip)
    known = ("--anchors", _ANCHOR[0], "--record-key", tmp_path / "key.vkey")
    (tmp_path / "key.vkey").write_text(f"{_KEYS[0].print()}\n")
    status, text = phonghop(dossier, *known)
    assert (status, "ĐẠT · VERIFIED" in text) == (0, True), text
    with zipfile.ZipFile(io.BytesIO(whole.zip)) as found:
        found.extractall(folder)
    assert phonghop(folder, *known)[0] == 0
    assert phonghop(folder / EVENTS)[0] == 0
    statement = folder / f"{statements(whole.files)['close']}.json"
    status, text = phonghop(statement, "--anchors", _ANCHOR[0])
    assert (status, "Bế mạc" in text) == (3, True), "no evidence lies beside it"
    (paper,) = (folder / "papers").iterdir()
    data = paper.read_bytes()
    paper.write_bytes(data[:-1] + b"\0")
    status, text = phonghop(folder, *known)
    assert (status, f"papers/{paper.name}" in text) == (1, True), text
    paper.write_bytes(data)
    (pdf,) = (folder / "signed").iterdir()
    assert phonghop(pdf, "--anchors", _ANCHOR[0])[0] in {0, 3}
    statement.write_bytes(statement.read_bytes().replace(b"attended", b"attenDed"))
    status, text = phonghop(folder, "--anchors", _ANCHOR[0])
    assert (status, statement.name in text, "KHÔNG ĐẠT · NOT VERIFIED" in text) == (1, True, True)


def test_G49_wrong_words_are_told_apart(tmp_path: Path) -> None:
    def said(*words: str | Path) -> int:
        # Without a process around the command's own: that it needs no network is shown above.
        return cli_verify.verify([*map(str, words)])

    assert said(tmp_path / "none.zip") == 2
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 no archive")
    assert said(broken) == 2
    (tmp_path / "anchors").mkdir()
    (tmp_path / "anchors" / "x.cer").write_bytes(b"no certificate")
    assert said(broken, "--anchors", tmp_path / "anchors") == 2
    assert said(broken, "--record-key", tmp_path / "anchors" / "x.cer") == 2


def test_G49_what_lies_beside_the_file_is_never_run(whole: Whole, tmp_path: Path) -> None:
    """A dossier is checked where it was downloaded to, among files of strangers."""
    for name in ("web", "server", "wire", "logging", "json", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("open('it-ran', 'w').close()\n")
    (tmp_path / "ho-so.zip").write_bytes(whole.zip)
    command = [str(Path(sys.executable).with_name("phonghop")), "verify", "ho-so.zip", "--anchors", str(_ANCHOR[0])]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, check=False)
    assert not (tmp_path / "it-ran").exists()
    assert (done.returncode, b"Traceback" in done.stderr) == (3, False), done.stderr.decode()


def test_G48_the_archive_is_the_same_for_the_same_files(whole: Whole) -> None:
    assert archive(whole.files) == archive(dict(whole.files))
    assert open_archive(archive(whole.files)) == whole.files


def test_V7_the_signed_ballots_of_a_named_vote_are_checked_with_the_dossier(tmp_path: Path, pki: TestPki) -> None:
    house = House(tmp_path / "house", pki)
    for username in ("chutri", "daibieu"):
        house.enrol(username, CARDS[username])
    room = Room(house)
    vote = room.open()
    for name, answer in (("chutri", "for"), ("daibieu", "against")):
        assert room.cast(name, vote, answer).outcome == "done"
    waiting = open_archive(room.chair.get(f"{room.path}/dossier").raw.data)
    assert not any(name.startswith("statements/") for name in waiting), "nothing of a ballot before the close"
    room.chair.post(f"{room.path}/votes/{vote}/close").done()
    files = open_archive(room.chair.get(f"{room.path}/dossier").raw.data)
    (tmp_path / "root.cer").write_bytes(pki.der("root"))
    anchors = Anchors.of_folder(tmp_path / "root.cer")
    found = Findings()
    anchors = dataclasses.replace(anchors, keys=(house.services.record.tools.key,))
    verify(files, Checking(anchors.with_dossier(files, trusted=False), house.clock.now()), found)
    assert found.status == 0, found.text()
    assert [code for _, code in found.codes].count("statement") == 2
    house.services.close()
