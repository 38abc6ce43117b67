"""What every place promises the vault: a folder, and a partition that root's own program opens (over a played card)."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from edge.errors import StoreUnreadable
from edge.vault.disk import RealDisk
from edge.vault.place import MADE, Folder, Partition
from edge.vault.store import Vault, loss
from tests.support.meeting_log import MEETING
from tests.support.vault_card import Card, vault_program
from wire.secret import Secret

KEY, OTHER = Secret(bytes(range(32))), Secret(bytes(32))


@dataclass
class Kept:
    """A terminal's disk; a new vault is a new start of its agent."""

    store: RealDisk
    card: Card | None = None
    where: Path = Path()
    program: Any = None

    def vault(self) -> Vault:
        if self.card is None:
            return Vault(self.store, Folder())
        return Vault(RealDisk(self.card.folder), self.place())

    def place(self) -> Partition:
        assert self.card is not None
        return Partition(self.store, self.card.folder, self.where, is_mounted=self.card.shows)

    def filled(self) -> Vault:
        vault = self.vault()
        assert vault.open(KEY) == ()
        vault.meeting(MEETING).keyring.make_box()
        return vault


@pytest.fixture
def partition(tmp_path: Path) -> Iterator[Kept]:
    kept = Kept(RealDisk(tmp_path / "store"), Card(tmp_path / "vault"), tmp_path / "asked")
    assert kept.card is not None
    with vault_program(kept.card, kept.where) as kept.program:
        yield kept


