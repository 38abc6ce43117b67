"""Secret slips (W174): who has all that is left of one afterwards joins nobody to a ballot; and wins where one leaks.

Everybody asks for their ballot and hands it in at once, one after the other: the worst there is. What is left: the
database with its journal as it was before the close and as it is now, every log line, all tables with what the server's
lasting keys open, and every version of the urn that was ever written.
"""

from __future__ import annotations

import json
import logging
import os
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from server.consultations.errors import UrnLost
from server.consultations.model import Urn
from server.consultations.secret import urn
from server.consultations.store import SqlSlipStore
from server.db.metadata import metadata
from tests.secrecy.attacker import Evidence, bound, correlation, correlation_bound, guesses, hits, orders
from tests.secrecy.capture import Capture, Writes
from tests.support.office import Office
from tests.support.secret_slips import SecretSlips
from wire.consultation_ballots import SLOT_BYTES, SlipBallot, receipt_of

_SLIPS = int(os.environ.get("PHONGHOP_TEST_SECRECY_VOTES", "2"))
_SEED = 20261123
_PEOPLE = 10
_WON = _PEOPLE * 9 // 10
pytestmark = pytest.mark.timeout(120 + 30 * _SLIPS)


@dataclass(frozen=True)
class Left:
    """What is left of a slip, and who cast what. ``versions``: of the urn, as they were written."""

    slip: str
    evidence: Evidence
    truth: Mapping[str, str]
    versions: tuple[bytes, ...]
    drawn: tuple[str, ...]


@dataclass
class House:
    """An office with ten people to ask, all of whose log lines are written down."""

    slips: SecretSlips
    folder: Path
    capture: Capture = field(default_factory=Capture)
    versions: list[bytes] = field(default_factory=list)

    def played(self, luck: random.Random, *, logs: bool = False) -> Left:
        """One slip, asked and answered in an order of chance; ``logs``: as no honest server does."""
        people = [f"dai{number}" for number in range(_PEOPLE)]
        path = self.slips.sent(recipients=[self.slips.office.people[name] for name in people])
        slip = path.rpartition("/")[2]
        self.versions.clear()
        self.capture.logged.clear()
        luck.shuffle(people)
        voters: dict[str, dict[str, bytes]] = {}
        ballots: dict[str, dict[str, bytes]] = {}
        truth: dict[str, str] = {}
        for name in people:
            words = f"Ý kiến số {luck.randrange(10**9)}"
            draft = self.slips.written(path, luck.choice(["for", "against"]), seed=luck.random(), opinion=words)
            signed = self.slips.draw(name, path, draft).done()["signed"]
            ballot = draft.signed(bytes.fromhex(signed))
            receipt = str(self.slips.cast(path, ballot).done()["receipt"])
            if logs:
                logging.getLogger("leak").info("taken %s", receipt)
            person, shut = self.slips.office.people[name], draft.shut.message.hex()
            voters[name] = {"person": person.encode(), "blinded": shut.encode(), "signed": signed.encode()}
            kept = {"nonce": ballot.nonce, "prefix": ballot.prefix, "signature": ballot.signature, "receipt": receipt}
            ballots[receipt] = {kind: value.encode() for kind, value in kept.items()} | {"words": words.encode()}
            truth[name] = receipt
        before = self._files("before")
        self.slips.close(path)
        log = "\n".join(f"{at:.6f} {line}" for at, line in self.capture.logged).encode()
        sources = {"log": log, "dump": self._dump(path), **before, **self._files("after")}
        return Left(slip, Evidence(sources, voters, ballots), truth, tuple(self.versions), tuple(people))

    def _files(self, when: str) -> dict[str, bytes]:
        found = {"database": "phonghop.db", "wal": "phonghop.db-wal"}
        return {f"{name} {when}": (self.folder / file).read_bytes() for name, file in found.items()}

    def _dump(self, path: str) -> bytes:
        """Every table in its own order, and what the master key opens: it lies beside the database."""
        with self.slips.office.services.database.read() as tx:
            rows = [
                f"{name} {tuple(row)}" for name, table in metadata.tables.items() for row in tx.execute(select(table))
            ]
        bundle = self.slips.browser("thuky").get(f"{path}/bundle").done()
        shown = self.slips.read("thuky", path)
        return "\n".join(
            [*rows, json.dumps(bundle, ensure_ascii=False), json.dumps(shown, ensure_ascii=False)]
        ).encode()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("slips")
    made = House(SecretSlips(Office(folder)), folder)
    for number in range(_PEOPLE):
        made.slips.office.people[f"dai{number}"] = made.slips.office.add(f"dai{number}")
    writes = Writes(made.capture)
    root, put = logging.getLogger(), SqlSlipStore.put_urn
    level = root.level

    def noted(store: SqlSlipStore, tx: Any, kept: Urn) -> None:
        made.versions.append(kept.box)
        put(store, tx, kept)

    root.addHandler(writes)
    root.setLevel(logging.DEBUG)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(SqlSlipStore, "put_urn", noted)
        yield made
    root.removeHandler(writes)
    root.setLevel(level)
    made.slips.office.services.close()


