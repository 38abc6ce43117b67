"""Root's program of the vault: what only failed stays as it is, rubbish changes nothing, and it ends what it began."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.errors import StoreShut, StoreUnreadable, VaultError
from edge.vault.disk import RealDisk
from edge.vault.place import WHICH, Partition
from edge.vault.store import Vault
from tests.support.meeting_log import MEETING
from tests.support.poll import until
from tests.support.vault_card import SECOND_AT, SIZE, Card, vault_program
from tests.support.vault_kept import KEY, Kept, card_of, loss, opened
from tests.unit.firmware import programs


@pytest.fixture
def partition(tmp_path: Path) -> Iterator[Kept]:
    card = Card(tmp_path)
    card.make()
    with vault_program(card) as program:
        yield Kept(RealDisk(tmp_path / "store"), card, program)


# ------------------------------------------------------------ what only failed stays as it is

CODES = (-9, 1, 2, 3, 4, 5, 8, 12, 32, 127, 128)
#: What is an answer and no failure. e2fsck's codes are bits: 4 is looked at once more, and where that finds nothing
#: the card gives now this and now that.
ANSWERS = {*(("e2fsck -p", code) for code in (1, 2, 3)), ("systemctl is-active", 3)}
OPENING = (
    "systemctl is-active",
    "cryptsetup isLuks",
    "cryptsetup luksDump",
    "cryptsetup open",
    "cryptsetup test",
    "e2fsck -p",
    "systemctl start",
)


@pytest.mark.parametrize("program", OPENING)
def test_a_code_that_says_nothing_of_the_card_changes_nothing_on_it(partition: Kept, program: str) -> None:
    """No memory, no permission, killed, gone after an update, a card that is busy: it opens tomorrow."""
    card = card_of(partition)
    partition.filled().close()
    head, files, note = card.has(0, 5 << 20), card.files, partition.note()
    for code in CODES:
        card.restart()
        card.breaks(program, code)
        if program == "cryptsetup test":
            # Asked when the first has said that the key is wrong.
            card.breaks("cryptsetup open", 2, "No key available with this passphrase.")
        vault = partition.vault()
        if (program, code) in ANSWERS:
            opened(vault)
        else:
            with pytest.raises(VaultError):
                opened(vault)
            assert not vault.is_open
        assert (card.has(0, 5 << 20), card.files, partition.note()["which"]) == (head, files, note["which"]), code
    card.mend()
    card.restart()
    again = opened(partition.vault())
    assert (again.meeting_names(), again.loss) == ((MEETING,), None)


@pytest.mark.parametrize(("n", "y"), [(-9, 0), (8, 0), (32, 0), (4, -9), (4, 8), (4, 12), (4, 128), (4, 4)])
def test_files_that_e2fsck_gives_up_in_the_middle_are_not_made_anew(partition: Kept, n: int, y: int) -> None:
    card = card_of(partition)
    partition.filled()
    card.restart()
    for how, code in (("-p", 4), ("-n", n), ("-y", y)):
        card.breaks(f"e2fsck {how}", code)
    with pytest.raises(VaultError):
        opened(partition.vault())
    assert "mkfs.ext4" not in card.called[-3:]
    assert ("e2fsck -y" in card.called) == (n == 4)
    card.restart()
    card.mend()
    again = opened(partition.vault())
    assert (again.meeting_names(), again.loss) == ((MEETING,), None)


@pytest.mark.parametrize(
    "said",
    [
        "Error reading block 5 (Input/output error).  Ignore error? no",
        "/dev/mapper/phonghop-vault: Attempt to read block from filesystem resulted in short read",
        "Error reading block 1 while reading inode and block bitmaps.  Force rewrite? no",
    ],
)
def test_what_e2fsck_could_not_read_it_does_not_write_over(partition: Kept, said: str) -> None:
    card = card_of(partition)
    partition.filled()
    card.restart()
    card.breaks("e2fsck -p", 4)
    card.breaks("e2fsck -n", 4, said)
    with pytest.raises(StoreUnreadable, match="unreadable"):
        opened(partition.vault())
    assert "e2fsck -y" not in card.called


def test_words_of_what_could_not_be_read_count_whatever_the_code_is(partition: Kept) -> None:
    card = card_of(partition)
    partition.filled()
    card.restart()
    card.tear_files()
    card.breaks("e2fsck -p", 4, "Error reading block 5 (Input/output error).")
    with pytest.raises(StoreUnreadable, match="unreadable"):
        opened(partition.vault())
    assert [each for each in card.called if each.startswith("e2fsck")] == ["e2fsck -n", "e2fsck -p"]
    card.mend()
    card.breaks("e2fsck -y", 1, "Error reading block 5 (Input/output error).  Ignore error? yes")
    with pytest.raises(StoreUnreadable, match="written-over"):
        opened(partition.vault())
    card.mend()
    card.mend_files()
    again = opened(partition.vault())
    assert (again.meeting_names(), loss(again)) == ((MEETING,), "files")


def test_files_whose_groups_are_noise_are_mended_by_a_copy(partition: Kept) -> None:
    """The block that says where all others lie: e2fsck -p deletes the journal for it."""
    card = card_of(partition)
    partition.filled()
    card.restart()
    card.lay(4096, b"\xad" * 4096, name="contents")
    again = opened(partition.vault())
    assert (again.meeting_names(), loss(again)) == ((MEETING,), "files")
    again.close()
    card.restart()
    assert opened(partition.vault()).meeting_names() == (MEETING,)


def test_what_the_journal_holds_is_not_lost_with_the_groups(partition: Kept, tmp_path: Path) -> None:
    card = card_of(partition)
    partition.filled()
    card.restart()
    (tmp_path / "old").write_bytes(b"old" * 1000)
    (tmp_path / "new").write_bytes(b"new" * 1000 + bytes(1096))
    card.tells(f"write {tmp_path}/old paper")
    place = card.asks("blocks paper").strip()
    card.tells("journal_open", f"journal_write -b {place} {tmp_path}/new", "journal_close")
    card.lay(4096, b"\xad" * 4096, name="contents")
    assert opened(partition.vault()).meeting_names() == (MEETING,)
    assert card.asks("cat paper") == "new" * 1000


def test_of_what_a_program_says_for_long_the_journal_gets_the_beginning_and_the_end(
    partition: Kept, capfd: pytest.CaptureFixture[str]
) -> None:
    card = card_of(partition)
    partition.filled()
    card.restart()
    card.breaks("e2fsck -p", 4, "first\n" + "Illegal block number\n" * 50_000 + "Error reading block 5\n")
    capfd.readouterr()
    with pytest.raises(StoreUnreadable, match="unreadable"):
        opened(partition.vault())
    told = capfd.readouterr().err
    assert [word in told for word in ("first", "bytes more", "Error reading block 5")] == [True] * 3
    assert len(told) < 4 * partition.program.TOLD


def test_what_was_torn_a_moment_ago_and_is_not_now_is_not_written_at(partition: Kept) -> None:
    card = card_of(partition)
    partition.filled()
    card.restart()
    card.breaks("e2fsck -p", 4)
    with pytest.raises(StoreUnreadable, match="unreadable"):
        opened(partition.vault())
    assert "e2fsck -y" not in card.called


@pytest.mark.parametrize("is_mounted", [True, False])
@pytest.mark.parametrize("finding", ["new", "header", "torn", "erased"])
def test_what_is_open_stays_so_whatever_is_found_of_its_head(
    partition: Kept, monkeypatch: pytest.MonkeyPatch, finding: str, *, is_mounted: bool
) -> None:
    partition.filled()
    if not is_mounted:
        card_of(partition).restart()
    monkeypatch.setattr(partition.program, "head_finding", lambda _key: finding)
    assert partition.program.finding(b"") == ("" if is_mounted else finding)


@pytest.mark.parametrize("program", ["device", "contents"])
def test_a_device_that_gives_less_than_all_is_not_empty(partition: Kept, program: str) -> None:
    card = card_of(partition)
    partition.filled()
    card.restart()
    whole = card.has(0, 16 << 20, name=program)
    with (card.root / program).open("r+b") as file:
        file.truncate(4096)
    with pytest.raises(StoreUnreadable, match="unreadable"):
        opened(partition.vault())
    card.restart()
    card.lay(0, whole, name=program)
    os.truncate(card.root / program, SIZE)
    assert opened(partition.vault()).meeting_names() == (MEETING,)


@pytest.mark.parametrize("at", [0, SECOND_AT])
def test_one_head_of_two_is_enough_not_to_be_written_over(partition: Kept, at: int) -> None:
    card = card_of(partition)
    partition.filled()
    card.restart()
    card.lay(at, bytes(6))
    card.breaks("cryptsetup isLuks", 1)
    head = card.has(0, 5 << 20)
    with pytest.raises(StoreShut):
        opened(partition.vault())
    assert card.has(0, 5 << 20) == head


# ------------------------------------------------------------ the socket


def test_nothing_is_written_where_it_is_not_seen_to_be_mounted(partition: Kept) -> None:
    card = card_of(partition)
    disk = RealDisk(card.folder)
    place = Partition(partition.store, disk, card.socket, is_mounted=lambda _folder: False)
    with pytest.raises(StoreUnreadable):
        opened(Vault(disk, place))
    assert not (card.folder / WHICH).exists()


def test_a_note_that_is_not_read_for_a_moment_is_not_one_that_was_never_there(
    partition: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = partition.filled()
    card_of(partition).restart()
    card_of(partition).forget_calls()

    def fails(_disk: RealDisk, name: str) -> bytes:
        raise StoreUnreadable(f"{name}: Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(RealDisk, "read", fails)
        with pytest.raises(StoreUnreadable):
            partition.vault().open(KEY)
        assert partition.place().kept() == ()
    assert card_of(partition).called == []
    vault.close()


RUBBISH = (
    b"", b"\n", b"open\n", b"open " + b"0" * 63 + b"\n", b"open " + b"0" * 65 + b"\n", b"open " + b"G" * 64 + b"\n",
    b"open " + b"A" * 64 + b"\n", b"erase now\n", b"erase", b"close\r\n", b"\xff" * 4096, b"erase\nerase\n",
    b" erase\n", b"close \n", b"make new\n", b"make " + b"0" * 64 + b"\n", b"make any " + b"0" * 64 + b"\n",
    b"erase " + b"0" * 64 + b"\n",
)  # fmt: skip


def test_rubbish_is_answered_and_changes_nothing(partition: Kept) -> None:
    for line in RUBBISH:
        assert partition.program.asked.answer_to(line) == {"because": "request", "state": "refused"}
    assert card_of(partition).called == []


def test_nothing_is_made_for_another_reason_than_what_is_found(partition: Kept) -> None:
    partition.filled()
    card, key = card_of(partition), card_of(partition).key
    card.restart()
    head = card.has(0, 5 << 20)
    for why in ("new", "header", "torn", "erased", "key", "files", "unmended", "unchecked"):
        answer = partition.program.asked.answer_to(b"make %s %s\n" % (why.encode(), key.hex().encode()))
        assert answer == {"because": "another-reason", "state": "refused"}
    assert card.has(0, 5 << 20) == head
    assert opened(partition.vault()).meeting_names() == (MEETING,)


def test_an_answer_of_luksDump_that_nobody_reads_is_no_reason(partition: Kept) -> None:
    partition.filled()
    card = card_of(partition)
    card.restart()
    program = card.root / "bin/cryptsetup"
    whole = program.read_text(encoding="utf-8")
    program.write_text(whole.replace("""echo '{"keyslots": {"0": {}}}'""", "echo '{'"), encoding="utf-8")
    with pytest.raises(StoreUnreadable, match="unreadable"):
        opened(partition.vault())
    program.write_text(whole, encoding="utf-8")
    assert opened(partition.vault()).meeting_names() == (MEETING,)


def test_it_goes_on_after_one_that_hangs_up(partition: Kept) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asked:
        asked.connect(str(card_of(partition).socket))
        asked.sendall(b"open ")
    assert opened(partition.vault()).is_open


def test_what_keeps_it_shut_is_said_without_the_key(
    partition: Kept, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    opened(partition.vault())
    card = card_of(partition)
    key = card.key
    card.restart()
    card.breaks("cryptsetup open", 1)
    with pytest.raises(StoreUnreadable) as told:
        opened(partition.vault())
    said = f"{told.value!r} {told.value.__context__!r} {caplog.text} {''.join(capsys.readouterr())}"
    assert "refused" in said
    assert not [secret for secret in (key, KEY.reveal()) if secret.hex() in said or repr(secret) in said]


# ------------------------------------------------------------ told to end

#: It would end by itself, for nobody asks any more (IDLE_S): well before that.
AT_ONCE_S = 10

_PROGRAM = """
import sys
sys.path.insert(0, {folder!r})
from tests.unit.firmware import programs
import os, pwd, socket
vault = programs.load("vault")
vault.AGENT = pwd.getpwuid(os.getuid()).pw_name
vault.DEVICE = "/nowhere/vault"
if {erases}:
    vault.erase_vault = lambda: (open({began!r}).read(), {{"state": "erased"}})[1]
