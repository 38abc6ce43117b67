"""Secret slips through the routes: given by name, handed in without one, the urn, what came out (C10, W172–W175)."""

from __future__ import annotations

import copy
import io
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pypdfium2
import pytest
from sqlalchemy import select

from server.cli_recount import main
from server.consultations.secret import routes
from server.consultations.secret.service import Ballots
from server.db.metadata import metadata
from tests.support.office import Office, fresh_id
from tests.support.secret_slips import PEOPLE, SecretSlips, chance
from tests.support.slips import nonce, question, said_body
from wire.consultation_ballots import SLOT_BYTES, SlipBallot
from wire.errors import BadBundle
from wire.recount_consultation import recount

_HOUSE = {"parent": "", "name": "Viện kiểm sát nhân dân (demo)", "short": "VKSTA", "place": "Hà Nội"}
_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def slips(tmp_path_factory: pytest.TempPathFactory) -> SecretSlips:
    return SecretSlips(Office(tmp_path_factory.mktemp("secret")))


@pytest.fixture(scope="module")
def closed(slips: SecretSlips) -> tuple[str, list[str]]:
    """A slip that three have answered, with their receipts."""
    path = slips.sent()
    words = ("Đề nghị rà soát Điều 3", "", "Nhất trí, bổ sung phụ lục")
    receipts = [
        slips.votes(name, path, said, opinion=opinion)
        for name, said, opinion in zip(PEOPLE, ("for", "against", "for"), words, strict=True)
    ]
    slips.close(path)
    return path, receipts


def signed(slips: SecretSlips, name: str, path: str, said: str = "for", *, opinion: str = "") -> SlipBallot:
    """A ballot that was given and not handed in."""
    draft = slips.written(path, said, seed=(name, said), opinion=opinion)
    return draft.signed(bytes.fromhex(slips.draw(name, path, draft).done()["signed"]))


def rows(slips: SecretSlips, *tables: str) -> str:
    """All that lies in some tables."""
    with slips.office.services.database.read() as tx:
        return str([tx.execute(select(metadata.tables[each])).all() for each in tables])


def test_C10_a_ballot_is_given_by_name_handed_in_without_one_and_counted(
    slips: SecretSlips, closed: tuple[str, list[str]], tmp_path: Path
) -> None:
    path, receipts = closed
    for name in ("thuky", "daibieu", "kiemtoan"):
        found = slips.read(name, path)
        assert found["urn"] == {"given": 3, "collected": 3, "opened": True, "lost": False}, name
        (result, _) = found["results"]
        assert (result["result"]["favour"], result["result"]["of"], result["result"]["outcome"]) == (2, 3, "passed")
        assert [each["receipt"] for each in found["ballots"]] == sorted(receipts), "by receipt, and one's own is there"
    bundle = slips.browser("thuky").get(f"{path}/bundle").done()
    counted = recount(json.dumps(bundle).encode())
    assert (counted.given, counted.answered, counted.sha256) == (3, 3, slips.entries("closed", path)[0]["sha256"])
    file = tmp_path / "bundle.json"
    file.write_text(json.dumps(bundle), encoding="utf-8")
    assert main([str(file), "--receipt", receipts[0].lower()]) == 0
    assert main([str(file), "--receipt", "AAAA AAAA AAAA AAAA"]) == 1


def test_C10_before_the_close_names_are_told_and_no_ballot_is_counted(slips: SecretSlips) -> None:
    path = slips.sent()
    slips.votes("daibieu", path, "for")
    signed(slips, "khach", path)
    found = slips.read("thuky", path)
    assert [each["answered"] for each in found["people"]] == [1, 1, 0], "who was given a ballot"
    assert not {"results", "urn", "ballots"} & found.keys()
    assert slips.browser("thuky").get(f"{path}/bundle").code == "consultation-stage-wrong"
    assert [each["person"] for each in slips.entries("drawn", path)] == [
        slips.office.people[name] for name in ("daibieu", "khach")
    ]


