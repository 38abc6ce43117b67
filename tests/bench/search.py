"""The search at its size: 500 meetings with a paper of 20 pages each, and 500 that are over with minutes, a notice and
remarks, beside PostgreSQL's own and a bare look through.

Rules: pages are written from the words of the guides, as often as they stand there. Every question is asked of three,
one after the other: the product (rights, grouping and excerpts included), PostgreSQL's full text over the same folded
pages (GIN index, rank, count; no rights, no excerpts), and a plain ``in`` over all pages, which is what memory allows
at least. Nothing is asserted: see docs/BENCHMARKS.md.

Usage: ``make bench-search``.
"""

from __future__ import annotations

import collections
import datetime as dt
import functools
import json
import random
import re
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, create_engine, text

from pages.folding import by_letter
from pages.model import Document
from server.search.model import Limits, Section, Seeker, parse
from server.search.ports import MinutesNow
from server.search.service import SearchService, Tools
from tests.support.meeting_log import named
from tests.support.postgres import Postgres
from wire.before import Before, Readers, Remark, RemarkKind
from wire.ids import MeetingId, PaperId
from wire.letters import Letter
from wire.phases import Phase
from wire.secret import Secret
from wire.state import Item, MeetingState, Member, MemberRole, Paper, PaperState, Secrecy, Visibility
from wire.topics import PaperVersion

MEETINGS: Final = 500
PAGES: Final = 20
WORDS: Final = 350
#: Meetings that are over beside them: items, words of each part of the minutes, remarks, words of each.
OVER: Final = 500
ITEMS: Final = 7
SECTION: Final = 150
REMARKS: Final = 6
SAID: Final = 30
ROUNDS: Final = 15
_GUIDES: Final = Path(__file__).resolve().parents[2] / "docs" / "huong-dan"
#: A member is in every fifth meeting.
_MEMBER, _OTHER = named("u", "member"), named("u", "other")
_INSERT: Final = text("INSERT INTO pages VALUES (:id, to_tsvector('simple', :body))")
_ASK: Final = text(
    "SELECT id, count(*) OVER () FROM pages, websearch_to_tsquery('simple', :q) AS q"
    " WHERE words @@ q ORDER BY ts_rank(words, q) DESC LIMIT 20"
)
QUESTIONS: Final = (
    ("a word that is everywhere", "chu tri"),
    ("three common words", "cuoc hop tai lieu"),
    ("words in a row", '"biểu quyết"'),
    ("a rare word", "ctrl"),
    ("begun, as one types", "thu ky ghi"),
    ("nothing", "khongcotunay"),
)


class House:
    """The ports of the search, in memory."""

    def __init__(self) -> None:
        chance = random.Random(1)
        vocabulary = _vocabulary()
        words, counts = list(vocabulary), list(vocabulary.values())
        self.texts: dict[PaperVersion, list[str]] = {}
        self.states: dict[MeetingId, MeetingState] = {}
        for number in range(MEETINGS):
            meeting = MeetingId(named("m", str(number)))
            self.states[meeting] = state = _state(number)
            pages = [" ".join(chance.choices(words, counts, k=WORDS)) for _ in range(PAGES)]
            self.texts[PaperVersion(PaperId(state.papers[0].paper), 1)] = pages
        self.written: dict[MeetingId, MinutesNow] = {}
        self.issued: dict[str, str] = {}
        for number in range(OVER):
            meeting, letter = MeetingId(named("m", f"over {number}")), named("l", str(number))
            said = [" ".join(chance.choices(words, counts, k=SAID)) for _ in range(REMARKS)]
            self.states[meeting] = state = _over(number, letter, said)
            items = ("", *(item.item for item in state.agenda))
            texts = (" ".join(chance.choices(words, counts, k=SECTION)) for _ in items)
            sections = tuple(Section(item, "Nội dung (demo)", text) for item, text in zip(items, texts, strict=True))
            self.written[meeting] = MinutesNow(shared=True, sections=sections)
            self.issued[letter] = " ".join(chance.choices(words, counts, k=WORDS))

    @contextmanager
    def read(self) -> Iterator[Any]:
        yield None

    begin = read

    def known(self) -> list[MeetingId]:
        return list(self.states)

    def state(self, meeting: MeetingId) -> MeetingState:
        return self.states[meeting]

    def now(self, meeting: MeetingId) -> MinutesNow | None:
        return self.written.get(meeting)

    def words(self, letter: str) -> str:
        return self.issued[letter]

    def file(self, version: PaperVersion) -> Document | None:
        return Document(Path(), 0, version, Secret(bytes(32)))

    def find(self, _tx: Any, version: PaperVersion) -> list[str] | None:
        return self.texts[version]


def _vocabulary() -> collections.Counter[str]:
    guides = " ".join(file.read_text() for file in sorted(_GUIDES.glob("*.md")))
    return collections.Counter(re.findall(r"[^\W_]+", guides))


