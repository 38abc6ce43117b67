"""Role × act × state: every cell through HTTP, against a table written by hand (product.md, default deny).

A cell is one of three: it is done, it is refused because of the state, or the caller is kept from it. A route without a
row fails, and so does a row without a route.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.app import services_of
from server.web import access_of
from tests.permissions import of_acts, of_house, of_meetings
from tests.permissions.house import PlayedHouse, nothing_is_done
from tests.permissions.people import ALL, EVERYBODY, NOBODY
from tests.permissions.rows import Row
from tests.support.office import Reply

TABLES: dict[str, tuple[Row, ...]] = {
    "life": of_meetings.LIFE,
    "leading": of_meetings.LEADING,
    "papers": of_meetings.PAPERS,
    "before": of_acts.BEFORE,
    "speaking": of_acts.SPEAKING,
    "votes": of_acts.VOTES,
    "minutes": of_acts.MINUTES,
    "answers": of_acts.ANSWERS,
    "own": of_house.OWN,
    "house": of_house.HOUSE,
    "technical": of_house.TECHNICAL,
    "faults": of_house.DESK_OF_FAULTS,
    "tasks": of_house.TASKS,
    "slips": of_house.SLIPS,
}
_METHODS = {"GET", "POST", "PUT", "DELETE", "PATCH"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlayedHouse]:
    found = PlayedHouse(tmp_path_factory.mktemp("matrix"))
    with nothing_is_done(found):
        yield found
    services_of(found.office.app).close()


def test_every_route_that_is_not_for_anybody_or_a_display_has_its_row(house: PlayedHouse) -> None:
    served = set()
    for rule in house.office.app.url_map.iter_rules():
        access = access_of(house.office.app.view_functions[rule.endpoint])
        assert access is not None
        if not access.why_public and (access.roles or access.members or access.signed_in):
            served |= {(method, rule.rule) for method in (rule.methods or set()) & _METHODS}
    written = {(row.method, row.rule) for rows in TABLES.values() for row in rows}
    assert served - written == set(), "say in tests/permissions who may do it, and when"
    assert written - served == set(), "nobody serves it"


@pytest.mark.parametrize("table", TABLES)
def test_each_role_may_do_what_the_table_says_and_nothing_else(house: PlayedHouse, table: str) -> None:
    wrong: dict[str, set[str]] = {}
    for row in TABLES[table]:
        for phase in ALL if row.is_of_meeting else "H":
            for role in EVERYBODY:
                said = _judged(row, role, phase, house.call(role, row, phase))
                if said:
                    what = f"{row.method} {row.rule} {dict(row.names)}: {said}"
                    wrong.setdefault(what, set()).add(f"{role}/{phase}")
    told = [f"{what}: {' '.join(sorted(cells))}" for what, cells in wrong.items()]
    assert not told, "\n" + "\n".join(told)


def _judged(row: Row, role: str, phase: str, reply: Reply) -> str:
    """Why a cell is wrong; empty where it is as the table says."""
    theirs = row.phases_of(role)
    wanted = "kept out" if theirs is None else "done" if phase in theirs else "refused"
    found = _outcome(reply)
    if role == NOBODY:
        fits = reply.status == 401
    elif wanted == "kept out":
        # A thing that is not there in this phase is not there for anybody.
        fits = found == "kept out" or (reply.status == 404 and not row.reaches)
    elif wanted == "refused":
        fits = found in {"refused", "kept out"}
    else:
        fits = found == "done" or (row.reaches and found == "refused")
    return "" if fits else f"should be {wanted}, but {reply.status} {reply.code}"


def _outcome(reply: Reply) -> str:
    if reply.status < 300 or reply.code == "would-be-done":
        return "done"
    assert reply.status < 500, (reply.status, reply.code)
    if reply.code in _STATE:
        return "refused"
    return "kept out" if reply.status in {401, 403} or reply.code in _HIDDEN else "refused"


#: That a thing is there is itself not told.
_HIDDEN = {"task-unknown", "consultation-unknown", "paper-request-unknown"}
#: Told with 403, and not about who somebody is.
_STATE = {"self-roll-call-off", "not-present-at-opening"}