def test_W173_one_signature_a_person_and_the_same_for_the_same(slips: SecretSlips) -> None:
    path = slips.sent()
    draft, other = (slips.written(path, said, seed=said) for said in ("for", "against"))
    first = slips.draw("daibieu", path, draft).done()
    assert slips.draw("daibieu", path, draft).done() == first
    assert slips.draw("daibieu", path, draft, act=fresh_id("a")).done() == first
    refused = slips.draw("daibieu", path, other)
    assert (refused.code, refused.data["browser"]) == ("consultation-ballot-given", "Chrome, Windows")
    assert slips.draw("chutri", path, other).code == "consultation-not-asked"
    assert slips.office.browser().post(f"{path}/draw", {"blinded": "00" * 256, "browser": ""}).status == 401
    assert len(slips.entries("drawn", path)) == 1


def test_W174_a_ballot_that_comes_again_is_one_and_one_that_was_changed_is_none(slips: SecretSlips) -> None:
    path, elsewhere = slips.sent(), slips.sent()
    ballot = signed(slips, "daibieu", path)
    first = slips.cast(path, ballot).done()
    assert slips.cast(path, ballot).done() == first
    assert slips.browser("khach").post(f"{path}/cast", ballot.to_value()).done() == first, "whoever carries it"
    changed = ballot.to_value()
    changed["answers"][0]["answer"] = "against"
    unsigned = ballot.to_value() | {"signature": "5a" * 256}
    for each in (changed, unsigned):
        assert slips.cast(path, each).code == "consultation-ballot-refused"
    assert slips.cast(elsewhere, ballot).code == "consultation-ballot-refused"
    slips.close(path)
    assert slips.read("thuky", path)["urn"]["collected"] == 1


def test_W174_the_urn_has_one_size_and_tells_nothing(slips: SecretSlips) -> None:
    path, urns = slips.sent(), metadata.tables["consultation_urns"]

    def box() -> bytes:
        with slips.office.services.database.read() as tx:
            return bytes(tx.execute(select(urns.c.box).where(urns.c.slip == path.rpartition("/")[2])).scalar_one())

    sizes, others = [len(box())], ("acts", "admin_events", "consultation_answers", "consultation_recipients")
    for name, said in (("daibieu", "for"), ("khach", "against")):
        ballot = signed(slips, name, path, said, opinion="Đề nghị xem lại điều khoản chuyển tiếp")
        before = rows(slips, *others)
        receipt = slips.cast(path, ballot).done()["receipt"]
        assert rows(slips, *others) == before, "a handing in writes the urn, and nothing else"
        everything = str(box()) + rows(slips, *(name for name in metadata.tables if name != "consultation_urns"))
        assert not any(each in everything for each in (ballot.nonce, ballot.signature, receipt, "điều khoản chuyển"))
        sizes.append(len(box()))
    assert set(sizes) == {3 * SLOT_BYTES + 28}, "slots for all who were asked, a nonce, a tag"


def test_C6_what_comes_at_the_deadline_is_too_late_and_the_keys_are_gone(tmp_path: Path) -> None:
    slips = SecretSlips(Office(tmp_path))
    path = slips.sent()
    ballots = [signed(slips, name, path) for name in PEOPLE]
    draft = slips.written(path, "for", seed="late")
    (key,) = (tmp_path / "urns").iterdir()
    for each in ballots[:2]:
        slips.cast(path, each).done()
    slips.office.clock.moment = slips.office.clock.moment.replace(month=11, day=24, hour=10)
    assert slips.cast(path, ballots[2]).code == "consultation-over"
    slips.later(seconds=1)
    assert slips.draw("daibieu", path, draft).code == "consultation-over"
    slips.office.services.chores.do_due()
    assert slips.cast(path, ballots[2]).code == "consultation-stage-wrong"
    assert not key.exists()
    # Given and not handed in; two are nobody's secret.
    assert slips.read("thuky", path)["urn"] == {"given": 3, "collected": 2, "opened": False, "lost": False}
    bundle = slips.browser("thuky").get(f"{path}/bundle").done()
    counted = recount(json.dumps(bundle).encode())
    assert (counted.given, counted.answered, counted.outcomes, bundle["ballots"]) == (3, 2, (), [])
    slips.browser("hethong").put("/api/agency", _HOUSE).done()
    assert "ít hơn 3 phiếu" in words(slips.browser("thuky").get(f"{path}/summary.pdf").raw.data)


