"""The secret ballots that lie at this seat until they are published, and its key as a relay (W77–W81).

Rules: a ballot is on the disk, sealed, before the server is asked to sign it. One file a vote, which every change
renames over the one before, sealed under a key of this vote that is written once: when the vote is over the key is
overwritten, and with it all versions of the file are shut. What a ballot says leaves this module in boxes only. A seat
opens its relay's layer of one set of boxes a run, also when it was started anew in between: the same set again gets the
same answer, another one none. An agent that was replaced in the middle of a vote loses no ballot: what an older one
wrote is taken over, what only a newer one can read is left as it lies and written over by nobody.

Usage::

    held, ballot = book.make(meeting, vote, "u-…", answer="for", act="a-…", random=os.urandom)
    book.signed("a-…", signed_hex); boxes = book.boxes(vote); book.erase("v-…")
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from edge.errors import BallotExists, BallotLineForeign, BallotNotSigned, NoSecretVote, SealBroken
from edge.vault.disk import Disk
from edge.vault.seal import Sealer
from sealing.boxes import KEY_BYTES, BoxKey
from sealing.onions import Place, peel, seal_ballot
from wire import canonical
from wire.blind import FACTOR_BYTES, MODULUS_BYTES, PREFIX_BYTES, SALT_BYTES, blind, factor_of, finalize
from wire.election_marks import SAID_LIMIT
from wire.errors import BadSignature, WireError
from wire.fields import Fields
from wire.messages import Mix
from wire.secret import Secret
from wire.secret_ballots import NONCE_BYTES, SecretBallot, prepared, receipt
from wire.votes import Vote, VoteKind, VoteState

FOLDER: Final = "ballots"
#: Beside each file its key, 32 bytes sealed under the store key; written once, overwritten once.
KEY: Final = ".key"


@dataclass(frozen=True, slots=True)
class HeldBallot:
    """One voter's ballot; hexadecimal. ``signature`` is empty until the server has signed."""

    person: str
    act: str
    answer: str = field(repr=False)
    nonce: str = field(repr=False)
    prefix: str = field(repr=False)
    blinded: str = field(repr=False)
    inverse: str = field(repr=False)
    signature: str = field(default="", repr=False)

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """What was written here."""
        found = cls(
            person=fields.id("person", "u"),
            act=fields.id("act", "a"),
            answer=fields.text("answer", limit=SAID_LIMIT),
            nonce=fields.hex("nonce", size=NONCE_BYTES),
            prefix=fields.hex("prefix", size=PREFIX_BYTES),
            blinded=fields.hex("blinded", size=MODULUS_BYTES),
            inverse=fields.hex("inverse", size=MODULUS_BYTES),
            signature=fields.text("signature", limit=2 * MODULUS_BYTES, empty=True),
        )
        fields.end()
        return found

    def message(self, meeting: str, vote: str) -> bytes:
        """What the server signs blind."""
        return prepared(meeting, vote, answer=self.answer, nonce=self.nonce, prefix=self.prefix)


@dataclass(frozen=True, slots=True)
class HeldVote:
    """What this seat keeps of one vote. ``relay``: the private half of the key with which it mixes.

    ``mixed``: by run, the hash of the set of boxes that was mixed.
    """

    meeting: str
    vote: str
    token_key: str
    relay: BoxKey = field(hash=False, compare=False)
    ballots: tuple[HeldBallot, ...] = ()
    mixed: tuple[tuple[int, str], ...] = ()

    def find(self, person: str) -> HeldBallot | None:
        """Somebody's ballot."""
        return next((each for each in self.ballots if each.person == person), None)

    def receipt(self, ballot: HeldBallot) -> str:
        """By which it is found in the published list."""
        return receipt(ballot.message(self.meeting, self.vote))

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "meeting": self.meeting,
            "vote": self.vote,
            "token_key": self.token_key,
            "relay": self.relay.to_secret().reveal().hex(),
            "ballots": [each.to_value() for each in self.ballots],
            "mixed": [{"run": run, "boxes": digest} for run, digest in self.mixed],
        }

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """What was written here."""
        found = cls(
            meeting=fields.id("meeting", "m"),
            vote=fields.id("vote", "v"),
            token_key=fields.hex("token_key", size=MODULUS_BYTES),
            relay=BoxKey.from_secret(Secret(bytes.fromhex(fields.hex("relay", size=KEY_BYTES)))),
            ballots=tuple(HeldBallot.read(each) for each in fields.objects("ballots")),
            # Agents before had it in their memory alone.
            mixed=tuple((each.number("run"), each.hex("boxes", size=32)) for each in fields.objects("mixed"))
            if fields.has("mixed")
            else (),
        )
        fields.end()
        return found


