"""Secret votes, rules V4, V8, W77–W81: one suite, both databases; server and seats die in between."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from edge.errors import BallotExists, BallotLineForeign, BallotNotSigned, NoSecretVote, StoreUnreadable
from edge.vault.seal import Sealer
from server.db.engine import Database
from server.errors import ServerError
from server.idempotency.service import ActKey
from server.voting import errors
from server.voting.secret import model
from server.voting.secret.ports import BallotGiven, GivenBallot
from server.voting.secret.service import Wanted
from server.voting.secret.store import SqlSecretStore
from tests.support.meeting_log import named
from tests.support.office import START, fresh_id
from tests.support.secret_room import SecretRoom
from tests.support.secret_votes import chance
from wire import canonical
from wire.messages import Drop, Mix
from wire.secret import Secret
from wire.vote_view import secret
from wire.votes import Awaited, VoteState

ANSWERS = ["for", "against", "for", "abstain", "for"]
STORE = SqlSecretStore()


@pytest.fixture
def room(database: Database) -> SecretRoom:
    return SecretRoom(database, word=fresh_id("a"))


def _counted(room: SecretRoom) -> dict[str, int]:
    return dict(Counter(ballot.answer for ballot in room.found.secret))


def _awaited(room: SecretRoom) -> Awaited | None:
    return room.found.awaited


def test_V8_a_whole_secret_vote_counts_and_every_seat_finds_its_ballot(room: SecretRoom) -> None:
    room.vote_all(ANSWERS)
    assert room.found.state is VoteState.CLOSED
    assert _counted(room) == {"for": 3, "against": 1, "abstain": 1}
    for seat in room.seats:
        assert seat.book.found(room.found) == {seat.person: True}
        seat.book.erase(room.vote)
        assert seat.disk.names("ballots") == []
    with room.database.read() as tx:
        assert STORE.key(tx, room.vote) is None


def test_W77_one_ballot_is_given_a_person_and_asking_again_gives_the_same(room: SecretRoom) -> None:
    room.ask(0, "for")
    with pytest.raises(BallotExists):
        room.ask(0, "against")
    room.seats[0].disk.shred(f"ballots/{room.vote}")
    room.seats[0].restart()  # a seat that has lost everything asks with another blinded ballot
    with pytest.raises(errors.AlreadyVoted):
        room.ask(0, "against", act=fresh_id("a"))
    row = GivenBallot(named("u", "x"), named("d", "x"), "00" * 32, "11" * 32)
    with room.database.begin() as tx:
        STORE.give(tx, room.vote, row)
    with pytest.raises(BallotGiven), room.database.begin() as tx:
        STORE.give(tx, room.vote, replace(row, blinded="22" * 32))
    with room.database.read() as tx:
        assert STORE.find(tx, room.vote, row.person) == row


def test_V4_one_person_asking_at_once_with_many_ballots_is_given_one(room: SecretRoom) -> None:
    done: list[str] = []

    def ask(number: int) -> None:
        seat = room.seats[number]
        person, seat_name = room.seats[0].person, seat.name
        held, ballot = seat.book.make(
            room.meeting,
            room.found,
            person,
            answer="for",
            act=fresh_id("a"),
            random=lambda size: bytes([number]) * size,
        )
        assert seat_name
        try:
            room.give(held, ballot, person=person, device=seat.device)
            done.append("given")
        except ServerError as refusal:
            done.append(refusal.code)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["already-voted"] * 4 + ["given"]


def test_V8_the_server_dies_between_the_asking_and_the_collection_and_nothing_is_lost(room: SecretRoom) -> None:
    for number, answer in enumerate(ANSWERS):
        room.ask(number, answer)
        room.start()  # kill -9
    assert room.voting.unrecorded() == [(room.meeting, room.vote)]
    room.call()
    room.drop(0, 1, 2)
    room.start()  # kill -9 in the middle: the run's key is gone
    room.urn.take_up()
    room.urn.drain()
    assert room.found.call is not None
    assert (room.found.call.run, room.found.call.reason) == (2, "restarted")
    room.drop()
    room.settle()
    assert _counted(room) == {"for": 3, "against": 1, "abstain": 1}


def test_V8_a_seat_that_dies_keeps_its_ballot_and_its_key_as_a_relay(room: SecretRoom) -> None:
    for number, answer in enumerate(ANSWERS):
        room.ask(number, answer)
    for seat in room.seats:
        seat.restart()
    room.call()
    room.drop()
    room.settle()
    assert len(room.found.secret) == 5


def test_W77_a_ballot_that_was_not_signed_yet_is_asked_for_again_with_the_same_words(room: SecretRoom) -> None:
    seat = room.seats[0]
    made = seat.book.make(room.meeting, room.found, seat.person, answer="for", act=fresh_id("a"), random=bytes)
    seat.restart()
    again = seat.book.make(room.meeting, room.found, seat.person, answer="for", act=fresh_id("a"), random=bytes)
    assert again[1] == made[1]
    with pytest.raises(BallotNotSigned):
        seat.book.signed(made[1].act, "00" * 256)
    with pytest.raises(NoSecretVote):
        seat.book.make(room.meeting, room.found, seat.person, answer="maybe", act=fresh_id("a"), random=bytes)


def test_W78_two_ballots_are_not_collected_and_none_is_closed_at_once(room: SecretRoom) -> None:
    room.ask(0, "for")
    room.ask(1, "for")
    with pytest.raises(errors.TooFewBallots):
        room.call()
    empty = SecretRoom(room.database, word=fresh_id("a"))
    empty.call()
    assert (empty.found.state, empty.found.secret) == (VoteState.CLOSED, ())


def test_W78_after_the_call_no_ballot_is_given_and_the_chair_goes_on_without_who_is_missing(room: SecretRoom) -> None:
    for number in range(4):
        room.ask(number, ANSWERS[number])
    room.call()
    with pytest.raises((NoSecretVote, errors.VoteNotOpen)):
        room.ask(4, "for")
    room.drop(0, 1, 2)
    room.settle()
    assert room.found.state is VoteState.COLLECTING
    progress = room.urn.progress(room.vote)
    assert (progress["wanted"], progress["received"], progress["missing"]) == (4, 3, [room.seats[3].person])
    room.go_on()
    room.settle()
    assert (room.found.state, len(room.found.secret)) == (VoteState.CLOSED, 3)
    assert room.seats[3].book.found(room.found) == {room.seats[3].person: False}


def test_W79_a_relay_that_does_not_answer_is_left_out_of_the_next_run(room: SecretRoom) -> None:
    for number, answer in enumerate(ANSWERS):
        room.ask(number, answer)
    room.call()
    call = room.found.call
    assert call is not None
    first = next(each.device for each in room.found.given if each.relay == call.relays[0])
    next(seat for seat in room.seats if seat.device == first).online = False
    room.drop()
    room.settle()
    assert room.found.state is VoteState.COLLECTING
    room.clock.advance(seconds=7)
    room.settle()
    call = room.found.call
    assert call is not None
    assert (call.run, call.reason) == (2, "relay_silent")
    assert first not in {each.device for each in room.found.given if each.relay in call.relays}
    room.drop()
    room.settle()
    assert len(room.found.secret) == 5


def test_W79_a_relay_that_loses_a_ballot_is_left_out_and_the_ballot_is_not_lost(room: SecretRoom) -> None:
    for number, answer in enumerate(ANSWERS):
        room.ask(number, answer)
    room.call()
    room.loses = 1
    room.drop()
    room.settle()
    assert room.found.call is not None
    assert (room.found.call.run, room.found.call.reason) == (2, "incomplete")
    room.loses = 0
    room.drop()
    room.settle()
    assert len(room.found.secret) == 5


def test_W79_a_seat_mixes_one_set_a_run_and_only_when_it_is_its_turn(room: SecretRoom) -> None:
    for number, answer in enumerate(ANSWERS):
        room.ask(number, answer)
    room.call()
    room.drop()
    room.settle()
    state, (device, mix) = room.before_close, room.told[0]
    seat = next(each for each in room.seats if each.device == device)
    assert isinstance(mix, Mix)
    assert seat.book.mix(mix, state) is not None
    assert seat.book.mix(replace(mix, boxes=mix.boxes[1:]), state) is None
    assert seat.book.mix(replace(mix, layer=2 if mix.layer == 0 else 0), state) is None
    assert seat.book.mix(replace(mix, run=2), state) is None


def test_W79_a_seat_that_was_started_anew_mixes_no_other_set_in_the_same_run(room: SecretRoom) -> None:
    for number, answer in enumerate(ANSWERS):
        room.ask(number, answer)
    room.call()
    room.drop()
    room.settle()
    state, (device, mix) = room.before_close, room.told[0]
    seat = next(each for each in room.seats if each.device == device)
    assert isinstance(mix, Mix)
    mixed = seat.book.mix(mix, state)
    seat.restart()
    assert seat.book.mix(replace(mix, boxes=mix.boxes[1:]), state) is None
    assert mixed is not None
    assert seat.book.mix(mix, state) == mixed


def test_W81_no_version_of_a_ballot_file_opens_once_its_key_is_destroyed(room: SecretRoom) -> None:
    seat, place = room.seats[0], f"ballots/{room.vote}"
    versions: list[bytes] = []
    put = seat.disk.put

    def hoard(name: str, data: bytes) -> None:
        if name == place:
            versions.append(data)  # as a file system or flash that never overwrites
        put(name, data)

    seat.disk.put = hoard  # type: ignore[method-assign]
    room.ask(0, "against")
    store = Sealer(Secret(chance(f"store {seat.name}", 32)))
    wrapped = seat.disk.read(f"{place}.key")
    assert wrapped is not None
    key = Sealer(Secret(store.open(wrapped, place=f"{place}.key")))
    assert all(b"against" in key.open(version, place=place) for version in versions)
    assert len(versions) == 2
    seat.book.erase(room.vote)
    assert seat.disk.names("ballots") == []
    for version in versions:
        with pytest.raises(StoreUnreadable):
            store.open(version, place=place)


@pytest.mark.parametrize("left", ["", ".key"])
def test_W81_half_of_what_was_erased_is_no_ballot_at_the_next_start(left: str, room: SecretRoom) -> None:
    room.ask(0, "for")
    seat, place = room.seats[0], f"ballots/{room.vote}"
    seat.disk.shred(place + ("" if left else ".key"))
    seat.restart()
    assert (seat.book.all(), seat.disk.names("ballots")) == ((), [])


@pytest.mark.parametrize("cut", [False, True])
def test_W81_a_ballot_of_an_agent_before_is_taken_over_and_counts(room: SecretRoom, *, cut: bool) -> None:
    """A seat that is updated in the middle of a vote: the older agent sealed one file under the store's own key."""
    for number, answer in enumerate(ANSWERS):
        room.ask(number, answer)
    seat, place = room.seats[0], f"ballots/{room.vote}"
    held = seat.book.find(room.vote)
    assert held is not None
    before = {name: value for name, value in held.to_value().items() if name != "mixed"}
    store = Sealer(Secret(chance(f"store {seat.name}", 32)))
    seat.disk.put(place, store.seal(canonical.encode(before), place=place))
    if not cut:
        # With the key's file the power went in the middle of the taking over.
        seat.disk.shred(f"{place}.key")
    seat.restart()
    assert seat.book.find(room.vote) == held
    assert seat.disk.read(f"{place}.key") is not None
    room.call()
    room.drop()
    room.settle()
    assert (room.found.state, len(room.found.secret)) == (VoteState.CLOSED, len(ANSWERS))


