"""The auditor reads names, titles, answers and hours, and what was written beside them (L3)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import web
from server.record.wording import Naming, in_all, worded
from tests.architecture.source import ROOT
from tests.unit.server.voting.test_voting import Room

_ID = re.compile(r"\b[a-z]-[a-z2-7]{16}\b")
_READ = re.compile(r"\.(?:text|number|id|choice|instant|hex|objects|object|items|flag|free|base64)\(\"([a-z_0-9]+)\"")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    made = Room(tmp_path_factory.mktemp("wording"))
    vote = made.open()
    for seat, name, answer in ((0, "chutri", "for"), (1, "daibieu", "against")):
        assert made.cast(seat, name, vote, answer).outcome == "done"
    made.chair.post(f"{made.path}/votes/{vote}/close").done()
    late = {"people": [made.office.people["khach"]], "presence": "late"}
    made.secretary.post(f"{made.path}/attendance", late).done()
    member = made.office.sign_in("daibieu")
    member.post(f"{made.path}/speaking", {"item": made.item, "kind": "question"}).done()
    return made


def _entries(room: Room) -> list[dict[str, Any]]:
    auditor = room.office.sign_in("kiemtoan")
    found: list[dict[str, Any]] = []
    before: int | None = None
    while True:
        page = auditor.post("/api/record/entries", {} if before is None else {"before": before}).done()
        found += page["entries"]
        before = page["next"]
        if before is None:
            return found


def _words(room: Room, kind: str, language: str = "vi") -> dict[str, str]:
    return dict(next(entry for entry in _entries(room) if entry["kind"] == kind)["words"][language])


def test_L3_a_vote_is_told_by_its_question_its_voters_and_their_answers(room: Room) -> None:
    closed = _words(room, "vote_closed")
    assert closed["Biểu quyết"] == "Thông qua?"
    for name, answer in (("chutri", "Tán thành"), ("daibieu", "Không tán thành")):
        assert re.search(rf"Người: {name} \(demo\), Trả lời: {answer}\b", closed["Phiếu"]), closed["Phiếu"]
    assert _words(room, "vote_closed", "en")["Ballots"]
    assert _words(room, "attendance_recorded")["Điểm danh"] == "đến muộn"
    assert _words(room, "speech_asked")["Loại"] == "chất vấn"
    assert _words(room, "meeting_created")["Bắt đầu dự kiến"] == "08:30:00 23/11/2026"
    assert _words(room, "account_created")["Người"].endswith("(demo)")


def test_L3_no_id_is_left_in_the_words_and_every_field_has_a_name(room: Room) -> None:
    for entry in _entries(room):
        for language in web.LANGUAGES:
            for label, value in entry["words"][language]:
                # Of a key nobody knows more than its number.
                assert not _ID.search(value), (entry["kind"], label, value)
                assert label in web.catalogue(language)["logwords"]["field"].values(), (entry["kind"], label)
        assert len(entry["words"]["vi"]) == len(entry["data"])


def test_L3_every_field_that_an_event_may_have_is_named_in_both_languages() -> None:
    folds = [
        *(ROOT / "wire").glob("*fold*.py"),
        *(ROOT / "wire" / f"{name}.py" for name in ("roll", "places", "service", "conclusions")),
    ]
    read = {name for file in folds for name in _READ.findall(file.read_text(encoding="utf-8"))}
    assert len(read) > 80
    for language in web.LANGUAGES:
        missing = read - web.catalogue(language)["logwords"]["field"].keys()
        assert not missing, f"name logwords.field.… of {sorted(missing)} in web/locales/{language}/logwords.json"


def test_L3_what_nobody_knows_is_shown_as_it_was_written() -> None:
    nobody = Naming(lambda _: "")
    data = {"person": "u-aaaaaaaaaaaaaaaa", "odd": "x", "at": "2026-13-99T00:00:00.000Z", "sha256": "ab" * 32}
    shown = worded(data, nobody, "vi")
    assert shown == [
        ("Người", "u-aaaaaaaaaaaaaaaa"), ("odd", "x"), ("at", "2026-13-99T00:00:00.000Z"), ("Mã tệp", "abababab…"),
    ]  # fmt: skip
    nested = {"ballots": [{"person": None, "cuts": True}], "items": [], "count": 0}
    assert worded(nested, nobody, "vi")[0][1] == "Người: –, Tự ngắt khi hết giờ: có"
    assert json.dumps(in_all(nested, nobody))
