"""Two hundred secret ballots at the same moment, some twice, on both databases: each once (W173, W174)."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from server.consultations.errors import BallotGiven, UrnFull
from server.consultations.model import Recipient
from server.consultations.secret.keys import UrnKeys
from server.consultations.secret.service import Ballots
from server.consultations.service import SlipService
from server.consultations.tools import Asked, Tools
from server.identity.model import Actor
from server.identity.service import NewAccount
from server.voting.secret.keys import TokenKey
from tests.support.office import Office, fresh_id
from tests.support.postgres import Postgres
from tests.support.secret_slips import SecretSlips, chance
from wire.blind import SALT_BYTES
from wire.consultation_ballots import SlipBallot, message_of
from wire.secret import Secret

MANY = 200
TABS = 4
#: The first so many are brought by two.
TWICE = 20

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(params=["sqlite", "postgresql"])
def slips(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SecretSlips]:
    url = ""
    if request.param == "postgresql":
        running: Postgres = request.getfixturevalue("postgres")
        url = running.new_database(like=request.getfixturevalue("template"))
    found = Office(tmp_path, database_url=url)
    yield SecretSlips(found)
    found.services.close()


def crowd(office: Office) -> list[str]:
    """Accounts of people who never sign in."""
    secret, now = Secret("mật khẩu thử".encode()), office.clock.now()
    new = [NewAccount(f"dai{number}", f"Đại biểu {number} (demo)", "", "", frozenset()) for number in range(MANY)]
    create = office.services.identity.create_account
    return [create(each, secret, actor="system", act=fresh_id("a"), now=now) for each in new]


def together(tasks: Sequence[Callable[[], None]]) -> None:
    """All of them begin at once."""
    start = threading.Barrier(len(tasks))

    def run(task: Callable[[], None]) -> None:
        start.wait(timeout=60)
        task()

    threads = [threading.Thread(target=run, args=(each,)) for each in tasks]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=120)
    assert not [each.name for each in threads if each.is_alive()], "somebody waits for ever"


def test_W174_two_hundred_ballots_at_once_are_each_there_once(slips: SecretSlips, tmp_path: Path) -> None:
    # The signer is known here, so that two hundred ballots are signed in a blink and not blindly.
    private = rsa.generate_private_key(65_537, 2_048)
    numbers = private.private_numbers()
    known = UrnKeys(tmp_path / "urns", slips.office.services.keys.master, signer=lambda: TokenKey(numbers.p, numbers.q))
    people, tools = crowd(slips.office), dataclasses.replace(_tools(slips), urns=known)
    path = slips.submitted(recipients=people)
    slip = path.rpartition("/")[2]
    leader = Asked(Actor(slips.office.people["chutri"]), fresh_id("a"), slips.office.clock.now())
    SlipService(tools).send(slip, revision=2, asked=leader)
    sha256 = slips.read("thuky", path)["sha256"]
    with tools.unit.begin() as tx:
        for each in tools.store.recipients(tx, slip):
            tools.store.put(tx, _given(each))
    made = [_signed(private, slip, sha256, number) for number in range(MANY + 1)]
    now, taken, receipts = slips.office.clock.now(), Ballots(tools), set[str]()

    def brought(mine: Sequence[SlipBallot]) -> Callable[[], None]:
        return lambda: receipts.update(taken.cast(slip, each, now=now)["receipt"] for each in mine)

    together([brought([*made[at:MANY:TABS], *made[(at + 1) % TABS : TWICE : TABS]]) for at in range(TABS)])
    assert len(receipts) == MANY
    # One more than were given: signed, and one too many.
    with pytest.raises(UrnFull):
        taken.cast(slip, made[MANY], now=now)
    slips.close(path)
    found = slips.read("thuky", path)
    assert found["urn"] == {"given": MANY, "collected": MANY, "opened": True, "lost": False}
    assert {each["receipt"] for each in found["ballots"]} == receipts
    assert [line["votes"] for line in found["results"][0]["result"]["counts"]] == [MANY // 2, MANY // 2, 0]


def test_W173_of_two_ballots_asked_for_at_once_one_is_given(slips: SecretSlips) -> None:
    path = slips.sent()
    slip, taken, now = path.rpartition("/")[2], Ballots(_tools(slips)), slips.office.clock.now()
    drafts = [slips.written(path, said, seed=said) for said in ("for", "against")]
    signed: list[tuple[int, str]] = []
    refused: list[int] = []

    def asks(which: int) -> Callable[[], None]:
        def ask() -> None:
            asked = Asked(Actor(slips.office.people["daibieu"]), fresh_id("a"), now)
            try:
                found = taken.draw(slip, drafts[which].shut.message, browser="", asked=asked)
                signed.append((which, found["signed"]))
            except BallotGiven:
                refused.append(which)

        return ask

    together([asks(number % 2) for number in range(TABS)])
    (given,) = {which for which, _ in signed}
    assert (len(signed), refused) == (TABS // 2, [1 - given] * (TABS // 2))
    assert len(set(signed)) == 1, "the same signature for the same request"
    assert len(slips.entries("drawn", path)) == 1


def _tools(slips: SecretSlips) -> Tools:
    return slips.office.services.consultations.tools


def _given(each: Recipient) -> Recipient:
    return dataclasses.replace(each, answered=1, drawn=chance(each.person).hex())


def _signed(private: rsa.RSAPrivateKey, slip: str, sha256: str, number: int) -> SlipBallot:
    answer = "for" if number % 2 else "against"
    said = tuple({"question": each, "answer": answer, "opinion": ""} for each in ("q1", "q2"))
    ballot = SlipBallot(said, chance("nonce", number).hex(), chance("prefix", number).hex(), "")
    pss = padding.PSS(padding.MGF1(hashes.SHA384()), SALT_BYTES)
    signature = private.sign(message_of(slip, sha256, ballot), pss, hashes.SHA384())
    return dataclasses.replace(ballot, signature=signature.hex())
