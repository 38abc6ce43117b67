"""Requests for papers in the log: asked, handed in, withdrawn, reminded (W137–W140)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.support.meeting_log import MeetingLog, item, named, paper
from wire.errors import BadField
from wire.paper_requests import PaperRequest, Standing, Why
from wire.request_fold import request_of, standing
from wire.visibility import for_display, for_person


def _log() -> MeetingLog:
    log = MeetingLog().prepared()
    log.add("agenda_set", {"items": [item("one"), item("two")]})
    return log


def _asked(which: str = "first", **other: Any) -> dict[str, Any]:
    whom = {"person": named("u", "lan"), "name": "Đồng chí Lan (demo)"}
    words = {"what": "Báo cáo quý III", "until": "2026-11-20"}
    return {"request": named("w", which), "item": named("i", "one"), **whom, **words} | other


def _hand_in(log: MeetingLog, name: str = "first", **other: Any) -> None:
    data = paper("report", under="one") | {"owner": named("u", "lan"), "request": named("w", name)}
    log.add("paper_submitted", data | other)


def _known(log: MeetingLog, name: str = "first") -> PaperRequest:
    found = request_of(log.state, named("w", name))
    assert found is not None
    return found


def test_W137_a_request_is_of_one_person_or_one_unit_until_a_day() -> None:
    log = _log()
    log.add("paper_requested", _asked())
    unit: dict[str, Any] = {"unit": "o-aaaaaaaaaaaaaaaa", "name": "Phòng 1", "person": None}
    log.add("paper_requested", _asked("second", **unit))
    first, second = log.state.requests
    assert (first.person, first.unit, first.until, first.revision) == (
        named("u", "lan"), "", dt.date(2026, 11, 20), 1,
    )  # fmt: skip
    assert (second.person, second.unit, second.name) == ("", "o-aaaaaaaaaaaaaaaa", "Phòng 1")
    both = {"unit": "o-aaaaaaaaaaaaaaaa"}
    for wrong in (both, {"person": None}, {"until": "20/11/2026"}, {"until": "20261120"}, {"item": named("i", "gone")}):
        with pytest.raises(BadField):
            log.add("paper_requested", _asked("third", **wrong))
    with pytest.raises(BadField):
        log.add("paper_requested", _asked())  # the same id again


def test_W137_a_change_counts_and_a_new_day_is_reminded_of_anew() -> None:
    log = _log()
    log.add("paper_requested", _asked())
    log.add("paper_request_reminded", {"requests": [named("w", "first")], "why": "overdue"})
    wording = {key: value for key, value in _asked().items() if key != "item"}
    log.add("paper_request_changed", wording | {"what": "Báo cáo năm"})
    assert (_known(log).revision, _known(log).told) == (2, frozenset({Why.OVERDUE}))
    log.add("paper_request_changed", wording | {"until": "2026-11-24"})
    assert (_known(log).revision, _known(log).told, _known(log).reminders) == (3, frozenset(), 1)


def test_W138_how_a_request_stands_is_what_has_become_of_its_paper() -> None:
    log = _log()
    log.add("paper_requested", _asked())
    assert standing(log.state, _known(log)) is Standing.ASKED
    _hand_in(log)
    first = _known(log).handed_in_at
    assert (standing(log.state, _known(log)), _known(log).paper) == (Standing.SUBMITTED, named("p", "report"))
    log.add("paper_returned", {"paper": named("p", "report"), "reason": "Thiếu phụ lục"})
    assert standing(log.state, _known(log)) is Standing.RETURNED
    _hand_in(log, version=2)
    log.add("paper_approved", {"paper": named("p", "report")})
    assert (standing(log.state, _known(log)), _known(log).handed_in_at) == (Standing.APPROVED, first)


def test_W138_a_paper_is_handed_in_for_the_request_of_its_own_item_alone() -> None:
    log = _log()
    log.add("paper_requested", _asked())
    log.add("paper_requested", _asked("other"))
    for wrong in ({"item": named("i", "two")}, {"request": named("w", "gone")}):
        with pytest.raises(BadField):
            _hand_in(log, **wrong)
    _hand_in(log)
    with pytest.raises(BadField):
        _hand_in(log, paper=named("p", "another"))  # it has its paper
    log.add("paper_request_withdrawn", {"request": named("w", "other"), "reason": "Không cần nữa"})
    with pytest.raises(BadField):
        _hand_in(log, "other", paper=named("p", "another"))


def test_W138_another_paper_follows_a_stub_that_was_returned_and_nothing_else() -> None:
    log = _log()
    log.add("paper_requested", _asked())
    _hand_in(log, secrecy="secret", pages=0, plain_sha256="", size_bytes=0)
    with pytest.raises(BadField):
        _hand_in(log, paper=named("p", "another"))  # nobody has returned it
    log.add("paper_returned", {"paper": named("p", "report"), "reason": "Không phải tài liệu mật"})
    _hand_in(log, paper=named("p", "another"))
    assert (standing(log.state, _known(log)), _known(log).paper) == (Standing.SUBMITTED, named("p", "another"))
    log.add("paper_returned", {"paper": named("p", "another"), "reason": "Thiếu phụ lục"})
    with pytest.raises(BadField):
        _hand_in(log, paper=named("p", "third"))  # it has pages: its next version follows


def test_W139_only_what_is_waited_for_is_withdrawn_or_reminded_of() -> None:
    log = _log()
    log.add("paper_requested", _asked())
    _hand_in(log)
    with pytest.raises(BadField):
        log.add("paper_request_withdrawn", {"request": named("w", "first"), "reason": "x"})
    with pytest.raises(BadField):
        log.add("paper_request_reminded", {"requests": [named("w", "first")], "why": "hand"})
    log.add("paper_returned", {"paper": named("p", "report"), "reason": "x"})
    log.add("paper_request_reminded", {"requests": [named("w", "first")], "why": "hand"})
    assert (_known(log).reminders, _known(log).told) == (1, frozenset())


def test_W140_who_was_asked_for_what_is_for_those_who_prepare() -> None:
    log = _log()
    log.add("paper_requested", _asked())
    for who in ("chair", "secretary"):
        assert len(for_person(log.state, named("u", who)).requests) == 1
    for other in (for_person(log.state, named("u", "lan")), for_person(log.state, None), for_display(log.state)):
        assert other.requests == ()
