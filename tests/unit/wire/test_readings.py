"""The act that tells what was read at a seat (W127, W128)."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.meeting_log import named
from wire import canonical
from wire.errors import BadField
from wire.fields import Fields
from wire.ids import PaperId
from wire.readings import MAX_ENTRIES, Entry, batch_value, moment, read_batch
from wire.topics import PaperVersion

AT = dt.datetime(2026, 11, 23, 1, 2, 3, 456_000, tzinfo=dt.UTC)
_PAPERS = st.builds(PaperVersion, st.sampled_from([PaperId(named("p", str(n))) for n in range(3)]), st.integers(1, 3))
_MOMENTS = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001
_ENTRIES = st.builds(
    lambda paper, at, page: Entry(paper, moment(at, page=page), page), _PAPERS, _MOMENTS, st.integers(0, 500)
)


@given(entries=st.sets(_ENTRIES, min_size=1, max_size=30))
def test_W127_what_is_told_is_read_as_it_was(entries: set[Entry]) -> None:
    found = read_batch(Fields(canonical.decode(canonical.encode(batch_value(entries))), "data"))
    assert set(found) == entries
    assert len(found) == len(entries)


def test_W127_as_much_as_an_act_takes_fits_into_it() -> None:
    papers = [PaperVersion(PaperId(named("p", str(n))), 9999) for n in range(MAX_ENTRIES)]
    entries = [Entry(paper, moment(AT, page=19_999), 19_999) for paper in papers]
    assert len(canonical.encode(batch_value(entries))) < 64 * 1024
    with pytest.raises(BadField):
        read_batch(Fields(batch_value([*entries, Entry(papers[0], moment(AT, page=1), 1)]), "data"))


def test_W128_an_opening_is_told_to_the_second_and_a_page_to_the_minute() -> None:
    assert (moment(AT, page=0).second, moment(AT, page=0).microsecond) == (3, 0)
    assert (moment(AT, page=1).second, moment(AT, page=1).minute) == (0, 2)
    paper = PaperVersion(PaperId(named("p", "1")), 1)
    for page, at in ((0, AT), (1, moment(AT, page=0))):
        with pytest.raises(BadField):
            read_batch(Fields(batch_value([Entry(paper, at, page)]), "data"))