else:
    vault.write_over = lambda: open("/proc/self/mem", "rb").read(1)  # an error of the device
listening = socket.socket(socket.AF_UNIX)
listening.bind({where!r})
listening.listen()
os.dup2(listening.fileno(), 3)
print("ready", flush=True)
sys.exit(vault.main())
"""


@contextlib.contextmanager
def running(
    tmp_path: Path, began: Path, *, erases: bool = True
) -> Iterator[tuple[subprocess.Popen[bytes], socket.socket]]:
    """The program as systemd starts it, and somebody who is connected to it."""
    where, folder = str(tmp_path / "asked"), str(Path(programs.__file__).parents[3])
    program = _PROGRAM.format(folder=folder, where=where, began=str(began), erases=erases)
    with (
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as runs,
        socket.socket(socket.AF_UNIX) as asked,
    ):
        try:
            assert runs.stdout is not None
            assert runs.stdout.readline() == b"ready\n"
            asked.settimeout(30)
            asked.connect(where)
            yield runs, asked
        finally:
            runs.kill()


def opened_by_both(fifo: Path) -> int:
    """A pipe to write to, once it is read from; what is not in time fails, and does not hang."""

    def opens() -> int:
        try:
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return -1

    return until(lambda: opens() + 1, timeout_s=30, every_s=0.05, what="it is at work") - 1


def test_told_to_end_it_ends_what_it_is_in_the_middle_of_first(tmp_path: Path) -> None:
    began = tmp_path / "began"
    os.mkfifo(began)
    with running(tmp_path, began) as (runs, asked):
        asked.sendall(b"erase\n")
        goes_on = opened_by_both(began)
        runs.send_signal(signal.SIGTERM)
        os.write(goes_on, b"on")
        os.close(goes_on)
        assert json.loads(asked.recv(300)) == {"state": "erased"}
        assert runs.wait(AT_ONCE_S) == 0


def test_told_to_end_while_nobody_asks_it_ends_at_once(tmp_path: Path) -> None:
    with running(tmp_path, tmp_path) as (runs, asked):
        asked.sendall(b"rubbish\n")
        assert json.loads(asked.recv(300))["state"] == "refused"
        runs.send_signal(signal.SIGTERM)
        assert runs.wait(AT_ONCE_S) == 0


@pytest.mark.parametrize(
    ("line", "because"), [(b"open " + b"0" * 64 + b"\n", "no-partition"), (b"erase\n", "not-erased")]
)
def test_where_the_partition_was_not_there_when_it_began_it_begins_anew(
    tmp_path: Path, line: bytes, because: str
) -> None:
    """Which devices it may use is read by systemd when it starts."""
    with running(tmp_path, tmp_path, erases=False) as (runs, asked):
        asked.sendall(line)
        assert json.loads(asked.recv(300)) == {"because": because, "state": "refused"}
        assert runs.wait(AT_ONCE_S) == 0
