"""Rules W130, W131: a seat leaves what it keeps for an acknowledged restoration that names it, and for nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.record import FILE, MOST_GIVEN_UP, RecordKeeper
from sealing.signatures import ServerSigner
from tests.support.fake_disk import FakeDisk
from tests.unit.edge.test_record import HEAD, KEY, SIGNER, shown
from tests.unit.wire.test_merkle import grown
from wire import canonical
from wire.checkpoint import Checkpoint
from wire.entries import HOUSE, Entry
from wire.errors import BadProof, WireError
from wire.house import entry_hash
from wire.inclusions import Proof
from wire.merkle import Edge
from wire.merkle_proofs import inclusion
from wire.messages import Kept, RecordRestored
from wire.note import NoteKey
from wire.restorations import LED, RESTORED, Proven, led_data

#: The record was put back from 30 leaves to 20; of 18 there is a signed checkpoint left.
OLD, NEW, SIGNED = 30, 20, 18
BEFORE = [b"leaf %d" % number for number in range(NEW)]


def line(name: str) -> list[bytes]:
    """What a record went on with after the point that both have."""
    return [*BEFORE, *(b"%s %d" % (name.encode(), number) for number in range(NEW, 40))]


GONE = line("gone")
LATER = 24


def root_of(leaves: list[bytes], size: int) -> bytes:
    return Edge.of(size, grown(leaves)[1]).root()


def entry(number: int, kind: str, data: dict[str, Any], actor: str = "person:u-aaaaaaaaaaaaaaaa") -> dict[str, Any]:
    content = {
        "number": number, "at": "2026-11-22T18:00:00.000Z", "actor": actor,
        "kind": kind, "data": data, "before": "0" * 64,
    }  # fmt: skip
    return {**content, "hash": entry_hash(content)}


def _same(value: dict[str, Any]) -> dict[str, Any]:
    return value


Change = Callable[[dict[str, Any]], dict[str, Any]]


def told(
    size: int = OLD, *, restored: Change = _same, led: Change = _same, order: tuple[int, int] = (20, 22),
    signer: ServerSigner = SIGNER, key: NoteKey = KEY, mine: list[bytes] = GONE,
) -> RecordRestored:  # fmt: skip
    """What the server says to a seat that keeps ``size`` leaves; a change is hashed and recorded as if it were true."""
    data = {"old": OLD, "root": root_of(GONE, OLD).hex(), "new": NEW, "signed": SIGNED, "reason": "Hỏng đĩa (demo)"}
    one = restored(entry(7, RESTORED, data))
    other = led(entry(8, LED, led_data(7, size, root_of(mine, size).hex()), "system"))
    leaves = line("now")[:LATER]
    for at, each in zip(order, (one, other), strict=True):
        leaves[at] = Entry(HOUSE, each["number"], each["hash"]).leaf()
    nodes = grown(leaves)[1]
    note = Checkpoint(key.name, LATER, root_of(leaves, LATER)).note(key, signer.sign).encode().decode()
    proven = [
        Proven(each, Proof(at, inclusion(at, LATER, nodes))) for at, each in zip(order, (one, other), strict=True)
    ]
    return RecordRestored(HEAD, note, key.print(), size, *proven)


def changed(**fields: Any) -> Change:
    """Another entry, with the hash that it then has."""

    def make(value: dict[str, Any]) -> dict[str, Any]:
        content = {name: each for name, each in (value | fields).items() if name != "hash"}
        return {**content, "hash": entry_hash(content)}

    return make


def saying(**data: Any) -> Change:
    return lambda value: changed(data=value["data"] | data)(value)


def keeper_of(size: int = OLD, disk: FakeDisk | None = None) -> RecordKeeper:
    found = RecordKeeper(disk or FakeDisk())
    found.take(shown(0, size, GONE))
    return found


@pytest.mark.parametrize("size", [OLD, OLD - 1, SIGNED + 1])
def test_W130_an_acknowledged_restoration_that_names_it_is_followed_and_the_old_note_kept(size: int) -> None:
    disk = FakeDisk()
    keeper = keeper_of(size, disk)
    message = told(size)
    old = canonical.decode(disk.read(FILE) or b"")["note"]
    keeper.follow(message)
    root = Checkpoint.read(message.note.partition("\n\n")[0] + "\n").root.hex()
    assert (keeper.kept, keeper.fault) == (Kept(LATER, root, gave_up=size), "")
    disk.restart()
    again = RecordKeeper(disk)
    assert again.kept == keeper.kept
    assert canonical.decode(disk.read(FILE) or b"")["given_up"] == [old], "the fork can still be proven"
    again.follow(message)
    assert again.kept == keeper.kept, "said twice it is done once"


def test_W131_what_was_given_up_stays_when_the_record_goes_on_and_when_another_fork_is_seen() -> None:
    disk = FakeDisk()
    keeper = keeper_of(OLD, disk)
    keeper.follow(told())
    keeper.take(shown(LATER, 30, line("other")))
    assert (keeper.kept.size, keeper.kept.forked, keeper.kept.gave_up) == (LATER, True, OLD)
    assert keeper.kept == RecordKeeper(disk).kept
    keeper.follow(told(LATER, mine=line("now")))
    assert keeper.kept.size == LATER, "who holds two records follows neither by itself"


def _bent(message: RecordRestored) -> RecordRestored:
    return dataclasses.replace(message, restored=dataclasses.replace(message.restored, leaf=message.led.leaf))


def _by_another_key() -> RecordRestored:
    stranger = ServerSigner.generate()
    return told(signer=stranger, key=NoteKey(KEY.name, stranger.public))


REFUSED: dict[str, Callable[[], RecordRestored]] = {
    "another root": lambda: told(mine=line("other")),
    "a size it does not explain": lambda: told(restored=saying(signed=OLD), led=_same),
    "one that was signed longer": lambda: told(restored=saying(old=OLD - 1)),
    "another last checkpoint": lambda: told(restored=saying(root="ab" * 32)),
    "nobody's word": lambda: told(restored=changed(actor="system")),
    "another act": lambda: told(restored=changed(kind="record_verified")),
    "no word at all": lambda: told(led=changed(kind="record_verified")),
    "another acknowledgement": lambda: told(led=saying(restored=6)),
    "more than is known": lambda: told(led=saying(more=1)),
    "a point after the word about it": lambda: told(restored=saying(new=21)),
    "a point before what is signed": lambda: told(restored=saying(new=SIGNED - 1)),
    "the name before the word": lambda: told(order=(22, 20)),
    "the word before the point": lambda: told(order=(19, 22)),
    "a hash that is not its own": lambda: told(led=lambda one: {**one, "hash": "ab" * 32}),
    "a proof of another leaf": lambda: _bent(told()),
    "an entry of no known form": lambda: told(led=changed(odd=1)),
    "another key": _by_another_key,
}


@pytest.mark.parametrize("why", list(REFUSED))
def test_W130_nothing_else_leads_to_another_record(why: str) -> None:
    disk = FakeDisk()
    keeper = keeper_of(OLD, disk)
    before = disk.read(FILE)
    with pytest.raises(WireError):
        keeper.follow(REFUSED[why]())
    assert (disk.read(FILE), keeper.kept.size) == (before, OLD)


def test_W130_a_signature_of_another_key_under_the_known_name_is_refused() -> None:
    keeper = keeper_of()
    with pytest.raises(WireError):
        keeper.follow(told(signer=ServerSigner.generate()))
    assert keeper.kept.size == OLD


_SMALL = st.integers(15, 34)


@given(st.tuples(_SMALL, _SMALL, _SMALL, _SMALL), st.permutations(range(15, 24)))
def test_W130_there_is_no_other_way_to_be_led(numbers: tuple[int, int, int, int], places: list[int]) -> None:
    """Whatever is acknowledged, named and recorded wherever: only what explains the very checkpoint leads on."""
    (size, old, new, signed), (word, name, *_) = numbers, places
    keeper = keeper_of(size)
    data = {"old": old, "root": root_of(GONE, old).hex(), "new": new, "signed": signed}
    message = told(size, restored=saying(**data), order=(word, name))
    allowed = signed < size <= old and signed <= new <= word < name
    try:
        keeper.follow(message)
    except BadProof:
        assert not allowed
    assert (keeper.kept.size == LATER and keeper.kept.gave_up == size) == allowed
    assert keeper.kept.forked is False


@given(st.data())
def test_W130_any_flipped_value_of_the_message_leads_nowhere(data: st.DataObject) -> None:
    message = told()
    value = {"restored": message.restored.to_value(), "led": message.led.to_value()}
    which = data.draw(st.sampled_from(["restored", "led"]))
    house = value[which]["house"]
    field = data.draw(st.sampled_from(sorted(house)))
    bent = house[field] + 1 if isinstance(house[field], int) else {} if field == "data" else house[field] + "2"
    part = dataclasses.replace(getattr(message, which), house={**house, field: bent})
    keeper = keeper_of()
    with pytest.raises(WireError):
        keeper.follow(dataclasses.replace(message, **{which: part}))
    assert keeper.kept.size == OLD


def test_W131_evidence_is_never_dropped_for_room() -> None:
    disk = FakeDisk()
    keeper_of(OLD, disk)
    value = canonical.decode(disk.read(FILE) or b"")
    disk.put(FILE, canonical.encode({**value, "given_up": [value["note"]] * MOST_GIVEN_UP}))
    keeper = RecordKeeper(disk)
    keeper.follow(told())
    assert keeper.kept == Kept(OLD, root_of(GONE, OLD).hex(), gave_up=OLD)


def test_W131_a_file_from_before_this_rule_is_read() -> None:
    disk = FakeDisk()
    keeper_of(OLD, disk)
    value = canonical.decode(disk.read(FILE) or b"")
    del value["given_up"]
    disk.put(FILE, canonical.encode(value))
    assert RecordKeeper(disk).kept == Kept(OLD, root_of(GONE, OLD).hex())