class BallotBook:
    """All secret ballots of this seat."""

    def __init__(self, disk: Disk, sealer: Sealer) -> None:
        self._disk: Final = disk
        self._sealer: Final = sealer
        self._votes: Final[dict[str, HeldVote]] = {}
        self._keys: Final[dict[str, Sealer]] = {}
        #: written by an agent that knows more: not to be read, and not to be written over
        self._foreign: Final[set[str]] = set()
        #: places of which nothing could be read any more
        self.lost: Final[list[str]] = []

    @classmethod
    def load(cls, disk: Disk, sealer: Sealer) -> Self:
        """Read what is there; one file that cannot be read takes no other with it. Raises what the disk raises."""
        book = cls(disk, sealer)
        for vote in sorted({name.removesuffix(KEY) for name in disk.names(FOLDER)}):
            try:
                book._take(vote)
            except WireError:
                book._foreign.add(vote)
        return book

    def _take(self, vote: str) -> None:
        """Read one file; raises WireError when it opens and says what this agent does not know."""
        place = f"{FOLDER}/{vote}"
        data, wrapped = self._disk.read(place), self._disk.read(place + KEY)
        if data is None:
            # The power went in the middle of the beginning, or of the end: what is left is no ballot.
            return self.erase(vote)
        if wrapped is not None:
            with contextlib.suppress(SealBroken):
                key = Sealer(Secret(self._sealer.open(wrapped, place=place + KEY)))
                held = _held(key.open(data, place=place))
                self._keys[vote], self._votes[vote] = key, held
                return None
        try:
            # Agents before sealed it under the store's key; also when the power went while it was taken over.
            held = _held(self._sealer.open(data, place=place))
        except SealBroken:
            if wrapped is not None:
                self.lost.append(place)
            return self.erase(vote)
        return self._keep(held)

    def all(self) -> tuple[HeldVote, ...]:
        """Every vote of which something is kept."""
        return tuple(self._votes.values())

    def find(self, vote: str) -> HeldVote | None:
        """One of them."""
        return self._votes.get(vote)

    def make(
        self, meeting: str, vote: Vote, person: str, *, answer: str, act: str, random: Callable[[int], bytes]
    ) -> tuple[HeldVote, HeldBallot]:
        """Write a ballot down, blinded; the same act, or the same answer before it was signed, is the same ballot.

        Raises NoSecretVote, BallotExists, and what the disk raises.
        """
        if vote.kind is not VoteKind.SECRET or vote.state is not VoteState.OPEN or not vote.has_answer(answer):
            raise NoSecretVote
        if vote.vote in self._foreign:
            raise BallotExists
        held = self._votes.get(vote.vote) or _fresh_vote(meeting, vote, random)
        known = held.find(person)
        if known is not None and (known.signature or known.answer != answer):
            raise BallotExists
        if known is not None:
            return held, known
        fresh = _fresh(meeting, vote, person, answer=answer, act=act, random=random)
        held = replace(held, ballots=(*held.ballots, fresh))
        self._keep(held)
        return held, fresh

    def signed(self, act: str, signed: str) -> tuple[HeldVote, HeldBallot]:
        """The server has signed; raises BallotNotSigned when that is no signature of the ballot."""
        held, ballot = self._of_act(act)
        message, modulus = ballot.message(held.meeting, held.vote), int(held.token_key, 16)
        try:
            signature = finalize(modulus, message, bytes.fromhex(signed), int(ballot.inverse, 16))
        except (BadSignature, ValueError) as exc:
            raise BallotNotSigned from exc
        done = replace(ballot, signature=signature.hex())
        held = replace(held, ballots=tuple(done if each.act == act else each for each in held.ballots))
        self._keep(held)
        return held, done

    def drop(self, act: str) -> tuple[HeldVote, HeldBallot]:
        """The server has refused to sign: this ballot will never be one. Raises BallotNotSigned for no ballot's act."""
        held, ballot = self._of_act(act)
        left = tuple(each for each in held.ballots if each.act != act)
        if left:
            self._keep(replace(held, ballots=left))
        else:
            self.erase(held.vote)
        return held, ballot

    def _of_act(self, act: str) -> tuple[HeldVote, HeldBallot]:
        for held in self._votes.values():
            for ballot in held.ballots:
                if ballot.act == act:
                    return held, ballot
        raise BallotNotSigned

    def boxes(self, vote: Vote) -> tuple[bytes, ...]:
        """The signed ballots of a vote that is collected, sealed anew for this run (W79).

        Raises BallotLineForeign when the log's line of a ballot here is not what this seat asked for (W81).
        """
        held, call = self._votes.get(vote.vote), vote.call
        if held is None or call is None:
            return ()
        place = Place(held.meeting, held.vote, call.run)
        relays = [bytes.fromhex(relay) for relay in call.relays]
        found = []
        for ballot in (each for each in held.ballots if each.signature):
            _must_be_our_line(vote, held, ballot)
            packed = SecretBallot(ballot.answer, ballot.nonce, ballot.prefix, ballot.signature).packed()
            found.append(seal_ballot(packed, key=bytes.fromhex(call.key), relays=relays, place=place))
        return tuple(sorted(found))

    def mix(self, mix: Mix, vote: Vote) -> tuple[bytes, ...] | None:
        """This seat's layer opened; None when it is not this seat's turn, or another set was mixed in this run."""
        held, call = self._votes.get(mix.vote), vote.call
        if held is None or call is None or vote.state is not VoteState.COLLECTING:
            return None
        is_ours = mix.layer < len(call.relays) and call.relays[mix.layer] == held.relay.public.hex()
        if (held.meeting, call.run) != (mix.meeting, mix.run) or not is_ours:
            return None
        digest = hashlib.sha256(b"".join(sorted(mix.boxes))).hexdigest()
        known = dict(held.mixed).get(mix.run)
        if known is None:
            # Durable before anything leaves: started anew it must not mix another set.
            self._keep(replace(held, mixed=(*held.mixed, (mix.run, digest))))
        elif known != digest:
            return None
        place = Place(mix.meeting, mix.vote, mix.run)
        return peel(mix.boxes, key=held.relay, layer=mix.layer, layers=len(call.relays), place=place)

    def found(self, vote: Vote) -> dict[str, bool]:
        """By person: whether their signed ballot stands in the published list, as it was cast."""
        held = self._votes.get(vote.vote)
        published = set(zip(vote.receipts, (each.answer for each in vote.secret), strict=True))
        ballots = () if held is None else tuple(each for each in held.ballots if each.signature)
        return {each.person: held is not None and (held.receipt(each), each.answer) in published for each in ballots}

    def erase(self, vote: str) -> None:
        """Overwrite what is kept of a vote that is over: the key first, which shuts all there ever was of it."""
        self._disk.shred(f"{FOLDER}/{vote}{KEY}")
        self._disk.shred(f"{FOLDER}/{vote}")
        self._votes.pop(vote, None)
        self._keys.pop(vote, None)
        self._foreign.discard(vote)

    def _keep(self, held: HeldVote) -> None:
        place = f"{FOLDER}/{held.vote}"
        sealer = self._keys.get(held.vote) or self._new_key(held.vote)
        self._disk.put(place, sealer.seal(canonical.encode(held.to_value()), place=place))
        self._votes[held.vote] = held

    def _new_key(self, vote: str) -> Sealer:
        key, place = os.urandom(KEY_BYTES), f"{FOLDER}/{vote}{KEY}"
        self._disk.put(place, self._sealer.seal(key, place=place))
        fresh = self._keys[vote] = Sealer(Secret(key))
        return fresh


