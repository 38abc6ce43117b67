"""What every place promises the vault: a folder, and a partition that root's own program opens (over a played card)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.errors import StoreBusy, StoreShut, StoreUnreadable
from edge.vault import place as places
from edge.vault.disk import RealDisk
from edge.vault.place import MADE
from tests.support.meeting_log import MEETING
from tests.support.vault_card import KEY_AT, MAGIC, SECOND_AT, Card, vault_program
from tests.support.vault_kept import KEY, OTHER, Kept, card_of, loss, opened
from tests.vectors.make import HERE


@pytest.fixture
def partition(tmp_path: Path) -> Iterator[Kept]:
    card = Card(tmp_path)
    card.make()
    with vault_program(card) as program:
        yield Kept(RealDisk(tmp_path / "store"), card, program)


@pytest.fixture(params=["folder", "partition"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    if request.param == "folder":
        return Kept(RealDisk(tmp_path / "data"))
    found: Kept = request.getfixturevalue("partition")
    return found


# ------------------------------------------------------------ both


def test_what_was_kept_is_there_with_the_same_key(kept: Kept) -> None:
    kept.filled().close()
    again = opened(kept.vault())
    assert [each.keyring.meeting for each in again.meetings()] == [MEETING]
    assert again.loss is None


@pytest.mark.parametrize("is_open", [True, False])
def test_D7_a_wipe_leaves_nothing_that_a_key_opens(kept: Kept, *, is_open: bool) -> None:
    vault = kept.filled()
    if not is_open:
        vault = kept.vault()
    assert vault.meeting_names() == (MEETING,), "the receipt of a wipe names it, with the store open or shut"
    vault.wipe()
    vault.wipe()
    assert vault.meeting_names() == ()
    again = opened(kept.vault())
    assert (again.meetings(), again.loss) == ((), None), "what was destroyed by order is no loss"


def test_a_meeting_that_was_forgotten_is_named_no_more(kept: Kept) -> None:
    vault = kept.filled()
    vault.forget(MEETING)
    vault.close()
    assert kept.vault().meeting_names() == ()


def test_W195_a_loss_is_told_until_it_was_heard(kept: Kept) -> None:
    vault = kept.filled()
    disk = RealDisk(card_of(kept).folder) if kept.card else kept.store
    disk.put("outbox", b"")
    disk.put(f"meetings/{MEETING}/box", b"is no seal")
    again = kept.vault()
    assert again.open(KEY) == (f"meetings/{MEETING}",)
    told = again.loss
    assert told is not None
    assert told.why == "files"
    again.heard("0" * 16)
    assert again.loss == told, "another one's answer"
    if kept.card:
        assert opened(kept.vault()).loss == told, "also when the agent was started again"
    again.heard(told.loss)
    assert (loss(again), loss(opened(kept.vault()))) == ("", "")
    vault.close()


# ------------------------------------------------------------ the partition is made, and opens


def test_the_first_start_makes_it_and_the_second_opens_it(partition: Kept) -> None:
    card = card_of(partition)
    assert opened(partition.vault()).loss is None
    assert "cryptsetup luksFormat" in card.called
    card.restart()
    card.forget_calls()
    opened(partition.vault())
    assert card.shows(card.folder)
    assert "cryptsetup luksFormat" not in card.called
    card.forget_calls()
    opened(partition.vault())
    assert {"cryptsetup luksFormat", "mkfs.ext4", "e2fsck -p"}.isdisjoint(card.called), "it was open"


def test_roots_program_is_given_another_key_than_the_files_are_sealed_with(partition: Kept) -> None:
    """The numbers are for ever (made by hand with RFC 5869): another derivation opens no vault that was made before."""
    known = json.loads((HERE / "vault-key.json").read_text(encoding="utf-8"))
    opened(partition.vault())
    key = card_of(partition).key
    assert key != KEY.reveal()
    assert (key.hex(), KEY.reveal().hex()) == (known["partition_key"], known["store_key"])


@pytest.mark.parametrize("cut", ["cryptsetup luksFormat", "cryptsetup open", "mkfs.ext4", "systemctl start"])
def test_cut_in_the_first_format_it_is_made_anew_and_nothing_was_lost(partition: Kept, cut: str) -> None:
    card = card_of(partition)
    card.breaks(cut, 1)
    with pytest.raises(StoreUnreadable):
        opened(partition.vault())
    card.restart()
    card.mend()
    assert opened(partition.vault()).loss is None


def test_a_head_that_was_cut_while_it_was_written_first_is_written_anew(partition: Kept) -> None:
    card = card_of(partition)
    card.lay(0, MAGIC)
    (card.root / "torn").touch()
    assert opened(partition.vault()).loss is None


def test_what_takes_long_is_asked_again_and_done_once(partition: Kept) -> None:
    partition.program.GRACE_S = 0.02
    opened(partition.vault())
    assert card_of(partition).called.count("cryptsetup luksFormat") == 1


# ------------------------------------------------------------ what is gone is made anew and said


@pytest.mark.parametrize("damage", ["header", "files", "emptied", "erased", "zeros"])
def test_W195_what_no_key_opens_any_more_is_made_anew_and_said(partition: Kept, damage: str) -> None:
    card = card_of(partition)
    partition.filled()
    card.restart()
    match damage:
        case "header":
            card.lay(0, os.urandom(SECOND_AT + 4096))
        case "zeros":
            card.lay(0, bytes(5 << 20))
        case "erased":
            card.lay(KEY_AT, bytes(32))
        case "files":
            card.lose_files()
        case _:
            (card.folder / places.WHICH).unlink()
    again = opened(partition.vault())
    assert loss(again) == ("files" if damage in {"files", "emptied"} else "header")
    assert again.meeting_names() == (() if damage != "emptied" else (MEETING,))


def test_W195_what_opens_after_all_was_not_lost(partition: Kept) -> None:
    card = card_of(partition)
    partition.filled()
    card.restart()
    head = card.has(0, SECOND_AT + 4096)
    card.lay(0, os.urandom(len(head)))
    card.breaks("cryptsetup luksFormat", 1)
    with pytest.raises(StoreUnreadable):
        opened(partition.vault())
    assert partition.note()["lost"] == "header"
    card.mend()
    card.lay(0, head)
    again = opened(partition.vault())
    assert (again.meeting_names(), again.loss) == ((MEETING,), None)


@pytest.mark.parametrize("cut", ["cryptsetup luksFormat", "mkfs.ext4", "systemctl start"])
def test_W195_a_loss_is_told_however_often_it_is_cut_while_it_is_mended(partition: Kept, cut: str) -> None:
    card = card_of(partition)
    partition.filled()
    card.restart()
    card.lay(0, os.urandom(SECOND_AT + 4096))
    card.breaks(cut, 1)
    for _ in range(2):
        with pytest.raises(StoreUnreadable):
            opened(partition.vault())
        card.restart()
    told = partition.note()["loss"]
    card.mend()
    # Half made, and something was kept: what is found then is judged as what had been kept.
    if partition.program.head_finding(card.key) == "" or cut != "cryptsetup luksFormat":
        card.restart()
    again = opened(partition.vault())
    assert again.loss is not None
    assert again.loss.loss == told


def test_torn_files_are_mended_and_kept(partition: Kept) -> None:
    card = card_of(partition)
    partition.filled()
    card.restart()
    card.tear_files()
    again = opened(partition.vault())
    assert (again.meeting_names(), again.loss) == ((MEETING,), None)
    assert [each for each in card.called if each.startswith("e2fsck")] == ["e2fsck -p", "e2fsck -n", "e2fsck -y"]


# ------------------------------------------------------------ another key


def test_W195_what_another_key_would_open_is_kept_for_it(partition: Kept) -> None:
    card = card_of(partition)
    partition.filled()
    card.restart()
    head = card.has(0, 5 << 20)
    asked = []
    for _ in range(2):
        with pytest.raises(StoreShut) as told:
            opened(partition.vault(), OTHER)
        asked.append(told.value.data["asked"])
    assert asked[0] == asked[1], "one question, however often it starts"
    with pytest.raises(StoreShut):
        opened(partition.vault(), OTHER, anew="0" * 16)
    assert card.has(0, 5 << 20) == head
    again = opened(partition.vault())
    assert (again.meeting_names(), again.loss) == ((MEETING,), None)
    card.restart()
    with pytest.raises(StoreShut) as told:
        opened(partition.vault(), OTHER, anew=asked[0])
    assert told.value.data["asked"] != asked[0], "an answer is good for one question"


@pytest.mark.parametrize("is_mounted", [True, False])
def test_W195_what_IT_does_not_want_any_more_is_made_anew(partition: Kept, *, is_mounted: bool) -> None:
    card = card_of(partition)
    partition.filled()
    if not is_mounted:
        card.restart()
    with pytest.raises(StoreShut) as told:
        opened(partition.vault(), OTHER)
    again = opened(partition.vault(), OTHER, anew=told.value.data["asked"])
    assert (again.meetings(), again.loss) == ((), None), "whose word it was knows of it"
    card.restart()
    assert opened(partition.vault(), OTHER).loss is None


@pytest.mark.parametrize(
    ("code", "said"), [(2, ""), (2, "Operation not permitted"), (1, "No key available with this passphrase.")]
)
@pytest.mark.parametrize("program", ["cryptsetup open", "cryptsetup test"])
def test_another_key_is_believed_when_it_is_said_twice_and_in_words(
    partition: Kept, program: str, code: int, said: str
) -> None:
    card = card_of(partition)
    partition.filled()
    card.restart()
    card.breaks(program, code, said)
    with pytest.raises(StoreUnreadable, match="not-opened"):
        opened(partition.vault(), OTHER)


# ------------------------------------------------------------ destroyed by order


@pytest.mark.parametrize("program", ["cryptsetup isLuks", "cryptsetup luksErase"])
@pytest.mark.parametrize("code", [1, 2, 127, -9])
def test_D7_whatever_cryptsetup_says_the_head_is_written_over(partition: Kept, program: str, code: int) -> None:
    card = card_of(partition)
    vault = partition.filled()
    card.lay(5 << 20, b"what is sealed")
    card.breaks(program, code)
    vault.wipe()
    assert not any(card.has(0, 4 << 20))
    assert card.has(5 << 20, 14) == b"what is sealed"
    assert not card.is_open


def test_D7_a_head_that_cannot_be_written_over_is_not_said_to_be_erased(partition: Kept) -> None:
    vault = partition.filled()
    partition.program.DEVICE = "/proc/self/status"
    with pytest.raises(StoreUnreadable):
        vault.wipe()
    assert not any(card_of(partition).folder.rglob("*box*")), "the keys that can be reached are gone all the same"
    assert partition.vault().meeting_names() == (MEETING,), "the receipt will name it"


def test_D7_files_that_fail_do_not_keep_an_erased_vault_from_being_done(
    partition: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = partition.filled()

    def fails(_disk: RealDisk, name: str) -> None:
        raise StoreUnreadable(f"{name}: Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(RealDisk, "remove", fails)
        vault.wipe()
    assert not any(card_of(partition).has(0, 4 << 20))
    assert not card_of(partition).is_open
    assert partition.note() == {}


def test_D7_while_somebody_holds_it_it_is_not_said_to_be_gone(partition: Kept) -> None:
    vault, card = partition.filled(), card_of(partition)
    card.breaks("systemctl stop", 1)
    with pytest.raises(StoreBusy):
        vault.wipe()
    assert not any(card.has(0, 4 << 20))
    card.mend()
    card.restart()
    vault.wipe()
    assert partition.note() == {}


def test_D7_where_nobody_answers_the_machine_is_not_started_again_on_and_on(partition: Kept) -> None:
    vault = partition.filled()
    card_of(partition).socket.rename(card_of(partition).root / "elsewhere")
    with pytest.raises(StoreUnreadable):
        vault.wipe()
    (card_of(partition).root / "elsewhere").rename(card_of(partition).socket)


def test_D7_cut_between_head_and_note_it_is_no_loss(partition: Kept) -> None:
    partition.filled()
    partition.place().erase()
    card_of(partition).restart()
    again = opened(partition.vault())
    assert (again.loss, again.meetings()) == (None, ())


def test_D7_the_note_is_overwritten_before_its_name_goes(partition: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    shredded: list[str] = []
    shred = RealDisk.shred

    def seen(disk: RealDisk, name: str) -> None:
        shredded.append(name)
        shred(disk, name)

    monkeypatch.setattr(RealDisk, "shred", seen)
    partition.filled().wipe()
    assert MADE in shredded
