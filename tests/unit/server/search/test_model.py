"""What people type, what is compared, and the excerpt they are shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.folding import by_letter, composed, fold
from server.search.errors import NothingAsked, TooMuchAsked
from server.search.index import Index
from server.search.model import MAX_QUERY, MAX_WORDS, Entry, Kind, excerpt, marked, parse
from wire.ids import MeetingId

MEETING = MeetingId("m-aaaaaaaaaaaaaaaa")
PAPER = Entry(Kind.PAPER, MEETING, "p-aaaaaaaaaaaaaaaa", 1, title="Báo cáo tổng kết năm")
#: Letters that people have on their keyboards, in words of a few.
_LETTERS = "aàáảãạăằêđĐeềiíoồợuứyXYZ019"
_words = st.lists(st.text(_LETTERS, min_size=2, max_size=8), min_size=1, max_size=6)


def found(query: str, *pages: str) -> list[int]:
    index = Index()
    index.put(PAPER, [composed(page) for page in pages])
    return [hit.page for hit in index.find(parse(query).expression)]


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("nghi quyet", "NGHỊ QUYẾT số 12"),
        ("dieu", "Điều 5. Trách nhiệm"),
        ("ĐIỀU", "điều"),
        (unicodedata.normalize("NFD", "quyết định"), "Quyết định này"),
        ("quyet dinh", unicodedata.normalize("NFD", "Quyết định")),
        ("phat", "phạt tù"),
        ("phá", "phạt tù"),
        ("12/2026/NQ-VKS", "Nghị quyết số 12/2026/NQ-VKSTC ngày"),
        ('"viện kiểm sát"', "Viện  kiểm\nsát nhân dân"),
        ("kiểm viện", "Viện kiểm sát"),
        ("finance", "ﬁnance"),
        ("nghiem", "nghi\u00adêm túc"),
        ("kinh gui", "Kính\tgửi"),
    ],
)
def test_words_are_found_as_people_type_them(query: str, page: str) -> None:
    assert found(query, "trang khác", page) == [2]


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("nghi quyet", "Nghị định"),
        ('"kiểm viện"', "Viện kiểm sát"),
        ("hat", "phạt"),
        ("đồng ", "đồnghồ"),
        ('"phá"', "phạt"),
        ("viện AND kiểm", "viện kiểm sát"),
    ],
)
def test_what_is_not_there_is_not_found(query: str, page: str) -> None:
    assert found(query, page) == []


@pytest.mark.parametrize("query", ["", "   ", "a", '""', "!?", '"', "* - OR:", "()"])
def test_nothing_to_look_for_is_said(query: str) -> None:
    if query == "* - OR:":
        assert parse(query).terms[0].words == ("or",), "a word, not a command"
        return
    with pytest.raises(NothingAsked):
        parse(query)


@pytest.mark.parametrize("query", ["x" * (MAX_QUERY + 1), " ".join(["xy"] * (MAX_WORDS + 1))])
def test_too_much_to_look_for_is_said(query: str) -> None:
    with pytest.raises(TooMuchAsked):
        parse(query)


def test_a_title_counts_more_than_a_page_and_words_in_a_row_more_than_apart() -> None:
    index = Index()
    other = PAPER._replace(ref="p-bbbbbbbbbbbbbbbb", title="Phụ lục")
    index.put(other, ["tổng hợp rồi kết luận", "tổng kết"])
    index.put(PAPER)
    hits = index.find(parse("tổng kết").expression)
    assert [(hit.entry, hit.page) for hit in hits] == [(PAPER, 0), (other, 2), (other, 1)]


def test_an_entry_put_again_is_there_once_and_one_dropped_not_at_all() -> None:
    index = Index()
    index.put(PAPER, ["một hai", "ba bốn"])
    index.put(PAPER, ["năm sáu"])
    assert [hit.page for hit in index.find(parse("hai").expression)] == []
    assert [hit.page for hit in index.find(parse("sáu").expression)] == [1]
    (hit,) = index.find(parse("sáu").expression)
    index.drop(PAPER)
    index.drop(PAPER)
    assert (len(index), index.find(parse("báo cáo").expression), index.text(hit)) == (0, [], "")


@given(_words, st.data())
def test_any_words_of_a_page_find_it_and_stand_in_its_excerpt(words: list[str], data: st.DataObject) -> None:
    page = composed(" ".join(words))
    asked = data.draw(st.lists(st.sampled_from(words), min_size=1, max_size=4))
    wanted = parse(fold(" ".join(asked)).text)
    index = Index()
    index.put(PAPER, [page])
    assert [hit.page for hit in index.find(wanted.expression)] == [1]
    assert any(is_hit for _, is_hit in excerpt(page, wanted.pattern))


@given(st.text())
def test_folding_letter_for_letter_keeps_every_place(text: str) -> None:
    whole = composed(text)
    folded = by_letter(whole)
    assert len(folded) == len(whole)
    assert by_letter(folded) == folded


@given(st.text(), st.text(_LETTERS + ' "', min_size=2, max_size=30))
def test_whatever_is_typed_is_an_answer_or_a_refusal(page: str, query: str) -> None:
    try:
        wanted = parse(query)
    except NothingAsked:
        return
    index = Index()
    index.put(PAPER, [composed(page)])
    index.find(wanted.expression)
    text = composed(page)
    assert "".join(piece for piece, _ in marked(text, wanted.pattern)).split() == text.split()


def test_an_excerpt_shows_where_most_of_the_words_stand() -> None:
    page = composed("Kính gửi viện. " + "Lời dẫn dài. " * 40 + "Quyết định của Viện kiểm sát " + "và phần sau. " * 40)
    shown = excerpt(page, parse("viện quyết định").pattern)
    words = "".join(text for text, _ in shown)
    assert "Quyết định của Viện kiểm sát" in words
    assert words.startswith("… ")
    assert words.endswith(" …")
    assert len(words) < 260
    assert [text for text, is_hit in shown if is_hit] == ["Quyết", "định", "Viện"]
