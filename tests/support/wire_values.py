"""Values of the contract for property tests: everything a message can hold.

Rules: what a strategy makes is valid; tests break it themselves.

Usage: `@given(message=wire_values.messages())`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from wire import canonical, ids, topics
from wire import messages as msg
from wire.bitmap import Bitmap
from wire.errors import BadField
from wire.events import Event
from wire.fields import Fields
from wire.inclusions import Proof
from wire.manifest import HASH_BYTES, Manifest
from wire.messages.session import SERIAL_BYTES
from wire.records import Layout
from wire.restorations import Proven
from wire.topics import PaperVersion, Topic

#: A record of 16,384 bytes makes the interesting lengths; chunks hold four.
LENGTHS = st.sampled_from([0, 1, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 300_000]) | st.integers(0, 1_000_000)


def of_kind(prefix: str) -> st.SearchStrategy[Any]:
    """Ids of one kind."""
    return st.binary(min_size=ids.RANDOM_BYTES, max_size=ids.RANDOM_BYTES).map(lambda data: ids.new(prefix, data))


def _is_wanted(text: str) -> bool:
    try:
        return Fields({"text": text}, "").text("text", empty=True) == text
    except BadField:
        return False


def texts(limit: int = 40, *, empty: bool = False) -> st.SearchStrategy[str]:
    """Text as messages hold it: NFC, no control characters, Vietnamese likely."""
    letters = st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("Đđữểạ ư ơ/.,\n")
    found = st.text(letters, max_size=limit).map(canonical.normal).filter(lambda text: len(text) <= limit)
    return found.filter(_is_wanted).filter(lambda text: empty or bool(text.strip()))


def moments() -> st.SearchStrategy[dt.datetime]:
    """Aware moments with milliseconds."""
    whole = st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30), timezones=st.just(dt.UTC))  # noqa: DTZ001 - hypothesis wants bounds without a zone
    return whole.map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))


def json_values() -> st.SearchStrategy[Any]:
    """Values of the canonical subset."""
    keys = st.from_regex(r"\A[a-zA-Z0-9_.\-]{1,12}\Z")
    leaves = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | _any_text()
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=12,
    )


def _any_text() -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(canonical.normal)


def json_objects() -> st.SearchStrategy[dict[str, Any]]:
    """Objects of the canonical subset."""
    return st.dictionaries(st.from_regex(r"\A[a-z_]{1,12}\Z"), json_values(), max_size=4)


def papers() -> st.SearchStrategy[PaperVersion]:
    """Paper versions."""
    return st.builds(PaperVersion, of_kind("p"), st.integers(1, topics.MAX_VERSION))


def all_topics() -> st.SearchStrategy[Topic]:
    """Topics of every lane."""
    device, room = of_kind("d"), of_kind("r")
    chunks = st.integers(0, topics.MAX_CHUNK - 1)
    return st.one_of(
        st.builds(Topic.up, device, st.sampled_from(sorted(topics.UP_LANES))),
        st.builds(Topic.down, device, st.sampled_from(sorted(topics.DOWN_LANES))),
        st.builds(Topic.seat_manifest, device, papers()),
        st.builds(Topic.seat_chunk, device, papers(), chunks),
        st.builds(Topic.events, room, of_kind("m")),
        st.builds(Topic.pointer, room, of_kind("m")),
        st.builds(Topic.manifest, room, papers()),
        st.builds(Topic.room_chunk, room, papers(), chunks),
    )


@st.composite
def bitmaps(draw: st.DrawFn, max_size: int = 200) -> Bitmap:
    """Bitmaps of any filling."""
    size = draw(st.integers(1, max_size))
    found = Bitmap(size)
    for number in draw(st.sets(st.integers(0, size - 1))):
        found.add(number)
    return found


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    """Manifests whose hashes fit no file."""
    plain_bytes = draw(LENGTHS)
    size = HASH_BYTES * Layout(plain_bytes).chunks
    return Manifest(
        meeting=draw(of_kind("m")),
        paper=draw(of_kind("p")),
        version=draw(st.integers(1, topics.MAX_VERSION)),
        plain_bytes=plain_bytes,
        pages=draw(st.integers(1, 500)),
        plain_sha256=draw(st.binary(min_size=32, max_size=32)).hex(),
        hashes=(draw(st.binary(min_size=32, max_size=32)) * (size // 32))[:size],
    )


def actors() -> st.SearchStrategy[str]:
    """Whoever makes an event."""
    person = of_kind("u").map(lambda found: f"person:{found}")
    return st.just("system") | person | of_kind("d").map(lambda found: f"device:{found}")


def kinds() -> st.SearchStrategy[str]:
    """Words that can be an event's kind."""
    return st.from_regex(r"\A[a-z][a-z_]{0,20}\Z")


