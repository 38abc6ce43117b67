"""What every place promises the vault: a folder, and a partition that root's own program opens (over a played card)."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.errors import DiskFull, StoreHeld, StoreShut, StoreUnreadable
from edge.vault import place as places
from edge.vault.disk import RealDisk
from edge.vault.place import MADE
from tests.support.meeting_log import MEETING
from tests.support.vault_card import KEY_AT, SECOND_AT, Card, vault_program
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


@pytest.mark.parametrize("fails", ["cryptsetup luksFormat", "cryptsetup open", "mkfs.ext4", "systemctl start"])
def test_what_fails_in_the_first_format_it_is_made_anew_and_nothing_was_lost(partition: Kept, fails: str) -> None:
    card = card_of(partition)
    card.breaks(fails, 1)
    with pytest.raises(StoreUnreadable):
        opened(partition.vault())
    card.restart()
    card.mend()
    assert opened(partition.vault()).loss is None


#: Where the power goes while it is made: a torn head; a file system that has copies of its superblock and no first one.
CUTS = [("cryptsetup luksFormat", ""), ("mkfs.ext4", "/dev/zero"), ("mkfs.ext4", "/dev/urandom")]


@pytest.mark.parametrize(("cut", "rest"), CUTS)
def test_cut_while_it_is_made_first_it_comes_up_by_itself_and_nothing_was_lost(
    partition: Kept, cut: str, rest: str
) -> None:
    card = card_of(partition)
    card.cuts(cut, rest=rest)
    with pytest.raises(StoreUnreadable):
        opened(partition.vault())
    card.restart()
    card.mend()
    assert opened(partition.vault()).loss is None


@pytest.mark.parametrize(("cut", "rest"), CUTS)
def test_W195_cut_while_it_is_made_anew_it_comes_up_and_the_loss_is_told(partition: Kept, cut: str, rest: str) -> None:
    card = card_of(partition)
    partition.filled()
    card.restart()
    card.lay(0, os.urandom(SECOND_AT + 4096))
    card.cuts(cut, rest=rest)
    vault = partition.vault()
    with pytest.raises(StoreUnreadable):
        opened(vault)
    assert vault.loss is None, "it is not told before it is known"
    card.restart()
    card.mend()
    again = opened(partition.vault())
    assert (loss(again), again.meetings()) == ("header", ())
    if cut == "mkfs.ext4":
        assert f"User: {os.getuid():5}" in card.asks("stat <2>")


@pytest.mark.parametrize("damage", ["torn", "unmended"])
def test_W195_without_a_note_what_would_open_another_time_is_asked_about(partition: Kept, damage: str) -> None:
    card = card_of(partition)
    partition.filled()
    card.restart()
    partition.store.shred(MADE)
    if damage == "torn":
        (card.root / "torn").touch()
    else:
        card.tear_files()
        card.breaks("e2fsck -y", 4)
    with pytest.raises(StoreShut) as told:
        opened(partition.vault())
    assert told.value.data["why"] == damage
    card.mend()
    (card.root / "torn").unlink(missing_ok=True)
    assert opened(partition.vault()).meeting_names() == (MEETING,)


def test_the_note_is_lost_and_the_vault_is_not(partition: Kept) -> None:
    partition.filled()
    card_of(partition).restart()
    partition.store.shred(MADE)
    again = opened(partition.vault())
    assert (again.meeting_names(), again.loss) == ((MEETING,), None)


def test_a_store_that_takes_nothing_does_not_keep_a_sound_vault_shut(
    partition: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    partition.filled()
    opened(partition.vault())
    card_of(partition).restart()

    def fails(_disk: RealDisk, name: str, data: bytes) -> None:
        raise DiskFull(name)

    with monkeypatch.context() as full:
        full.setattr(RealDisk, "put", fails)
        assert opened(partition.vault()).meeting_names() == (MEETING,)


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
    assert partition.note()["losing"] == "header"
    card.mend()
    card.lay(0, head)
    again = opened(partition.vault())
    assert (again.meeting_names(), again.loss) == ((MEETING,), None)


@pytest.mark.parametrize("grace_s", [60, 0.001], ids=["at-once", "later"])
def test_W195_what_is_found_no_more_when_it_is_to_be_made_leaves_no_mark(
    partition: Kept, monkeypatch: pytest.MonkeyPatch, grace_s: float
) -> None:
    """A card that gives zeros for a moment: what it gives next is judged by what was kept, as before.

    Also where the answer comes later than the agent waits: it is asked for before anything else.
    """
    partition.program.GRACE_S = grace_s
    partition.filled()
    card_of(partition).restart()
    note, finds = partition.note(), partition.program.head_finding
    found = iter(["header"])
    monkeypatch.setattr(partition.program, "head_finding", lambda key: next(found, "") or finds(key))
    with pytest.raises(StoreUnreadable, match="another-reason"):
        opened(partition.vault())
    assert partition.note() == note
    again = opened(partition.vault())
    assert (again.meeting_names(), again.loss) == ((MEETING,), None)


def test_W195_what_a_program_could_not_even_look_at_leaves_no_mark(
    partition: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing had been begun: root says so, whatever stood against it."""
    partition.filled()
    card_of(partition).restart()
    note = partition.note()
    found = iter(["header"])

    def finds(_key: bytes) -> str:
        try:
            return next(found)
        except StopIteration:
            raise partition.program.Refused("cryptsetup-does-not-work") from None

    monkeypatch.setattr(partition.program, "head_finding", finds)
    with pytest.raises(StoreUnreadable, match="cryptsetup-does-not-work"):
        opened(partition.vault())
    assert partition.note() == note


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
    card.mend()
    assert loss(opened(partition.vault())) == "header"