@pytest.fixture(params=["folder", "partition"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    if request.param == "folder":
        return Kept(RealDisk(tmp_path / "data"))
    found: Kept = request.getfixturevalue("partition")
    return found


# ------------------------------------------------------------ both


def test_what_was_kept_is_there_with_the_same_key(kept: Kept) -> None:
    kept.filled().close()
    again = kept.vault()
    assert again.open(KEY) == ()
    assert [each.keyring.meeting for each in again.meetings()] == [MEETING]


def test_another_key_finds_nothing_and_says_so(kept: Kept) -> None:
    kept.filled().close()
    again = kept.vault()
    assert loss(again.open(OTHER)) == "key"
    assert (again.meetings(), again.meeting_names()) == ((), ())
    assert kept.vault().open(OTHER) == ()


@pytest.mark.parametrize("is_open", [True, False])
def test_D7_a_wipe_leaves_nothing_that_a_key_opens(kept: Kept, *, is_open: bool) -> None:
    vault = kept.filled()
    if not is_open:
        vault = kept.vault()
    assert vault.meeting_names() == (MEETING,), "the receipt of a wipe names it, with the store open or shut"
    vault.wipe()
    vault.wipe()
    assert vault.meeting_names() == ()
    again = kept.vault()
    assert again.open(KEY) == (), "what was destroyed by order is no loss"
    assert again.meetings() == ()


def test_a_meeting_that_was_forgotten_is_named_no_more(kept: Kept) -> None:
    vault = kept.filled()
    vault.forget(MEETING)
    vault.close()
    assert kept.vault().meeting_names() == ()


# ------------------------------------------------------------ the partition


def card_of(kept: Kept) -> Card:
    assert kept.card is not None
    return kept.card


def test_the_first_start_makes_it_and_the_second_opens_it(partition: Kept) -> None:
    card = card_of(partition)
    assert partition.place().open(KEY) == ""
    assert "luksFormat" in card.called
    card.restart()
    card.called.clear()
    assert partition.place().open(KEY) == ""
    assert card.mounted
    assert "luksFormat" not in card.called
    card.called.clear()
    assert partition.place().open(KEY) == "", "an agent that was started again finds it open"
    assert {"luksFormat", "mkfs.ext4", "e2fsck"}.isdisjoint(card.called)


def test_roots_program_is_given_another_key_than_the_files_are_sealed_with(partition: Kept) -> None:
    partition.place().open(KEY)
    assert card_of(partition).header is not None
    assert KEY.reveal() not in (card_of(partition).header or ())


@pytest.mark.parametrize("cut", ["luksFormat", "mkfs.ext4", "start"])
def test_cut_in_the_first_format_it_is_made_anew_and_nothing_was_lost(partition: Kept, cut: str) -> None:
    card = card_of(partition)
    card.broken[cut] = 1
    with pytest.raises(StoreUnreadable):
        partition.vault().open(KEY)
    card.restart()
    card.broken.clear()
    assert partition.vault().open(KEY) == ()


@pytest.mark.parametrize(("damage", "why"), [("header", "header"), ("files", "files"), ("erased", "")])
def test_what_no_key_opens_is_made_anew_and_said(partition: Kept, damage: str, why: str) -> None:
    card = card_of(partition)
    partition.filled()
    card.restart()
    match damage:
        case "header":
            card.damaged = True
        case "files":
            card.files = "none"
        case _:
            card.header = []
    lost = partition.vault().open(KEY)
    assert lost == ((f"vault: {why}",) if why else ())
    assert not lost or loss(lost) == why
    assert partition.vault().meeting_names() == ()


def test_torn_files_are_mended_and_kept(partition: Kept) -> None:
    partition.filled()
    card_of(partition).restart()
    card_of(partition).files = "torn"
    vault = partition.vault()
    assert vault.open(KEY) == ()
    assert vault.meeting_names() == (MEETING,)


@pytest.mark.parametrize(("broken", "code"), [("open", 1), ("open", 4), ("luksDump", 1), ("e2fsck", 0), ("start", 1)])
def test_what_only_failed_stays_as_it_is(partition: Kept, broken: str, code: int) -> None:
    """A kernel without the cipher, a card that cannot be read today: it opens tomorrow."""
    card = card_of(partition)
    partition.filled()
    card.restart()
    before, card.broken[broken] = card.header, code
    vault = partition.vault()
    if code:
        with pytest.raises(StoreUnreadable):
            vault.open(KEY)
        assert not vault.is_open
    card.restart()
    card.broken.clear()
    assert vault.open(KEY) == ()
    assert (card.header, vault.meeting_names()) == (before, (MEETING,))


def test_nothing_is_written_where_it_is_not_seen_to_be_mounted(partition: Kept) -> None:
    place = Partition(partition.store, card_of(partition).folder, partition.where, is_mounted=lambda _folder: False)
    with pytest.raises(StoreUnreadable):
        Vault(RealDisk(card_of(partition).folder), place).open(KEY)
    assert partition.store.read(MADE) is None


def test_W186_a_wipe_that_root_does_not_answer_is_not_said_to_be_done(partition: Kept) -> None:
    vault = partition.filled()
    card_of(partition).broken["luksErase"] = 1
    with pytest.raises(StoreUnreadable):
        vault.wipe()
    assert not any(card_of(partition).folder.rglob("*box*")), "the keys that can be reached are gone all the same"
    card_of(partition).broken.clear()
    vault.wipe()
    assert card_of(partition).header == []


def test_an_erased_header_is_said_before_the_files_are_gone_through(partition: Kept) -> None:
    partition.filled()
    card_of(partition).called.clear()
    partition.place().erase()
    assert card_of(partition).header == []
    assert card_of(partition).mounted, "who reads is not waited for"
    partition.place().leave()
    assert not card_of(partition).mapped


RUBBISH = (
    b"", b"\n", b"open\n", b"open " + b"0" * 63 + b"\n", b"open " + b"0" * 65 + b"\n", b"open " + b"G" * 64 + b"\n",
    b"open " + b"A" * 64 + b"\n", b"erase now\n", b"erase", b"close\r\n", b"\xff" * 4096, b"erase\nerase\n",
    b" erase\n", b"close \n",
)  # fmt: skip


@pytest.mark.parametrize("line", RUBBISH)
def test_rubbish_is_answered_and_changes_nothing(partition: Kept, line: bytes) -> None:
    partition.filled()
    card, before = card_of(partition), card_of(partition).header
    card.called.clear()
    assert partition.program.answer_to(line) == {"because": "request", "state": "refused"}
    assert (card.called, card.header) == ([], before)


def test_it_goes_on_after_one_that_hangs_up(partition: Kept) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asked:
        asked.connect(str(partition.where))
        asked.sendall(b"open ")
    assert partition.place().open(KEY) == ""


def test_what_keeps_it_shut_is_said_without_the_key(
    partition: Kept, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    partition.place().open(KEY)
    card = card_of(partition)
    key = (card.header or [b""])[0]
    card.restart()
    card.broken["open"] = 1
    with pytest.raises(StoreUnreadable) as told:
        partition.place().open(KEY)
    said = f"{told.value!r} {told.value.__context__!r} {caplog.text} {''.join(capsys.readouterr())}"
    assert "refused" in said
    assert not [secret for secret in (key, KEY.reveal()) if secret.hex() in said or repr(secret) in said]