def test_W81_what_only_a_newer_agent_can_read_is_left_as_it_lies_and_takes_no_other_with_it(room: SecretRoom) -> None:
    room.ask(0, "for")
    seat, place = room.seats[0], f"ballots/{room.vote}"
    other = named("v", "other")
    store = Sealer(Secret(chance(f"store {seat.name}", 32)))
    newer = store.seal(canonical.encode({"format": 9}), place=f"ballots/{other}")
    seat.disk.put(f"ballots/{other}", newer)
    seat.disk.put("ballots/" + named("v", "broken"), b"x" * 64)
    seat.disk.put("ballots/" + named("v", "broken") + ".key", b"x" * 64)
    seat.restart()
    assert [held.vote for held in seat.book.all()] == [room.vote]
    assert seat.book.lost == ["ballots/" + named("v", "broken")]
    assert seat.disk.read(f"ballots/{other}") == newer
    with pytest.raises(BallotExists):
        seat.book.make(room.meeting, replace(room.found, vote=other), seat.person, answer="for", act="a", random=bytes)
    assert place in {f"ballots/{name}" for name in seat.disk.names("ballots")}


def test_W81_a_seat_takes_no_part_when_the_log_has_another_line_of_it(room: SecretRoom) -> None:
    for number, answer in enumerate(ANSWERS):
        room.ask(number, answer)
    room.call()
    seat, vote = room.seats[0], room.found
    given = tuple(replace(each, relay="ff" * 32) if each.person == seat.person else each for each in vote.given)
    with pytest.raises(BallotLineForeign):
        seat.book.boxes(replace(vote, given=given))
    assert len(seat.book.boxes(vote)) == 1