@st.composite
def chains(draw: st.DrawFn, max_size: int = 4) -> tuple[Event, ...]:
    """The first events of a meeting, chained."""
    name = draw(of_kind("m"))
    events: list[Event] = []
    for _ in range(draw(st.integers(1, max_size))):
        events.append(
            Event.after(
                events[-1] if events else None,
                meeting=name,
                at=draw(moments()),
                actor=draw(actors()),
                kind=draw(kinds()),
                data=draw(json_objects()),
            )
        )
    return tuple(events)


def heads() -> st.SearchStrategy[msg.Head]:
    """Heads of messages."""
    return st.builds(
        msg.Head,
        device=of_kind("d"),
        session=st.binary(min_size=msg.SESSION_BYTES, max_size=msg.SESSION_BYTES),
        number=st.integers(0, 2**53 - 1),
        at=moments(),
    )


def _keys() -> st.SearchStrategy[bytes]:
    return st.binary(min_size=msg.KEY_BYTES, max_size=msg.KEY_BYTES)


def _epochs() -> st.SearchStrategy[int]:
    return st.integers(1, 2**31)


@st.composite
def wishes(draw: st.DrawFn) -> msg.Wish:
    """Wishes that name no meeting twice."""
    meetings = draw(st.lists(of_kind("m"), max_size=4, unique=True))
    kept = draw(st.integers(0, len(meetings)))
    hold = [
        msg.Holding(name, draw(_epochs()), draw(st.integers(0, 9_999)), tuple(draw(st.lists(papers(), max_size=3))))
        for name in meetings[:kept]
    ]
    return msg.Wish(
        generation=draw(st.integers(0, 2**40)),
        seat=draw(st.none() | of_kind("s")),
        seat_label=draw(texts(20, empty=True)),
        room=draw(st.none() | of_kind("r")),
        room_name=draw(texts(20, empty=True)),
        hold=tuple(hold),
        recall=tuple(meetings[kept:]),
    )


@st.composite
def _haves(draw: st.DrawFn) -> msg.Have:
    found = draw(bitmaps())
    return msg.Have(draw(heads()), draw(papers()), found.size, found.to_bytes())


@st.composite
def logs(draw: st.DrawFn) -> msg.Log:
    """Events that a seat asked for."""
    events = draw(chains())
    return msg.Log(draw(heads()), events[0].meeting, draw(st.integers(0, 9_999)), events)