def _by_versions(house: House, left: Left) -> dict[str, str]:
    """Who reads each version of the urn sees which ballot is new, and pairs it with who was given theirs just then."""
    urns, cast, before = house.slips.office.services.consultations.tools.urns, [], set[SlipBallot]()
    sha256 = house.slips.read("thuky", f"/api/consultations/{left.slip}")["sha256"]
    for box in (each for each in left.versions if each):
        now = {_frozen(each) for each in urn.ballots(urns.open(left.slip, box))}
        cast += [receipt_of(left.slip, sha256, _thawed(each)) for each in now - before]
        before = now
    return dict(zip(left.drawn, cast, strict=True))


def _frozen(ballot: SlipBallot) -> Any:
    return (json.dumps(ballot.answers), ballot.nonce, ballot.prefix, ballot.signature)


def _thawed(kept: Any) -> SlipBallot:
    return SlipBallot(tuple(json.loads(kept[0])), *kept[1:])


def test_W174_with_all_that_is_left_nobody_is_joined_to_a_ballot_better_than_by_chance(house: House) -> None:
    luck, found, sums = random.Random(_SEED), Counter[str](), dict[str, float]()
    for _ in range(_SLIPS):
        left = house.played(luck)
        found.update({way: hits(guess, left.truth) for way, guess in guesses(left.evidence).items()})
        for way, (people, cast) in orders(left.evidence).items():
            sums[way] = sums.get(way, 0.0) + correlation(people, cast, left.truth)
        with pytest.raises(UrnLost):
            _by_versions(house, left)
        assert any(tuple(people) == left.drawn for people, _ in orders(left.evidence).values()), "known who came when"
        assert {len(each) for each in left.versions if each} == {_PEOPLE * SLOT_BYTES + 28}
    # Not vacuous: the published list is looked at in many ways.
    for wanted in ("nonce by value", "signature by value", "words", "dump: ", "wal before", "database "):
        assert any(wanted in way for way in found), (wanted, sorted(found))
    best, right = found.most_common(1)[0]
    assert right <= bound(votes=_SLIPS, ways=len(found)), f"{right} of {_SLIPS * _PEOPLE} by {best}"
    way = max(sums, key=lambda each: abs(sums[each]))
    assert abs(sums[way]) <= correlation_bound(votes=_SLIPS, ways=len(sums), voters=_PEOPLE), (way, sums[way])


def test_W174_the_same_attacker_wins_where_a_line_of_the_log_names_a_ballot(house: House) -> None:
    left = house.played(random.Random(_SEED), logs=True)
    scored = {way: hits(guess, left.truth) for way, guess in guesses(left.evidence).items()}
    assert [way for way, right in scored.items() if "log: receipt" in way and right >= _WON]


def test_W174_the_versions_of_an_urn_whose_keys_are_kept_tell_everything(house: House) -> None:
    urns = house.slips.office.services.consultations.tools.urns
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(type(urns), "destroy", lambda _self, _slip: None)
        left = house.played(random.Random(_SEED))
        assert hits(_by_versions(house, left), left.truth) == _PEOPLE