def test_W79_what_was_not_asked_for_is_not_taken(room: SecretRoom) -> None:
    for number, answer in enumerate(ANSWERS):
        room.ask(number, answer)
    room.call()
    call, seat = room.found.call, room.seats[0]
    assert call is not None
    box = seat.book.boxes(room.found)
    other = seat.book.boxes(room.found)
    for boxes in (box + other, (box[0][:-1],), ()):  # two ballots of one voter, another size, nothing
        room.urn.heard(seat.device, Drop(room.head(seat), room.meeting, room.vote, call.run, boxes))
    room.urn.heard(named("d", "stranger"), Drop(room.head(seat), room.meeting, room.vote, call.run, box))
    room.urn.drain()
    assert room.urn.progress(room.vote)["received"] == 0


def _relay(room: SecretRoom, number: int = 0) -> str:
    """The device of a relay of the run that goes on."""
    call = room.found.call
    assert call is not None
    return next(each.device for each in room.found.given if each.relay == call.relays[number])


def _run(room: SecretRoom) -> int:
    return 0 if room.found.call is None else room.found.call.run


def test_W78_going_on_counts_for_one_run_and_the_next_one_waits_for_all_who_handed_in(room: SecretRoom) -> None:
    for number, answer in enumerate(ANSWERS):
        room.ask(number, answer)
    room.call()
    first = _relay(room)
    away = next(number for number, seat in enumerate(room.seats) if seat.device != first)
    there = [number for number in range(5) if number != away]
    room.drop(*there, beats=True)
    room.clock.advance(seconds=6)
    room.urn.beat()
    assert (room.found.state, _awaited(room)) == (VoteState.COLLECTING, Awaited(1))
    next(seat for seat in room.seats if seat.device == first).online = False
    room.go_on()
    room.settle()
    room.clock.advance(seconds=7)
    room.settle()
    assert _run(room) == 2
    # Whom the chair gave up in the run before is not waited for again, nor counted among those who are.
    room.clock.advance(seconds=6)
    room.urn.beat()
    assert _awaited(room) == Awaited(len(there))
    assert len(room.urn.progress(room.vote)["missing"]) == len(there)
    for number in there:
        assert room.urn.progress(room.vote)["mixing"] is False
        assert room.urn.progress(room.vote)["received"] == there.index(number)
        room.drop(number, beats=True)
    room.settle()
    assert (room.found.state, len(room.found.secret)) == (VoteState.CLOSED, 4)