def messages() -> st.SearchStrategy[Any]:
    """Messages of every type."""
    held = st.builds(msg.HeldPaper, papers(), st.integers(0, 9_999), st.integers(0, 2**40))
    return st.one_of(
        st.builds(
            msg.Hello,
            head=heads(),
            box=_keys(),
            boot=texts(64),
            agent=texts(64),
            open=st.booleans(),
            held=st.lists(of_kind("m"), max_size=3, unique=True).map(tuple),
            certificate=st.just("") | st.binary(min_size=SERIAL_BYTES, max_size=SERIAL_BYTES).map(bytes.hex),
        ),
        st.builds(msg.Welcome, head=heads(), wish=wishes(), store_key=_keys()),
        st.builds(msg.Desired, head=heads(), wish=wishes(), heard=_store_ids(), anew=_store_ids()),
        st.builds(msg.Join, head=heads(), meeting=of_kind("m"), key=_keys()),
        st.builds(
            msg.Key,
            head=heads(),
            meeting=of_kind("m"),
            epoch=_epochs(),
            sealed=st.binary(min_size=msg.SEALED_BYTES, max_size=msg.SEALED_BYTES),
        ),
        st.builds(msg.Want, heads(), of_kind("m"), st.just("events"), st.integers(0, 9_999)),
        st.builds(msg.Want, heads(), of_kind("m"), st.just("manifest"), st.just(0), papers()),
        _haves(),
        st.builds(msg.Knock, head=heads(), act=of_kind("a"), meeting=of_kind("m")),
        st.builds(
            msg.Challenge,
            head=heads(),
            act=of_kind("a"),
            challenge=of_kind("c"),
            nonce=_keys(),
            server_key=_keys().map(bytes.hex),
            seat=of_kind("s"),
            meeting=of_kind("m"),
            expires_at=moments(),
        ),
        _sign_rounds(),
        _sign_parts(),
        _sign_offers(),
        _drops(),
        _batches(msg.Mix),
        _batches(msg.Mixed),
        st.builds(
            msg.Act,
            head=heads(),
            act=of_kind("a"),
            meeting=of_kind("m"),
            kind=texts(40),
            person=st.none() | of_kind("u"),
            made_at=moments(),
            data=json_objects(),
        ),
        st.builds(
            msg.Ack,
            head=heads(),
            act=of_kind("a"),
            outcome=st.sampled_from(sorted(msg.OUTCOMES)),
            code=texts(60, empty=True),
            data=json_objects(),
        ),
        st.builds(
            msg.Receipt,
            head=heads(),
            act=of_kind("a"),
            meeting=of_kind("m"),
            destroyed_at=moments(),
            papers=st.lists(held, max_size=3, unique_by=lambda paper: paper.paper).map(tuple),
        ),
        st.builds(
            msg.Health,
            head=heads(),
            generation=st.integers(0, 2**40),
            seqs=st.dictionaries(of_kind("m"), st.integers(0, 9_999), max_size=3),
            disk_free_mb=st.integers(0, 10**6),
            screen=texts(40),
            record=st.none() | _kept(),
            token=st.sampled_from(["", "off", "signs"]),
            machine=st.none() | _machine(),
        ),
        st.builds(
            msg.Order,
            head=heads(),
            order=of_kind("a"),
            kind=st.sampled_from(sorted(msg.ORDERS - {"say"})),
        ),
        st.builds(msg.Order, head=heads(), order=of_kind("a"), kind=st.just("say"), text=texts(300)),
        st.builds(
            msg.Keeping,
            head=heads(),
            hours=st.none() | _hours(),
            maintenance=st.none() | st.builds(msg.Maintenance, texts(300), moments(), texts(80) | st.just("")),
        ),
        st.builds(
            msg.Update,
            head=heads(),
            update=of_kind("a"),
            kind=st.sampled_from(sorted(msg.UPDATE_KINDS)),
            release=_releases(),
        ),
        st.builds(
            msg.Updating,
            head=heads(),
            update=of_kind("a"),
            version=_versions(),
            state=st.sampled_from(sorted(msg.UPDATE_STATES)),
            done=st.integers(0, 100),
            reason=st.sampled_from(["", *sorted(msg.UPDATE_REASONS)]),
        ),
        st.builds(
            msg.Obeyed,
            head=heads(),
            order=of_kind("a"),
            outcome=st.sampled_from(["done", "refused"]),
            code=st.sampled_from(["", "seat-cannot-restart"]),
        ),
        st.builds(
            msg.RecordCheckpoint,
            head=heads(),
            note=texts(300),
            key=texts(100),
            old=st.integers(0, 2**40),
            proof=st.lists(st.binary(min_size=32, max_size=32), max_size=5).map(tuple),
        ),
        st.builds(
            msg.RecordRestored,
            head=heads(),
            note=texts(300),
            key=texts(100),
            old=st.integers(1, 2**40),
            restored=_proven(),
            led=_proven(),
        ),
        logs(),
        chains().map(lambda events: msg.Events(events[0].meeting, events)),
        st.builds(
            msg.PaperOffer,
            meeting=of_kind("m"),
            epoch=_epochs(),
            manifest=st.binary(max_size=60),
            wrapped_key=st.binary(min_size=msg.WRAPPED_BYTES, max_size=msg.WRAPPED_BYTES),
        ),
    )


def _hashes() -> st.SearchStrategy[str]:
    return _keys().map(bytes.hex)


def _hours() -> st.SearchStrategy[msg.Hours]:
    return st.builds(msg.Hours, st.integers(0, 719), st.integers(720, 1_440), _some_days(), _some_days())


def _some_days() -> st.SearchStrategy[tuple[dt.date, ...]]:
    return st.lists(st.dates(), max_size=3, unique=True).map(tuple)


