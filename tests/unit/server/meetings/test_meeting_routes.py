"""Meetings as the consoles use them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_M1_a_meeting_goes_from_draft_to_closed(office: Office) -> None:
    meeting = office.meeting("open")
    chair = office.sign_in("chutri")
    path = f"/api/meetings/{meeting}"
    for word, phase in (("recess", "recess"), ("resume", "open"), ("close", "closed")):
        chair.post(f"{path}/{word}").done()
        assert chair.get(path).body["sections"]["meeting"]["phase"] == phase
    again = chair.post(f"{path}/open")
    assert (again.status, again.code, again.data) == (409, "phase-not-allowed", {"phase": "closed"})