def test_W78_with_fewer_than_three_ballots_the_chair_cannot_go_on_and_may_withdraw(room: SecretRoom) -> None:
    for number, answer in enumerate(ANSWERS):
        room.ask(number, answer)
    room.call()
    room.drop(0, 1, beats=True)
    with pytest.raises(errors.TooFewHandedIn) as refusal:
        room.go_on()
    assert refusal.value.data == {"received": 2, "least": 3}
    room.settle()
    assert (room.found.state, room.urn.progress(room.vote)["received"]) == (VoteState.COLLECTING, 2)
    room.drop(2, beats=True)
    room.go_on(act="again")
    room.settle()
    assert len(room.found.secret) == 3


def test_W78_closing_again_changes_nothing_and_going_on_is_for_the_run_that_was_shown(room: SecretRoom) -> None:
    for number, answer in enumerate(ANSWERS):
        room.ask(number, answer)
    first = room.call()
    room.drop(0, 1, 2, 3)
    assert room.call() == first  # the same act, sent again
    room.call(act="somebody else closes")
    room.go_on(run=2)
    room.settle()
    assert room.found.state is VoteState.COLLECTING
    assert room.urn.progress(room.vote)["mixing"] is False
    room.go_on()
    room.settle()
    assert len(room.found.secret) == 4