def test_W174_keys_that_are_gone_are_told_and_what_a_crash_left_is_destroyed(tmp_path: Path) -> None:
    slips = SecretSlips(Office(tmp_path))
    path, over = slips.sent(), slips.sent()
    ballot = signed(slips, "daibieu", path)
    keys = {each: tmp_path / "urns" / f"{each.rpartition('/')[2]}.key" for each in (path, over)}
    kept = keys[over].read_bytes()
    slips.browser("chutri").post(f"{over}/withdraw", {"reason": "Trình nhầm"}).done()
    assert not keys[over].exists()
    # As if the server had died between that commit and this.
    keys[over].write_bytes(kept)
    assert Ballots(slips.office.services.consultations.tools).sweep() == 1
    assert (keys[over].exists(), keys[path].exists()) == (False, True)
    keys[path].unlink()
    assert slips.cast(path, ballot).code == "consultation-urn-lost"
    slips.close(path)
    assert slips.read("thuky", path)["urn"] == {"given": 1, "collected": 0, "opened": False, "lost": True}
    bundle = slips.browser("thuky").get(f"{path}/bundle").done()
    assert recount(json.dumps(bundle).encode()).answered == 0
    bundle["results"] = [{"question": "q1", "result": None}]
    with pytest.raises(BadBundle):
        recount(json.dumps(bundle).encode())


def test_C11_a_key_that_is_missing_for_a_moment_costs_no_ballot(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    slips = SecretSlips(Office(tmp_path))
    path, ended = slips.sent(), slips.sent()
    for name in PEOPLE:
        slips.votes(name, path, "for")
    key, gone = (tmp_path / "urns" / f"{each.rpartition('/')[2]}.key" for each in (path, ended))
    away = key.with_name("away")
    key.rename(away)
    gone.unlink()
    slips.office.clock.moment = slips.office.clock.moment.replace(month=11, day=24, hour=10)
    slips.later(seconds=1)
    slips.office.services.chores.do_due()
    found = slips.read("chutri", path)
    assert (found["stage"], found["over"], found["keyless"]) == ("open", True, True)
    assert not slips.office.services.health["urns"]()
    assert [each for each in caplog.messages if path.rpartition("/")[2] in each], "told in the log"
    # Who leads it may end one without a result; nothing else is done after the deadline.
    until = {"deadline": "2026-12-24T10:00:00.000Z", "reason": "x"}
    assert slips.browser("chutri").post(f"{ended}/extend", until).code == "consultation-over"
    slips.close(ended)
    assert slips.read("thuky", ended)["urn"]["lost"]
    away.rename(key)
    assert slips.office.services.health["urns"]()
    slips.later(seconds=10)
    slips.office.services.chores.do_due()
    assert slips.read("chutri", path)["urn"] == {"given": 3, "collected": 3, "opened": True, "lost": False}
    assert not key.exists()


def test_C11_keys_that_the_disk_keeps_are_destroyed_later(tmp_path: Path) -> None:
    slips = SecretSlips(Office(tmp_path))
    path = slips.sent()
    key = tmp_path / "urns" / f"{path.rpartition('/')[2]}.key"
    kept = key.read_bytes()
    # In its place stands what cannot be written over.
    key.unlink()
    key.mkdir()
    slips.browser("chutri").post(f"{path}/withdraw", {"reason": "Trình nhầm"}).done()
    key.rmdir()
    key.write_bytes(kept)
    slips.later(seconds=10)
    slips.office.services.chores.do_due()
    assert not key.exists()


def test_W174_words_where_a_question_takes_none_are_no_answer_of_this_slip(slips: SecretSlips) -> None:
    path = slips.sent(questions=[question(opinion=False)])
    ballot = signed(slips, "daibieu", path, opinion="Thêm lời")
    assert slips.cast(path, ballot).code == "consultation-ballot-refused"


def test_C10_nothing_of_a_secret_slip_is_drafted_or_handed_in_under_a_name(slips: SecretSlips) -> None:
    path, plain = slips.sent(), slips.sent(secret=False)
    assert slips.draft("daibieu", path, ["for", None], revision=0).code == "consultation-is-secret"
    assert slips.answer("daibieu", path, ["for", "for"]).code == "consultation-is-secret"
    ask = {"answers": said_body(["for", "for"])}
    assert slips.browser("daibieu").post(f"{path}/answer/ask", ask).code == "consultation-is-secret"
    blinded = {"blinded": "5a" * 256, "browser": ""}
    assert slips.browser("daibieu").post(f"{plain}/draw", blinded).code == "consultation-not-secret"
    value = {"answers": said_body(["for", "for"]), "nonce": nonce(1), "prefix": nonce(2), "signature": "5a" * 256}
    for other in (plain, slips.drafted()):
        assert slips.cast(other, value).code == "consultation-not-secret"
    assert slips.cast("/api/consultations/f-aaaaaaaaaaaaaaaa", value).code == "consultation-unknown"


def test_C10_among_two_nobodys_answer_is_secret(slips: SecretSlips) -> None:
    drafted = slips.drafted(people=PEOPLE[:2])
    refused = slips.browser("thuky").post(f"{drafted}/submit", {"revision": 1})
    assert (refused.code, refused.data["least"]) == ("consultation-too-few-for-secret", 3)
    path = slips.sent(people=(*PEOPLE, "kythuat"))
    signed(slips, "daibieu", path)

    def removed(name: str) -> str:
        body = {"person": slips.office.people[name], "reason": "Chuyển công tác"}
        return slips.browser("thuky").post(f"{path}/remove", body).code

    assert removed("daibieu") == "consultation-has-ballot"
    assert removed("kythuat") == ""
    assert removed("khach") == "consultation-too-few-for-secret"


@pytest.mark.parametrize("more", [{"signed": True}, {"live": True}, {"shared": False}])
def test_C10_a_secret_slip_is_neither_signed_nor_live_and_its_list_is_for_all(
    slips: SecretSlips, more: dict[str, Any]
) -> None:
    assert slips.browser("thuky").post("/api/consultations", slips.wording(**more)).code == "bad-field"


def words(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as found:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in found).split())