@pytest.mark.parametrize("damage", ["root", "zeros", "noise"])
def test_W195_torn_files_are_mended_and_kept_and_that_something_may_be_missing_is_said(
    partition: Kept, damage: str
) -> None:
    card = card_of(partition)
    partition.filled()
    card.restart()
    if damage == "root":
        card.tear_files()
    else:
        card.tear_superblock(bytes(4096) if damage == "zeros" else os.urandom(4096))
    again = opened(partition.vault())
    assert (again.meeting_names(), loss(again)) == ((MEETING,), "files")
    checks = [each for each in card.called if each.startswith("e2fsck")]
    if damage == "root":
        assert checks == ["e2fsck -n", "e2fsck -p", "e2fsck -n", "e2fsck -y"]
        assert card.called[card.called.index("e2fsck -y") + 1] == "debugfs"
        assert f"User: {os.getuid():5}" in card.asks("stat /lost+found"), "what is in it is the agent's to destroy"
    else:
        assert checks == ["e2fsck -n", "e2fsck -p"], "by a copy"
    card.restart()
    card.forget_calls()
    opened(partition.vault())
    assert [each for each in card.called if each.startswith("e2fsck")] == ["e2fsck -n", "e2fsck -p"]


def test_W195_a_meeting_that_is_missing_is_a_loss(partition: Kept) -> None:
    partition.filled()
    shutil.rmtree(card_of(partition).folder / "meetings")
    again = opened(partition.vault())
    assert (again.meeting_names(), loss(again)) == ((), "files")


def test_what_e2fsck_found_without_a_name_is_destroyed(partition: Kept) -> None:
    partition.filled()
    found = card_of(partition).folder / "lost+found"
    (found / "#12").mkdir(parents=True)
    (found / "#12" / "box").write_bytes(b"sealed")
    (found / "#13").write_bytes(b"sealed")
    assert opened(partition.vault()).meeting_names() == (MEETING,)
    assert list(found.iterdir()) == []


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


