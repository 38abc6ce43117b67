"""A whole meeting with tokens: signed in, locked, voted, minutes signed and found valid, closed, its dossier taken.

Rules: people do everything that they do on a screen on a screen; only what a chair's console does elsewhere in these
tests too (the vote is put) goes through HTTP. Nothing is asserted here that is not seen by the people themselves.

Usage: `day = lived(house, tmp_path)`; `day.dossier` is the file that the secretary's browser saved.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import expect

from deploy.demo import people
from deploy.demo.errors import Refused
from server.voting.evidence import check_signature
from tests.browser.pages_chair import Chair
from tests.browser.pages_console import ConsolePerson
from tests.browser.screen import DESK
from tests.browser.tokens.holder import Holder
from tests.browser.tokens.house import PIN, WRONG_PIN, House
from tests.browser.tokens.watch import Watch
from tests.support.signing_room import FILE as MINUTES
from tests.support.signing_room import SigningRoom
from tests.support.token_room import PAPER, TITLE
from tests.support.vote_room import QUESTION, RULE
from wire import recount

AGENDA: Final = ["Nghe báo cáo"]
#: What the deputy notes on a page, for nobody else.
NOTE: Final = "Wm4tRy chỉ riêng tôi đọc câu này"
_SIGN_IN, _UNLOCK = "Đăng nhập", "Mở khóa"


@dataclass
class Day:
    """What is left of it; ``minutes`` as they were before anybody signed them."""

    meeting: str
    dossier: Path
    minutes: Path
    agenda_s: float
    recounted: recount.Recounted
    watch: Watch
    flaws: list[str]
    complaints: list[str]


def lived(house: House, folder: Path) -> Day:
    """All of it, once."""
    flaws: list[str] = []
    watch = Watch(house)
    _goes_wrong(house)
    deputy = house.holder(0, people.DEPUTY, keeps=True)
    agenda_s = _agenda_and_lock(house, deputy, flaws)
    watch.glances(deputy.page, at="the agenda")
    delegate = house.holder(1, people.DELEGATE)
    delegate.signs_in()
    recounted = _vote(house, (deputy, delegate), flaws)
    watch.glances(deputy.page, at="the vote")
    signed = _minutes(house, (deputy, delegate), folder, flaws=flaws, watch=watch)
    watch.learns()
    dossier = _end(house, signed, folder, flaws=flaws, watch=watch)
    complaints = house.complaints()
    meeting = house.room.meeting
    house.tidied()
    return Day(meeting, dossier, folder / MINUTES, agenda_s, recounted, watch, flaws, complaints)


def _goes_wrong(house: House) -> None:
    """PINs where they do not belong, and cards that fail: what is said of it must not hold the PIN."""
    room = house.room
    page = room.room.touch_page(0)
    bodies: tuple[dict[str, object], ...] = (
        {"pin": [PIN]},
        {"pin": {"x": PIN}},
        {"pin": PIN * 9},
        {"PIN": PIN},
        {"pin": PIN, "m": PIN},
    )
    for body in bodies:
        _refused(house, "/api/token", body)
    for call in ("/api/act", "/api/unlock", f"/api/{PIN}"):
        _refused(house, call, {"pin": PIN, "act": PIN, "kind": PIN, "data": PIN, "password": PIN})
    room.plug(0, people.PRESENTER)
    assert room.types_pin(0, WRONG_PIN) == "card-pin-wrong"
    assert room.types_pin(0) == "not-a-member"
    for fault in ({"die_at": 0x87}, {"garble": lambda answer: answer[:-8] + bytes(8)}):
        room.plug(0, people.DEPUTY)
        inserted = room.stand.bank.inserted(0)
        assert inserted is not None
        for name, value in fault.items():
            setattr(inserted.faults, name, value)
        assert room.types_pin(0).startswith("card-")
        room.pull(0)
    assert page.read()["seat"]["state"] == "welcome"


def _refused(house: House, call: str, body: dict[str, object]) -> None:
    try:
        house.room.room.touch_page(0).post(call, body)
    except Refused:
        return
    raise AssertionError(f"{call} took it")


def _agenda_and_lock(house: House, deputy: Holder, flaws: list[str]) -> float:
    """Token in, PIN on the screen, agenda; token out, nothing; token in, all of it again."""
    deputy.plugs()
    deputy.mistypes_pin(_SIGN_IN, left=2)
    flaws += deputy.screen.flaws()
    deputy.types_pin(WRONG_PIN, _SIGN_IN)
    deputy.sees("Số lần thử còn lại: 1.")
    house.room.pull(0)
    house.room.stand.renew(people.DEPUTY.username)
    deputy.plugs()
    deputy.types_pin(PIN, _SIGN_IN)
    began = time.monotonic()
    deputy.sees_agenda(AGENDA)
    took = time.monotonic() - began
    deputy.opens_paper(PAPER)
    deputy.turns_to_next_page()
    deputy.reads_page(2)
    house.room.notes(0, NOTE, page=2)
    deputy.sees_note(NOTE)
    deputy.pulls()
    expect(deputy.page.locator("canvas")).to_have_count(0)
    for words in (PAPER, TITLE, NOTE):
        deputy.does_not_see(words)
    assert NOTE not in deputy.page.content()
    flaws += deputy.screen.flaws()
    house.room.plug(0, people.DEPUTY)
    deputy.types_pin(PIN, _UNLOCK)
    deputy.sees_agenda()
    deputy.reads_page(2)
    deputy.sees_note(NOTE)
    return took


def _vote(house: House, voters: tuple[Holder, ...], flaws: list[str]) -> recount.Recounted:
    """Each reads what will be signed, signs with the token, and is told that it counts."""
    room = house.room
    path = f"/api/meetings/{room.meeting}"
    with room.room.sign_in(people.CHAIR) as chair:
        item = chair.get(path)["sections"]["agenda"][0]["item"]
        body = {"item": item, "kind": "named", "question": QUESTION, "template": "approve", "rule": RULE}
        vote = str(chair.post(f"{path}/votes", body, step="")["vote"])
        chair.post(f"{path}/votes/{vote}/open", {}, step="")
        for voter, answer in zip(voters, ("Tán thành", "Không tán thành"), strict=True):
            voter.answers_vote(answer, question=QUESTION)
            if voter is voters[0]:
                flaws += voter.screen.flaws()
                voter.mistypes_pin("Ký", left=2)
            voter.types_pin(PIN, "Ký")
            voter.sees("Máy chủ đã ghi nhận ý kiến của đồng chí")
        chair.post(f"{path}/votes/{vote}/close", {}, step="")
        chair.post(f"{path}/votes/{vote}/announce", {}, step="")
        bundle = chair.get(f"{path}/votes/{vote}/bundle")
    return recount.recount(json.dumps(bundle).encode(), check=check_signature)


def _minutes(house: House, seats: tuple[Holder, ...], folder: Path, *, flaws: list[str], watch: Watch) -> Path:
    """The secretary, then the chair, at the seats where the others sat; the file that both signed."""
    rounds = SigningRoom(house.room)
    for holder, who in zip(seats, (people.SECRETARY, people.CHAIR), strict=True):
        holder.signs_out()
        holder.who = who
        holder.signs_in()
    secretary, chair = seats
    k = rounds.opened(folder, people.SECRETARY, people.CHAIR, pages=2)
    chair.opens_the_minutes(waiting=False)
    chair.sees(f"Người ký trước: {people.SECRETARY.name}")
    flaws += chair.screen.flaws()
    secretary.opens_the_minutes()
    flaws += secretary.screen.flaws()
    secretary.reads_all()
    secretary.wants_to_sign()
    watch.glances(secretary.page, at="the signing")
    secretary.mistypes_pin("Ký", left=2)
    flaws += secretary.screen.flaws()
    secretary.types_pin(PIN, "Ký")
    secretary.sees("Đồng chí đã ký văn bản này")
    flaws += secretary.screen.flaws()
    # The chair's screen has the signed file now; every page of it is to be looked at.
    chair.reads_all()
    chair.wants_to_sign()
    chair.types_pin(PIN, "Ký")
    for holder in seats:
        holder.sees("Văn bản đã có đủ chữ ký")
    assert rounds.told(k)["complete"]
    signed = folder / "signed.pdf"
    signed.write_bytes(rounds.file(k))
    for holder in seats:
        holder.signs_out()
    return signed


def _end(house: House, signed: Path, folder: Path, *, flaws: list[str], watch: Watch) -> Path:
    """The console finds the minutes valid; the chair closes; the secretary takes the dossier."""
    url = house.room.room.console_url
    secretary = ConsolePerson(house.screen("secretary", size=DESK), url)
    secretary.arrives()
    secretary.signs_in(people.SECRETARY)
    secretary.page.get_by_role("link", name="Kiểm tra chữ ký").click()
    secretary.page.locator("input[type=file]").set_input_files(signed)
    secretary.sees("Tất cả 2 chữ ký đều hợp lệ")
    for person in (people.SECRETARY, people.CHAIR):
        expect(secretary.page.get_by_role("main").get_by_text(person.name).first).to_be_visible()

    chair = Chair(house.screen("chair", size=DESK), url)
    chair.arrives()
    chair.signs_in(people.CHAIR)
    chair.page.goto(f"{url}#/meetings/{house.room.meeting}/live")
    chair.wants_to_close()
    chair.closes()
    chair.sees_recall(3, 3)

    secretary.page.goto(f"{url}#/meetings/{house.room.meeting}")
    secretary.presses("Tải hồ sơ cuộc họp")
    flaws += secretary.screen.flaws()
    with secretary.page.expect_download() as saved:
        secretary.answers("Tải hồ sơ")
    dossier = folder / saved.value.suggested_filename
    saved.value.save_as(dossier)
    secretary.sees("Đã tải hồ sơ")
    watch.glances(secretary.page, at="the dossier")
    return dossier