def test_C9_the_summary_and_the_tables_name_nobody_beside_an_answer(
    slips: SecretSlips, closed: tuple[str, list[str]]
) -> None:
    path, receipts = closed
    slips.browser("hethong").put("/api/agency", _HOUSE).done()
    said = words(slips.browser("chutri").get(f"{path}/summary.pdf").raw.data)
    for each in (
        "phiếu phát ra: 3; phiếu thu về: 3; phiếu phát ra không thu về: 0",
        "Cần quá 1/2, tức là ít nhất 2; có 2.",
        "xếp theo thứ tự ngẫu nhiên",
        "Nhất trí, bổ sung phụ lục",
    ):
        assert each in said, said
    names = [each["name"].partition(" (")[0] for each in slips.read("thuky", path)["people"]]
    assert not [name for name in names if name in said]
    csv = slips.browser("thuky").get(f"{path}/answers.csv").raw.data.decode("utf-8-sig")
    assert [line.split(",")[1].strip('"') for line in csv.splitlines()[1:]] == sorted(receipts)
    assert not [name for name in names if name in csv]
    xlsx = slips.browser("thuky").get(f"{path}/answers.xlsx").raw.data
    with zipfile.ZipFile(io.BytesIO(xlsx)) as archive:
        first, second = (ET.fromstring(archive.read(f"xl/worksheets/sheet{at}.xml")) for at in (1, 2))  # noqa: S314
    assert not [name for name in names if any(name in (each.text or "") for each in first.iter(f"{_SPACE}t"))]
    assert [each.text for each in second.iter(f"{_SPACE}t")].count("Đã lấy phiếu") == 3


def _answer_changed(bundle: dict[str, Any]) -> None:
    bundle["ballots"][0]["answers"][0]["answer"] = "abstain"