def test_W195_another_reason_is_another_question(partition: Kept) -> None:
    card = card_of(partition)
    partition.filled()
    card.restart()
    (card.root / "torn").touch()
    with pytest.raises(StoreShut) as torn:
        opened(partition.vault(), OTHER)
    (card.root / "torn").unlink()
    head = card.has(0, 5 << 20)
    with pytest.raises(StoreShut) as told:
        opened(partition.vault(), OTHER, anew=torn.value.data["asked"])
    assert (torn.value.data["why"], told.value.data["why"]) == ("torn", "key")
    assert told.value.data["asked"] != torn.value.data["asked"]
    assert card.has(0, 5 << 20) == head


@pytest.mark.parametrize("check", [b"", b"is no seal", None])
def test_W195_one_file_that_does_not_open_is_no_other_key(partition: Kept, check: bytes | None) -> None:
    partition.filled()
    disk = RealDisk(card_of(partition).folder)
    disk.shred("check") if check is None else disk.put("check", check)
    again = opened(partition.vault())
    assert (again.meeting_names(), again.loss) == ((MEETING,), None)
    assert disk.read("check"), "it is written anew"


@pytest.mark.parametrize("has_check", [True, False])
def test_W195_a_head_that_is_gone_while_it_is_open_leaves_the_files_to_their_key(
    partition: Kept, *, has_check: bool
) -> None:
    """Any key opens the partition then: another one than its own destroys nothing."""
    card = card_of(partition)
    partition.filled()
    if not has_check:
        (card.folder / "check").unlink()
    card.lay(0, os.urandom(SECOND_AT + 4096))
    asked = []
    for _ in range(2):
        with pytest.raises(StoreShut) as told:
            opened(partition.vault(), OTHER)
        asked.append((told.value.data["asked"], told.value.data["why"]))
    assert asked == [(asked[0][0], "files")] * 2
    assert opened(partition.vault()).meeting_names() == (MEETING,)
    with pytest.raises(StoreShut) as told:
        opened(partition.vault(), OTHER, anew=asked[0][0])
    assert told.value.data["asked"] != asked[0][0], "the question was over"
    vault = partition.vault()
    assert vault.open(OTHER, anew=told.value.data["asked"]) == ("check",)
    assert (vault.meeting_names(), vault.loss) == ((), None)


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
    with pytest.raises(StoreHeld):
        vault.wipe()
    assert not any(card.has(0, 4 << 20))
    card.mend()
    card.restart()
    vault.wipe()
    assert partition.note() == {}


def test_D7_a_store_that_takes_no_writes_is_no_reason_to_start_the_machine_again(
    partition: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The vault is gone and its key out of the kernel; nor is one that was not open since the start held by anybody."""
    vault, card = partition.filled(), card_of(partition)

    def fails(_disk: RealDisk, name: str) -> None:
        raise StoreUnreadable(f"{name}: Read-only file system")

    with monkeypatch.context() as broken:
        broken.setattr(type(partition.store), "shred", fails)
        with pytest.raises(StoreUnreadable):
            vault.wipe()
    assert not card.is_open
    card.breaks("systemctl stop", 1)
    with pytest.raises(StoreUnreadable):
        partition.vault().wipe()
    card.mend()
    vault.wipe()
    assert partition.note() == {}


def test_D7_where_nobody_answers_the_machine_is_not_started_again_on_and_on(partition: Kept) -> None:
    vault = partition.filled()
    card_of(partition).socket.rename(card_of(partition).root / "elsewhere")
    try:
        with pytest.raises(StoreUnreadable):
            vault.wipe()
    finally:
        (card_of(partition).root / "elsewhere").rename(card_of(partition).socket)


def test_D7_erased_and_not_left_it_is_not_opened_again(partition: Kept) -> None:
    """Its key is in the kernel: nothing may come to lie there that the next start finds no head for."""
    vault, card = partition.filled(), card_of(partition)
    card.breaks("systemctl stop", 1)
    with pytest.raises(StoreHeld):
        vault.wipe()
    with pytest.raises(StoreUnreadable, match="in-use"):
        opened(partition.vault())
    card.mend()
    again = opened(partition.vault())
    assert (again.meeting_names(), again.loss) == ((), None)
    assert any(card.has(0, 4 << 20))


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