def test_W80_relays_that_lose_ballots_are_tried_three_times_then_the_chair_is_asked(database: Database) -> None:
    room = SecretRoom(database, voters=7, word=fresh_id("a"))
    for number, answer in enumerate([*ANSWERS, "for", "for"]):
        room.ask(number, answer)
    room.call()
    room.start()  # a run that was broken off is none that lost something
    room.urn.take_up()
    room.urn.drain()
    room.loses = 1
    for run in (2, 3, 4):
        assert _run(room) == run
        room.drop(beats=True)
        room.settle()
    told = room.urn.progress(room.vote)
    assert (room.found.state, told["run"], told["asks"]) == (VoteState.COLLECTING, 4, "ballots-lost")
    room.go_on()
    room.settle()
    assert len(room.found.secret) == 4


def test_W104_the_log_says_how_many_ballots_a_run_waits_for_and_what_the_chair_is_asked(room: SecretRoom) -> None:
    for number, answer in enumerate(ANSWERS):
        room.ask(number, answer)
    room.call()
    room.drop(0, 1, 2)
    room.settle()
    assert _awaited(room) is None  # seats need a moment
    room.clock.advance(seconds=6)
    room.settle()
    assert _awaited(room) == Awaited(2)
    seq = room.state.seq
    room.clock.advance(seconds=60)
    room.settle()
    assert room.state.seq == seq  # said once
    room.loses = 1
    for _ in range(3):
        room.drop()
        room.settle()
    shown = secret(room.found)
    assert shown is not None
    assert (shown["asks"], shown["missing"], shown["relays"]) == ("too-few-handed-in", 0, 3)
    room.loses = 0
    room.go_on()
    room.settle()
    assert _awaited(room) is None  # another run, another question


def test_W80_of_what_relays_have_left_two_ballots_are_never_published(database: Database) -> None:
    room = SecretRoom(database, voters=4, word=fresh_id("a"))
    for number in range(4):
        room.ask(number, ANSWERS[number])
    room.call()
    room.loses = 1  # at each of the three relays
    for _ in range(3):
        room.drop()
        room.settle()
    assert (_run(room), room.urn.progress(room.vote)["asks"]) == (3, "too-few-handed-in")
    room.loses = 0
    room.go_on()
    room.settle()
    room.drop()
    room.settle()
    assert (_run(room), len(room.found.secret)) == (4, 4)


def test_W79_silent_relays_stay_left_out_and_two_are_enough_when_no_others_are_left(database: Database) -> None:
    room = SecretRoom(database, voters=4, word=fresh_id("a"))
    for number in range(4):
        room.ask(number, ANSWERS[number])
    room.call()
    mute = {_relay(room, 0), _relay(room, 1)}
    room.mute = mute
    for run in (1, 2):
        assert _run(room) == run
        room.drop()
        room.settle()
        room.clock.advance(seconds=7)
        room.settle()
    room.drop()
    room.settle()
    assert (_run(room), len(room.found.secret)) == (3, 4)
    call = room.found.call
    assert call is not None
    relays = {each.device for each in room.found.given if each.relay in call.relays}
    assert (len(relays), relays & mute) == (2, set())


