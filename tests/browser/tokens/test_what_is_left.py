"""After a day with tokens, no secret of it is found anywhere it does not belong (T21, T27, T32).

What must be nowhere:

==========================  =====================================================================================
PINs, right and wrong       but in the cards themselves, which are a part of this test
passwords                   not even as a hash that a page can read; what the server keeps is Argon2's
nonce and signature of a    sealed to the server on their way, and forgotten; the server's own nonce is in the
sign-in                     memory of both ends and in one sealed message, of which nothing can be read (W21)
content keys                wrapped only: of papers, of epochs, of files that are signed, of the seats' stores
private keys                in the file that is theirs, and in no other
private marks               what a person noted: in their own page while they read, and nowhere else
papers in the clear         while they are read, too: on no disk, on no wire; of what is signed, only in the dossier
the screen's secret         not in logs, not in command lines
==========================  =====================================================================================

Searched: all that the broker passed on, every file of the room (logs, stores, databases, run folders), the browser's
folder and what its pages can read, command line and environment of every process, and the places where a core falls.
Everything that other tests of this folder did before is searched as well.
"""

from __future__ import annotations

import base64
import os
import signal
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest

from deploy.demo import people
from deploy.demo.processes import Programs
from tests.browser.tokens.day import NOTE, Day
from tests.browser.tokens.house import MARK, SEATS, House
from tests.browser.tokens.search import files, forms, found, private_keys, processes, windows
from tests.support.poll import until
from tests.support.token_room import INSIDE

pytestmark = pytest.mark.timeout(420)
PLANTED = "planted to show that it would be found"
#: The cards, and what the tests themselves upload.
_OURS = frozenset({"tokens", "desk"})
_LANES = {"act", "challenge", "key", "man", "c", "ev", "sign_part", "sign_offer", "receipt"}


@pytest.fixture(scope="module")
def left(day: Day, whole: House) -> Mapping[str, bytes]:
    """Everything, by where it was found."""
    wire = {f"wire {number}: {topic}": data for number, (topic, data) in enumerate(whole.tap.messages)}
    return {**day.watch.seen, **wire, **processes(), **files(whole.home, whole.profile, but=_OURS)}


def _where(names: list[str]) -> set[str]:
    """The files, whenever they were looked at."""
    return {name.partition(" at ")[0] for name in names}


def test_T32_what_is_searched_is_all_of_the_day(day: Day, whole: House, left: Mapping[str, bytes]) -> None:
    assert {topic.split("/")[2] for topic, _ in whole.tap.messages} >= _LANES
    assert any(name.endswith(".log") and b"card-pin-wrong" in data for name, data in left.items())
    assert any(name.startswith(str(whole.profile)) for name in left)
    assert day.watch.pages >= 4
    kinds = {name.split()[0] for name in day.watch.keys}
    assert kinds >= {"paper_versions", "epochs", "signing_revisions", "device_links", "mark_keys"}
    assert len(day.watch.sign_ins()) >= 5


def test_T21_no_pin_and_no_password(left: Mapping[str, bytes], whole: House) -> None:
    assert found(left, MARK, people.PASSWORD.reveal()) == []
    assert MARK.decode() not in repr(whole.room.room.notes.lines)
    assert MARK.decode() not in repr(whole.room.room.notes.reports)


def test_T32_no_nonce_and_no_signature_of_a_sign_in(day: Day, left: Mapping[str, bytes]) -> None:
    secrets = [base64.b64decode(data[name]) for data in day.watch.sign_ins() for name in ("nonce", "signature")]
    assert found(left, *secrets) == []


def test_T32_no_content_key(day: Day, whole: House, left: Mapping[str, bytes]) -> None:
    # A seat's store key is in its run folder as long as the boot lasts (P7), and goes with it.
    own = {str(whole.room.room.room.folder.path("run", f"seat-{seat}", "store.key")) for seat in range(1, SEATS + 1)}
    assert _where(found(left, *day.watch.keys.values())) <= own


def test_T27_no_paper_in_the_clear(day: Day, left: Mapping[str, bytes]) -> None:
    assert day.watch.papers, "the keys that are searched for open the papers"
    assert all(paper.startswith(b"%PDF-") for paper in day.watch.papers)
    pieces = [piece for paper in (*day.watch.papers, day.minutes.read_bytes()) for piece in windows(paper)]
    # The words lie in pages while they are read there; the windows of a file never do.
    assert found(left, *pieces) == []
    assert [name for name in found(left, INSIDE.encode()) if not name.startswith("page at")] == []


def test_P8_a_private_note_is_in_its_persons_page_and_nowhere_else(left: Mapping[str, bytes]) -> None:
    assert _where(found(left, NOTE.encode())) == {"page"}, "the note was on the screen, and is searched for"


def test_W21_no_message_is_readable(whole: House) -> None:
    wire = {f"{number} {topic}": data for number, (topic, data) in enumerate(whole.tap.messages)}
    assert found(wire, b"payloadType", b'"head"', whole.room.meeting.encode()) == []


def test_T32_a_private_key_is_in_its_own_file_alone(left: Mapping[str, bytes]) -> None:
    keys = {name: piece for name, piece in private_keys(left).items() if Path(name).is_file()}
    names = {Path(name).name for name in keys}
    assert {"ca.key", "device.key", "master.key", "signing.key", "mailbox.key", "store.key", "kiosk.key"} <= names
    for name, piece in keys.items():
        assert _where(found(left, piece)) == {name}


def test_T32_the_screens_secret_is_in_no_log_and_no_command_line(whole: House, left: Mapping[str, bytes]) -> None:
    told = {name: data for name, data in left.items() if ".log" in name or name.startswith("/proc/")}
    for seat in range(SEATS):
        screen = whole.room.room.seat_url(seat).partition("#kiosk=")[2].encode()
        assert screen
        assert found(told, screen) == []


def test_T32_a_program_that_crashes_leaves_no_core(whole: House) -> None:
    programs = whole.room.room.room.programs
    for name in ("server", "seat-1"):
        pid = programs[name].pid
        assert pid is not None
        limits = Path(f"/proc/{pid}/limits").read_text(encoding="ascii").splitlines()
        row = next(line for line in limits if line.startswith("Max core file size"))
        assert row.split()[4:6] == ["0", "0"]
        where = Path(f"/proc/{pid}/cwd").resolve()
        before = set(where.glob("core*"))
        os.kill(pid, signal.SIGABRT)
        until(partial(_is_another, programs, name, pid), what=f"{name} is there again")
        assert set(where.glob("core*")) == before
    assert list(whole.home.rglob("core*")) == []


def _is_another(programs: Programs, name: str, pid: int) -> bool:
    return programs[name].pid not in {pid, None}


@pytest.mark.parametrize("form", range(len(forms(MARK))))
def test_a_planted_secret_is_found_however_it_is_written(tmp_path: Path, form: int) -> None:
    planted = tmp_path / "planted.log"
    planted.write_bytes(b"x=" + forms(MARK)[form] + PLANTED.encode())
    assert found(files(tmp_path), MARK) == [str(planted)]


def test_a_planted_secret_is_found_in_a_message_a_page_and_a_process(left: Mapping[str, bytes], day: Day) -> None:
    key = next(iter(day.watch.keys.values()))
    for name in (next(name for name in left if name.startswith(start)) for start in ("wire", "page at", "/proc/")):
        assert found({**left, name: left[name] + base64.b64encode(b"ab" + key)}, key) == [name]