def _machine() -> st.SearchStrategy[msg.Machine]:
    return st.builds(
        msg.Machine,
        booted_s=st.integers(0, 10**8),
        temperature_c=st.none() | st.integers(-40, 120),
        under_voltage=st.none() | st.booleans(),
        memory_free_mb=st.none() | st.integers(0, 10**5),
        painted_s=st.none() | st.integers(0, 10**6),
        clock_off_ms=st.none() | st.integers(-(10**12), 10**12),
        image=st.sampled_from(["", "1.2.0+20261123"]),
        slot=st.sampled_from(["", "A", "B"]),
        compatible=st.sampled_from(["", "phonghop-seat-amd64"]),
        is_dark=st.none() | st.booleans(),
        mac=st.sampled_from(["", "dc:a6:32:01:02:03"]),
        subnet=st.sampled_from(["", "10.1.2.0/24"]),
        wakes=st.none() | st.booleans(),
        store_lost=st.sampled_from(["", "key", "files"]),
        store_loss=_store_ids(),
        store_shut=_store_ids(),
        store_why=st.sampled_from(["", "key", "torn", "unmended", "files"]),
        store_fault=st.sampled_from(["", "vault-busy", "f" * 40]),
    )


def _store_ids() -> st.SearchStrategy[str]:
    return st.just("") | st.binary(min_size=8, max_size=8).map(bytes.hex)


def _kept() -> st.SearchStrategy[msg.Kept]:
    roots = st.binary(min_size=32, max_size=32).map(bytes.hex)
    left = st.integers(0, 2**40)
    return st.just(msg.Kept()) | st.builds(
        msg.Kept, size=st.integers(1, 2**40), root=roots, forked=st.booleans(), gave_up=left
    )


def _versions() -> st.SearchStrategy[str]:
    parts = st.integers(0, 99_999_999).map(str)
    return st.lists(parts, min_size=2, max_size=4).map(".".join).filter(lambda version: len(version) <= 24)


def _releases() -> st.SearchStrategy[msg.Release]:
    return st.builds(
        msg.Release,
        version=_versions(),
        compatible=texts(64),
        size=st.integers(1, 4 << 30),
        sha256=_hashes(),
        minimum=_versions(),
        expires=moments(),
    )


def _proven() -> st.SearchStrategy[Proven]:
    hashes = st.lists(st.binary(min_size=32, max_size=32), max_size=3).map(tuple)
    return st.builds(
        Proven, st.fixed_dictionaries({"kind": texts(40)}), st.builds(Proof, st.integers(0, 2**40), hashes)
    )


def _sign_rounds() -> st.SearchStrategy[Any]:
    lengths = st.integers(0, 20_000_000)
    signers = st.builds(msg.RoundSigner, of_kind("u"), texts(200), signed_at=st.none() | moments(), next=st.booleans())
    rounds = st.builds(
        msg.SigningRound,
        round=of_kind("k"),
        kind=texts(40, empty=True),
        title=texts(300),
        ordered=st.booleans(),
        revision=st.integers(0, 9_998),
        size_bytes=st.integers(1, 256 * 2**20),
        sha256=_hashes(),
        opened_at=moments(),
        closed_at=st.none() | moments(),
        leased_by=st.none() | of_kind("u"),
        leased_until=st.none() | moments(),
        signers=st.lists(signers, max_size=3).map(tuple),
        mark=st.none()
        | st.builds(msg.RoundMark, st.integers(1, 20_000), st.tuples(lengths, lengths, lengths, lengths)),
    )
    return st.builds(msg.SignRounds, heads(), of_kind("m"), of_kind("u"), st.lists(rounds, max_size=3).map(tuple))


def _boxes() -> st.SearchStrategy[Any]:
    return st.lists(st.binary(min_size=1, max_size=60), max_size=3).map(tuple)


def _drops() -> st.SearchStrategy[Any]:
    return st.builds(msg.Drop, heads(), of_kind("m"), of_kind("v"), st.integers(1, 100), _boxes())


def _batches(kind: Any) -> st.SearchStrategy[Any]:
    return st.builds(kind, heads(), of_kind("m"), of_kind("v"), st.integers(1, 100), st.integers(0, 2), _boxes())


def _sign_parts() -> st.SearchStrategy[Any]:
    def build(parts: int) -> st.SearchStrategy[Any]:
        part = st.integers(0, parts - 1)
        return st.builds(
            msg.SignPart, heads(), of_kind("k"), _hashes(), part, st.just(parts), st.binary(min_size=1, max_size=60)
        )

    return st.integers(1, 1024).flatmap(build)


def _sign_offers() -> st.SearchStrategy[Any]:
    return st.builds(
        msg.SignOffer,
        head=heads(),
        act=of_kind("a"),
        round=of_kind("k"),
        base_sha256=_hashes(),
        base_bytes=st.integers(1, 256 * 2**20),
        update=st.binary(min_size=1, max_size=60),
        signed_attributes=st.binary(min_size=1, max_size=60),
        digest=st.sampled_from(["sha256", "sha384"]),
        fence=st.integers(1, 2**40),
        until=moments(),
    )
