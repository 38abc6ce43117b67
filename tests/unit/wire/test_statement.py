"""Rules W62, W63: what a statement says, and in which words."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import wire_values
from tests.support.meeting_log import MeetingLog, named
from tests.vectors import make, statements
from wire import canonical, declare
from wire.declare import Maker
from wire.errors import BadField, BadJson, UnknownType, UnknownVersion, WireError
from wire.fields import Fields
from wire.statement import BODIES, MAX_BYTES, Place, SignedStatement, Statement, digest
from wire.wording import LANGUAGES, words

_GOLDEN: list[dict[str, Any]] = json.loads((make.HERE / "statements.json").read_text(encoding="utf-8"))["statements"]
_VALUES = {entry["name"]: entry["value"] for entry in _GOLDEN}
_NOW = dt.datetime(2026, 11, 21, 2, 0, tzinfo=dt.UTC)


def bodies() -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    """A kind and a body that fits it."""
    word, text = st.from_regex(r"\A[a-z]{1,8}\Z"), wire_values.texts()
    hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)
    answers = st.dictionaries(word, text, min_size=1, max_size=4)
    vote = st.builds(
        lambda ballot, question, answers, weight: {
            "ballot": ballot,
            "question": question,
            "answers": [{"answer": answer, "text": text} for answer, text in answers.items()],
            "answer": next(iter(answers)),
            "weight": weight,
        },
        wire_values.of_kind("a").map(lambda text: "b" + text[1:]),
        text,
        answers,
        st.integers(1, 1_000_000),
    )
    paper = st.fixed_dictionaries(
        {
            "paper": wire_values.of_kind("p"),
            "version": st.integers(1, 9999),
            "title": wire_values.texts(empty=True),
            "sha256": hashes | st.just(""),
        }
    )
    papers = st.lists(paper, min_size=1, max_size=4, unique_by=lambda entry: entry["paper"])
    count = st.integers(0, 100_000)
    close = st.fixed_dictionaries(
        {"members": count, "attended": count, "papers": count, "opened_at": st.just("2026-11-21T01:00:00.000Z")}
    )
    entry = st.builds(
        lambda question, choices, opinion: {
            "question": question,
            "choices": choices,
            "chosen": choices[0],
            "opinion": opinion,
        },
        text,
        st.lists(text, min_size=1, max_size=4, unique=True),
        wire_values.texts(empty=True),
    )
    consult = st.fixed_dictionaries({"answers": st.lists(entry, min_size=1, max_size=3)})
    return (
        st.fixed_dictionaries({"presence": st.sampled_from(["present", "late", "left", "returned"])}).map(
            lambda body: ("attend", body)
        )
        | vote.map(lambda body: ("vote", body))
        | papers.map(lambda found: ("approve_papers", {"papers": found}))
        | close.map(lambda body: ("close", body))
        | consult.map(lambda body: ("consult", body))
    )


@st.composite
def any_statement(draw: st.DrawFn) -> Statement:
    """Statements of every kind."""
    kind, body = draw(bodies())
    place = st.builds(Place, wire_values.of_kind("d"), wire_values.of_kind("s"), wire_values.texts(empty=True))
    return Statement(
        kind=kind,
        meeting=draw(wire_values.of_kind("f" if kind == "consult" else "m")),
        title=draw(wire_values.texts()),
        person=draw(wire_values.of_kind("u")),
        name=draw(wire_values.texts()),
        place=draw(st.none() | place),
        made_at=draw(wire_values.moments()),
        seq=draw(st.integers(1, 2**40)),
        hash=draw(st.binary(min_size=32, max_size=32).map(bytes.hex)),
        body=body,
    )


def test_W62_every_kind_has_a_golden_statement() -> None:
    assert {value["kind"] for value in _VALUES.values()} == set(BODIES)


@pytest.mark.parametrize("entry", _GOLDEN, ids=lambda entry: entry["name"])
def test_W62_the_golden_statement_is_read_and_named_by_its_hash(entry: dict[str, Any]) -> None:
    data = canonical.encode(entry["value"])
    statement = Statement.read(data)
    assert (statement.encode(), statement.sha256, digest(data)) == (data, entry["sha256"], entry["sha256"])


@given(any_statement())
def test_W62_what_is_written_is_read_back(statement: Statement) -> None:
    assert Statement.read(statement.encode()) == statement


@given(any_statement(), any_statement())
def test_W62_every_field_is_in_the_bytes(first: Statement, second: Statement) -> None:
    for field in dataclasses.fields(Statement):
        other = dataclasses.replace(first, **{field.name: getattr(second, field.name)})
        assert (other.encode() == first.encode()) is (other == first)


@given(st.binary(max_size=400) | wire_values.json_values().map(canonical.encode))
def test_W62_a_reader_raises_our_error_and_no_other(data: bytes) -> None:
    with pytest.raises(WireError):
        Statement.read(data)


def _changes(value: Any) -> Iterator[tuple[str, Any]]:
    """The value with one thing taken away, or put to nonsense, at every depth."""
    if isinstance(value, dict):
        for key in value:
            yield f"without {key}", {name: inner for name, inner in value.items() if name != key}
            yield f"{key} is nonsense", value | {key: -7}
            for what, inner in _changes(value[key]):
                yield f"{key}: {what}", value | {key: inner}
        yield "one field more", value | {"more": 1}
    elif isinstance(value, list):
        for at, entry in enumerate(value):
            for what, inner in _changes(entry):
                yield f"[{at}]: {what}", [*value[:at], inner, *value[at + 1 :]]


def _is_refused(value: dict[str, Any]) -> bool:
    try:
        Statement.read(canonical.encode(value))
    except WireError:
        return True
    return False


@pytest.mark.parametrize("name", sorted(_VALUES))
def test_W62_a_field_that_is_missing_wrong_or_unknown_is_refused(name: str) -> None:
    changed = list(_changes(_VALUES[name]))
    assert len(changed) > 30
    for what, value in changed:
        assert _is_refused(value), what


def test_W62_bytes_that_are_not_the_canonical_ones_are_refused() -> None:
    pretty = json.dumps(_VALUES["roll call"], ensure_ascii=False).encode()
    with pytest.raises(BadJson):
        Statement.read(pretty)


def test_W62_an_unknown_kind_and_a_later_version_are_told_apart() -> None:
    value = _VALUES["roll call"]
    with pytest.raises(UnknownType):
        Statement.of(value | {"kind": "resign"})
    with pytest.raises(UnknownVersion):
        Statement.of(value | {"v": 2})
    with pytest.raises(BadField):
        Statement.of(value | {"body": {"presence": "absent"}})


def test_W62_a_statement_has_a_longest_length() -> None:
    with pytest.raises(BadField):
        Statement.read(b" " * (MAX_BYTES + 1))


@pytest.mark.parametrize("change", [{"answer": "maybe"}, {"weight": 0}, {"question": ""}, {"ballot": "one"}])
def test_W62_a_vote_names_its_question_and_one_of_the_answers(change: dict[str, Any]) -> None:
    value = copy.deepcopy(_VALUES["named vote"])
    value["body"] |= change
    with pytest.raises(BadField):
        Statement.of(value)


def test_W62_nothing_of_a_card_shows_in_a_repr() -> None:
    sent = SignedStatement(b"statement", b"certificate", b"signature")
    assert "signature" not in repr(sent).partition("(")[2]
    assert SignedStatement.read(Fields(sent.to_value(), "data")) == sent


@pytest.mark.parametrize("more", ["pin", "password", "signed_attributes"])
def test_W64_there_is_no_field_for_a_pin_or_for_attributes_of_others(more: str) -> None:
    with pytest.raises(BadField):
        SignedStatement.read(Fields(SignedStatement(b"1", b"2", b"3").to_value() | {more: "1234"}, "data"))


# Words


@pytest.mark.parametrize("entry", _GOLDEN, ids=lambda entry: entry["name"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_W63_the_golden_words_are_shown(entry: dict[str, Any], language: str) -> None:
    title, lines = entry["words"][language]
    assert words(Statement.of(entry["value"]), language) == (title, tuple(lines))


@given(any_statement(), st.sampled_from(LANGUAGES))
def test_W63_every_text_and_number_of_the_body_is_shown(statement: Statement, language: str) -> None:
    shown = "\n".join(words(statement, language).lines)
    wanted = [statement.title, statement.name, str(statement.seq), statement.hash]
    match statement.kind:
        case "vote":
            body = statement.body
            wanted += [body["question"], *(entry["text"] for entry in body["answers"])]
            wanted += [str(body["weight"])] if body["weight"] > 1 else []
        case "approve_papers":
            wanted += [text for entry in statement.body["papers"] for text in (entry["title"], entry["sha256"])]
        case "close":
            wanted += [str(statement.body[key]) for key in ("members", "attended", "papers")]
    for text in wanted:
        assert " ".join(text.split()) in shown


@given(any_statement())
def test_W63_a_text_with_lines_of_its_own_makes_no_line_of_the_statement(statement: Statement) -> None:
    for language in LANGUAGES:
        assert all("\n" not in line for line in words(statement, language).lines)


def test_W63_the_chosen_answer_changes_the_words() -> None:
    value = copy.deepcopy(_VALUES["named vote"])
    before = words(Statement.of(value), "vi")
    value["body"]["answer"] = "against"
    assert words(Statement.of(value), "vi") != before


# What both sides make of the state


def test_W63_both_sides_make_the_same_statement_from_the_same_log() -> None:
    log, again = MeetingLog().prepared(), MeetingLog().prepared()
    maker = Maker(named("u", "lan"), None, _NOW)
    assert declare.attend(log.state, maker) == declare.attend(again.state, maker)
    again.add("meeting_opened")
    assert declare.attend(log.state, maker) != declare.attend(again.state, maker)


def test_W63_nobody_declares_who_is_no_member() -> None:
    with pytest.raises(BadField):
        declare.attend(MeetingLog().prepared().state, Maker(named("u", "stranger"), None, _NOW))


def test_W63_an_approval_names_the_version_and_the_digest_there_is() -> None:
    state = MeetingLog().prepared().state
    paper = state.papers[0]
    said = declare.approve_papers(state, Maker(named("u", "chair"), None, _NOW), papers=[paper.paper])
    entry = said.body["papers"][0]
    assert (entry["version"], entry["sha256"], entry["title"]) == (paper.version, paper.plain_sha256, paper.title)
    with pytest.raises(BadField):
        declare.approve_papers(state, Maker(named("u", "chair"), None, _NOW), papers=[named("p", "none")])


def test_W63_a_closing_counts_who_was_there() -> None:
    log = MeetingLog().prepared()
    chair = Maker(named("u", "chair"), None, _NOW)
    with pytest.raises(BadField):
        declare.close(log.state, chair)
    log.add("meeting_opened")
    said = {"person": named("u", "lan"), "presence": "present", "method": "self"}
    log.add("attendance_recorded", said)
    log.add("attendance_recorded", said | {"presence": "left"})
    log.add("attendance_recorded", said | {"person": named("u", "chair"), "presence": "absent", "method": "staff"})
    assert declare.close(log.state, chair).body["attended"] == 1


def test_W63_the_readme_shows_the_golden_statement() -> None:
    text = statements.README.read_text(encoding="utf-8")
    assert statements.readme_section() in text, "python -m tests.vectors.statements"