def _ballot_taken_out(bundle: dict[str, Any]) -> None:
    del bundle["ballots"][0]


def _ballot_twice(bundle: dict[str, Any]) -> None:
    bundle["ballots"][1] = bundle["ballots"][0]


def _fewer_given(bundle: dict[str, Any]) -> None:
    del bundle["given"][0]


def _given_to_another(bundle: dict[str, Any]) -> None:
    bundle["given"][0] = "u-aaaaaaaaaaaaaaaa"


def _result_changed(bundle: dict[str, Any]) -> None:
    bundle["results"][0]["result"]["outcome"] = "rejected"


def _another_key(bundle: dict[str, Any]) -> None:
    bundle["slip"]["token_key"] = "5a" * 256


@pytest.mark.parametrize(
    "change",
    [_answer_changed, _ballot_taken_out, _ballot_twice, _fewer_given, _given_to_another, _result_changed, _another_key],
)
def test_W175_whatever_is_changed_in_a_bundle_is_named(
    slips: SecretSlips, closed: tuple[str, list[str]], change: Callable[[dict[str, Any]], None]
) -> None:
    spoilt = copy.deepcopy(slips.browser("thuky").get(f"{closed[0]}/bundle").done())
    change(spoilt)
    with pytest.raises(BadBundle):
        recount(json.dumps(spoilt).encode())


def test_W175_words_alone_come_out_in_another_order_for_each_question(slips: SecretSlips) -> None:
    questions = [question("Góp ý về bố cục (demo)", "opinion"), question("Góp ý về nội dung (demo)", "opinion")]
    path = slips.sent(questions=questions, people=(*PEOPLE, "kythuat"))
    for name in (*PEOPLE, "kythuat"):
        draft = slips.written(path, [None, None], seed=name, opinion=f"Ý kiến {name}", every=True)
        slips.cast(path, draft.signed(bytes.fromhex(slips.draw(name, path, draft).done()["signed"]))).done()
    slips.close(path)
    found = slips.read("thuky", path)
    orders = [[each["opinion"] for each in result["voices"]] for result in found["results"]]
    assert sorted(orders[0]) == sorted(orders[1])
    assert len(orders[0]) == 4
    assert [each["result"] for each in found["results"]] == [None, None]


def test_W174_rubbish_is_refused_in_both_languages_and_only_so_often(slips: SecretSlips) -> None:
    path, luck = slips.sent(), random.Random(20261123)
    slips.office.clock.advance(minutes=1)
    good = signed(slips, "daibieu", path).to_value()
    said = []
    for _ in range(routes.REFUSED):
        spoilt = json.loads(json.dumps(good))
        _spoil(spoilt, luck)
        reply = slips.cast(path, spoilt)
        assert reply.status in {400, 413}, (spoilt, reply.body)
        assert reply.body["error"]["vi"]
        assert reply.body["error"]["en"]
        said.append(reply.code)
    assert {"consultation-ballot-refused", "bad-field"} <= set(said)
    wrong = good | {"signature": "5a" * 256}
    assert slips.cast(path, wrong).code == "consultation-too-many-refused"
    slips.cast(path, good).done()  # one who brings rubbish keeps nobody's ballot out
    slips.office.clock.advance(minutes=1)
    assert slips.cast(path, wrong).code == "consultation-ballot-refused"


def _spoil(ballot: dict[str, Any], luck: random.Random) -> None:
    rubbish: list[Any] = [None, 7, "", "x" * 9000, [], {}, ["\u0000"], chance(luck.random()).hex(), {"answer": {}}]
    way = luck.randrange(4)
    if way == 0:
        del ballot[luck.choice(sorted(ballot))]
    elif way == 1:
        ballot[luck.choice(sorted(ballot))] = luck.choice(rubbish)
    elif way == 2:
        one = luck.choice(ballot["answers"])
        one[luck.choice(sorted(one))] = luck.choice([each for each in rubbish if each not in (None, "")])
    else:
        ballot["answers"] = luck.choice([ballot["answers"][:1], ballot["answers"] * 3, ballot["answers"][::-1]])