def _state(number: int) -> MeetingState:
    item = named("i", str(number))
    paper = Paper(
        paper=named("p", str(number)),
        item=item,
        title=f"Báo cáo số {number}",
        secrecy=Secrecy.NORMAL,
        owner=_OTHER,
        version=1,
        state=PaperState.PUBLISHED,
        pages=PAGES,
        size_bytes=1,
        plain_sha256="",
        published_version=1,
    )
    who = _MEMBER if number % 5 == 0 else _OTHER
    member = Member(who, "Đồng chí (demo)", "", "", MemberRole.MEMBER, None, "")
    return MeetingState(
        title=f"Phiên họp số {number}",
        kind="Giao ban",
        phase=Phase.APPROVED,
        starts_at=dt.datetime(2026, 1, 5, 1, tzinfo=dt.UTC) + dt.timedelta(hours=17 * number),
        members=(member,),
        agenda=(Item(item, None, "Thảo luận báo cáo", 30, Visibility.COMMON, None),),
        papers=(paper,),
    )


def _over(number: int, letter: str, said: Sequence[str]) -> MeetingState:
    """A meeting with minutes, an issued notice, and what was said before it; a member is in every fifth one."""
    items = [named("i", f"over {number}.{at}") for at in range(ITEMS)]
    who = _MEMBER if number % 5 == 0 else _OTHER
    at = dt.datetime(2025, 1, 6, 1, tzinfo=dt.UTC) + dt.timedelta(hours=17 * number)
    remarks = (
        Remark(
            named("h", f"{number}.{place}"), items[place % ITEMS], "", 0, RemarkKind.COMMENT, Readers.ALL, text, who,
            "Đồng chí (demo)", "", "", at,
        )
        for place, text in enumerate(said)
    )  # fmt: skip
    return MeetingState(
        title=f"Phiên họp đã qua số {number}",
        kind="Giao ban",
        phase=Phase.CLOSED,
        starts_at=at,
        members=(Member(who, "Đồng chí (demo)", "", "", MemberRole.MEMBER, None, ""),),
        agenda=tuple(Item(item, None, f"Nội dung {item}", 30, Visibility.COMMON, None) for item in items),
        letters=(Letter(letter, "notice", "k-none", at, issued_at=at, number=f"{number + 1:02d}/TB-VKS"),),
        before=Before(tuple(remarks)),
    )


def _span_ms(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return (time.perf_counter() - began) * 1000


def _fill(connection: Connection, pages: Sequence[str]) -> None:
    connection.execute(text("CREATE TABLE pages (id integer PRIMARY KEY, words tsvector)"))
    connection.execute(_INSERT, [{"id": number, "body": body} for number, body in enumerate(pages)])
    connection.execute(text("CREATE INDEX ON pages USING gin (words)"))
    connection.commit()
    connection.execute(text("ANALYZE pages"))


def _asks_database(connection: Connection, question: str) -> int:
    return len(connection.execute(_ASK, {"q": question}).all())


def _looks_through(pages: Sequence[str], question: str) -> int:
    words = by_letter(question).replace('"', "").split()
    return sum(all(word in page for word in words) for page in pages)


def main() -> None:
    """Measure and say."""
    say = sys.stdout.write
    house: Any = House()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    search = SearchService(Tools(house, house, house, house, house, minutes=house, letters=house))
    began = time.perf_counter()
    search.catch_up()
    took = time.perf_counter() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    pages = [by_letter(page) for each in house.texts.values() for page in each]
    pages += [by_letter(part.text) for each in house.written.values() for part in each.sections]
    pages += [by_letter(text) for text in house.issued.values()]
    pages += [by_letter(each.text) for state in house.states.values() for each in state.before.remarks]
    say(f"{len(pages):,} pages read from their kept texts in {took:.1f} s, {grown:.0f} MiB more\n")
    seekers = {"secretary": Seeker("u-none", is_secretary=True), "member": Seeker(_MEMBER)}
    everything: dict[str, list[float]] = collections.defaultdict(list)
    with Postgres() as postgres:
        engine = create_engine(postgres.new_database())
        with engine.connect() as connection:
            _fill(connection, pages)
            for name, question in QUESTIONS:
                spans: dict[str, list[float]] = collections.defaultdict(list)
                ask = {who: _asks(search, question, seeker) for who, seeker in seekers.items()}
                ask["postgresql"] = functools.partial(_asks_database, connection, by_letter(question))
                ask["look through"] = functools.partial(_looks_through, pages, question)
                for _ in range(ROUNDS):
                    for who, do in ask.items():
                        spans[who].append(_span_ms(do))
                total = search.find(parse(question), seekers["secretary"], Limits())["total"]
                told = " · ".join(f"{who} {statistics.median(spent):.1f} ms" for who, spent in spans.items())
                say(f"{name:>26} ({total} found): {told}\n")
                for who, spent in spans.items():
                    everything[who] += spent
        engine.dispose()
    for who, spent in everything.items():
        say(f"{who:>26}: p50 {statistics.median(spent):.1f} ms, p95 {statistics.quantiles(spent, n=20)[-1]:.1f} ms\n")
    search.stop()


def _asks(search: SearchService, question: str, seeker: Seeker) -> Callable[[], object]:
    return lambda: json.dumps(search.find(parse(question), seeker, Limits()))


if __name__ == "__main__":
    main()