def test_W79_the_call_of_one_vote_leaves_the_key_of_another_that_is_on_its_way(room: SecretRoom) -> None:
    other = SecretRoom(room.database, word=fresh_id("a"))
    for each in (room, other):
        for number, answer in enumerate(ANSWERS):
            each.ask(number, answer)
    late: list[Callable[[], None]] = []

    class Late:
        """Announces when told to."""

        def announce(self, *args: Any, **kept: Any) -> None:
            late.append(partial(room.urn.announce, *args, **kept))

    other.urn = room.urn
    other.voting = other.voting_of(room.urn)
    other.slots.announcers[:] = [Late()]
    other.call()
    room.call()
    for announce in late:
        announce()
    room.urn.drain()
    assert room.urn.progress(other.vote)["run"] == 1


def test_W79_a_run_that_nobody_carries_is_called_anew_after_two_looks(room: SecretRoom) -> None:
    for number, answer in enumerate(ANSWERS):
        room.ask(number, answer)
    room.slots.announcers.remove(room.urn)  # the announcement is lost
    room.call()
    room.slots.announcers.append(room.urn)
    for _ in range(3):
        room.settle()
        room.clock.advance(seconds=6)
    assert _run(room) == 2
    room.drop()
    room.settle()
    assert len(room.found.secret) == 5


def test_W79_after_the_last_run_nothing_is_tried_any_more_and_the_chair_is_told(
    room: SecretRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, answer in enumerate(ANSWERS):
        room.ask(number, answer)
    room.call()
    monkeypatch.setattr(model, "MAX_RUNS", 1)
    tried: list[str] = []
    call_again = room.secret.call_again

    def counting(*args: Any, **named_ones: Any) -> None:
        tried.append("again")
        call_again(*args, **named_ones)

    monkeypatch.setattr(room.secret, "call_again", counting)
    room.mute = {seat.device for seat in room.seats}
    room.drop()
    room.settle()
    room.clock.advance(seconds=7)
    room.settle()
    assert (tried, room.urn.progress(room.vote)["asks"]) == (["again"], "no-more-runs")
    with pytest.raises(errors.NoMoreRuns):
        room.go_on()
    room.start()
    room.urn.take_up()
    assert room.urn.progress(room.vote)["asks"] == "no-more-runs"


@pytest.mark.parametrize("key", ["00" * 32, "01" + "00" * 31])
def test_W77_a_key_that_nothing_can_be_sealed_to_is_refused(key: str, room: SecretRoom) -> None:
    seat = room.seats[0]
    held, ballot = seat.book.make(
        room.meeting, room.found, seat.person, answer="for", act=fresh_id("a"), random=lambda size: bytes([7]) * size
    )
    wanted = Wanted(room.vote, seat.person, seat.device, bytes.fromhex(ballot.blinded), key)
    act = ActKey(ballot.act, f"person:{seat.person}", "ballot_ask", {})
    with pytest.raises(errors.RelayKeyUnusable):
        room.secret.give(room.meeting, wanted, key=act, now=START)
    room.ask(1, "for")
    taken = replace(wanted, relay=room.seats[1].book.all()[0].relay.public.hex())
    with pytest.raises(errors.RelayKeyTaken):
        room.secret.give(room.meeting, taken, key=act, now=START)
    room.secret.give(room.meeting, replace(wanted, relay=held.relay.public.hex()), key=act, now=START)


def test_W81_only_what_was_signed_is_looked_for(room: SecretRoom) -> None:
    seat = room.seats[0]
    seat.book.make(room.meeting, room.found, seat.person, answer="for", act=fresh_id("a"), random=bytes)
    assert seat.book.found(room.found) == {}