def _held(data: bytes) -> HeldVote:
    return HeldVote.read(Fields(canonical.decode(data), "held"))


def _fresh_vote(meeting: str, vote: Vote, random: Callable[[int], bytes]) -> HeldVote:
    return HeldVote(meeting, vote.vote, vote.token_key, BoxKey.from_secret(Secret(random(KEY_BYTES))))


def _fresh(
    meeting: str, vote: Vote, person: str, *, answer: str, act: str, random: Callable[[int], bytes]
) -> HeldBallot:
    modulus = int(vote.token_key, 16)
    nonce, prefix = random(NONCE_BYTES).hex(), random(PREFIX_BYTES).hex()
    message = prepared(meeting, vote.vote, answer=answer, nonce=nonce, prefix=prefix)
    shut = blind(modulus, message, salt=random(SALT_BYTES), factor=factor_of(random(FACTOR_BYTES), modulus))
    inverse = shut.inverse.to_bytes(MODULUS_BYTES).hex()
    return HeldBallot(person, act, answer, nonce, prefix, shut.message.hex(), inverse)


def _must_be_our_line(vote: Vote, held: HeldVote, ballot: HeldBallot) -> None:
    line = next((each for each in vote.given if each.person == ballot.person), None)
    blinded = hashlib.sha256(bytes.fromhex(ballot.blinded)).hexdigest()
    if line is None or (line.blinded, line.relay) != (blinded, held.relay.public.hex()):
        raise BallotLineForeign
