"""Around midnight in Asia/Ho_Chi_Minh nothing is dated a day off, whatever zone the server's or the seat's machine has.

Rules: the zone of the process is really changed (tzset(3)); what is expected is counted in days from 1970, without a
time zone database. What is signed, numbered, printed and exported is looked at, and the wire's own instants.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.page.app import VIETNAM as SEAT
from server.attendance.table import HOUSE
from server.papers.routes import _LOCAL as PAPERS
from server.signing.marks import VIETNAM as SIGNING
from server.signing.marks import attachment_text
from wire.fields import Fields, parse_instant, print_instant
from wire.wording import moment

ZONES = ("UTC", "America/Los_Angeles", "Asia/Ho_Chi_Minh", "Pacific/Kiritimati")
_EPOCH_DAY = dt.date(1970, 1, 1).toordinal()
_DAY_S = 86_400
#: 17:00 UTC is midnight there: days of the years 2000 to 2100, and up to two hours beside it.
NEAR_MIDNIGHT = st.builds(
    lambda day, beside_ms: dt.datetime(1970, 1, 1, 17, tzinfo=dt.UTC) + dt.timedelta(days=day, milliseconds=beside_ms),
    st.integers(10_957, 47_482),
    st.integers(-7_200_000, 7_200_000),
)


@pytest.fixture(params=ZONES, autouse=True)
def zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The process believes to be there."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def day_there(at: dt.datetime) -> dt.date:
    """By counting, seven hours on."""
    seconds = (at - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(seconds=1) + 7 * 3600
    return dt.date.fromordinal(_EPOCH_DAY + seconds // _DAY_S)


@given(NEAR_MIDNIGHT)
def test_what_is_signed_numbered_and_exported_has_the_day_of_vietnam(at: dt.datetime) -> None:
    day = day_there(at)
    assert moment(at).endswith(f" {day:%d/%m/%Y}")
    assert f"{day:%d/%m/%Y}" in attachment_text("12/TB-VKS", at)
    for house in (HOUSE, PAPERS, SIGNING, SEAT):
        assert at.astimezone(house).date() == day


@given(NEAR_MIDNIGHT)
def test_an_instant_on_the_wire_is_the_same_instant_everywhere(at: dt.datetime) -> None:
    printed = print_instant(at)
    assert printed.endswith("Z")
    assert parse_instant(printed) == at
    assert Fields({"at": printed}, "event").instant("at") == at
    # In another writing of the same moment nothing changes either.
    elsewhere = at.astimezone(dt.timezone(dt.timedelta(hours=-8)))
    assert print_instant(elsewhere) == printed
