"""What a person may ask for at a seat, and what each act must say.

Rules W28: the shape is checked here, before an act is kept; whether it is allowed is the server's to say. ``sign_in``
is no such act: it needs the server at once and is never written down.

Usage::

    check("present", {"paper": "p-…", "version": 1, "page": 3})
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from wire.ballots import NONCE_BYTES
from wire.election_marks import SAID_LIMIT
from wire.errors import BadField
from wire.feedback import SEND, read_said
from wire.fields import Fields
from wire.manifest import MAX_PAGES
from wire.notice_fold import MAX_PEOPLE
from wire.notice_fold import MAX_SECONDS as MAX_COUNTDOWN
from wire.notice_fold import MAX_TEXT as MAX_NOTICE
from wire.notices import NoticeTo
from wire.secret_fold import MAX_RUNS
from wire.service import MAX_TEXT
from wire.speak_fold import MAX_CHARACTERS, MAX_REASON, MAX_SECONDS, MAX_TEXT_BYTES
from wire.speaking import SpeechKind
from wire.state import DisplayMode, ServiceKind
from wire.statement import APPROVE_PAPERS, ATTEND, CLOSE, SignedStatement
from wire.topics import MAX_VERSION
from wire.vote_fold import MAX_QUESTION, read_rule
from wire.vote_fold import MAX_SECONDS as MAX_VOTE_SECONDS
from wire.votes import VoteKind

SIGN_IN: Final = "sign_in"
SIGN_OUT: Final = "sign_out"
#: A ballot.
CAST: Final = "vote_cast"
#: A secret ballot, as the page asks for it (never kept), and what the outbox holds: the same, blinded (W77).
CAST_SECRET: Final = "ballot_cast"  # noqa: S105 - a kind of act
BALLOT_ASK: Final = "ballot_ask"
#: What people say of themselves (A1).
PRESENCE: Final = "presence"
SAID: Final = frozenset({"here", "left"})
#: What a vote that is begun at a seat may be answered with; others are prepared at a console.
BEGUN_WITH: Final = frozenset({"approve", "agree"})
#: What means something at this moment only, so it is refused without the server and never waits in the outbox (W121).
NOW_OR_NEVER: Final = frozenset({"vote_begin", "notice_send"})
#: Service calls (D6).
SERVICE_CALL: Final = "service_call"
SERVICE_CANCEL: Final = "service_cancel"
#: An entry of the outbox that is a receipt, not a person's act.
RECEIPT: Final = "receipt"


def _nothing(data: Fields) -> None:
    """No fields."""


def _present(data: Fields) -> None:
    data.id("paper", "p")
    data.number("version", low=1, high=MAX_VERSION)
    data.number("page", low=1, high=MAX_PAGES)


def _item(data: Fields) -> None:
    data.id("item", "i")


def _display(data: Fields) -> None:
    data.choice("mode", frozenset(DisplayMode))
    data.text("text", limit=500, empty=True)


def _vote(data: Fields) -> None:
    data.id("vote", "v")


def _begin(data: Fields) -> None:
    data.id("item", "i")
    data.choice("kind", frozenset(VoteKind))
    data.text("question", limit=MAX_QUESTION)
    data.choice("template", BEGUN_WITH)
    data.number("seen")
    read_rule(data.object("rule"))
    if data.has("seconds"):
        data.number("seconds", high=MAX_VOTE_SECONDS)


def _run(data: Fields) -> None:
    data.id("vote", "v")
    data.number("run", low=1, high=MAX_RUNS)


def _cast(data: Fields) -> None:
    data.id("vote", "v")
    data.text("answer", limit=SAID_LIMIT)
    data.hex("nonce", size=NONCE_BYTES)
    if data.has("for"):
        data.id("for", "u")


def _said(data: Fields) -> None:
    data.choice("said", SAID)
    if data.has("reason"):
        data.text("reason", limit=500, empty=True)


def _speech_ask(data: Fields) -> None:
    data.id("item", "i")
    data.choice("kind", frozenset(SpeechKind))
    if data.has("person"):
        data.id("person", "u")


def _speech(data: Fields) -> None:
    data.id("speech", "q")
    if data.has("ends"):
        data.id("ends", "q")


def _speech_refuse(data: Fields) -> None:
    data.id("speech", "q")
    data.text("reason", limit=MAX_REASON)


def _speech_extend(data: Fields) -> None:
    data.id("speech", "q")
    data.number("seconds", low=1, high=MAX_SECONDS)


def _speech_write(data: Fields) -> None:
    data.id("speech", "q")
    if len(data.text("text", limit=MAX_CHARACTERS).encode("utf-8")) > MAX_TEXT_BYTES:
        raise BadField("speech_write.text", f"is longer than {MAX_TEXT_BYTES} bytes")


def _called(data: Fields) -> None:
    data.choice("kind", frozenset(ServiceKind))
    if data.has("text"):
        data.text("text", limit=MAX_TEXT)


def _call(data: Fields) -> None:
    data.id("call", "a")


def _notice(data: Fields) -> None:
    data.id("notice", "g")


def _notice_send(data: Fields) -> None:
    data.choice("to", frozenset(NoticeTo))
    data.text("text", limit=MAX_NOTICE)
    if data.has("people"):
        data.ids("people", "u", limit=MAX_PEOPLE)
    if data.has("seconds"):
        data.number("seconds", high=MAX_COUNTDOWN)


def _handed(data: Fields) -> None:
    if data.has("person"):
        data.id("person", "u")


def _signed(data: Fields) -> None:
    SignedStatement.read(data)


SHAPES: Final[dict[str, Callable[[Fields], object]]] = {
    SIGN_OUT: _nothing,
    "present": _present,
    "present_call": _nothing,
    "present_hand": _handed,
    "present_stop": _nothing,
    "item_start": _item,
    "meeting_open": _nothing,
    "meeting_recess": _nothing,
    "meeting_resume": _nothing,
    "meeting_close": _nothing,
    "display": _display,
    PRESENCE: _said,
    SERVICE_CALL: _called,
    SERVICE_CANCEL: _call,
    SEND: read_said,
    CAST: _cast,
    "vote_begin": _begin,
    "vote_open": _vote,
    "vote_pause": _vote,
    "vote_resume": _vote,
    "vote_close": _vote,
    "vote_go_on": _run,
    "vote_announce": _vote,
    "notice_read": _notice,
    "notice_send": _notice_send,
    "notice_withdraw": _notice,
    "speech_ask": _speech_ask,
    "speech_cancel": _speech,
    "speech_write": _speech_write,
    "speech_call": _speech,
    "speech_put_back": _speech,
    "speech_start": _speech,
    "speech_pause": _speech,
    "speech_resume": _speech,
    "speech_stop": _speech,
    "speech_refuse": _speech_refuse,
    "speech_extend": _speech_extend,
    ATTEND: _signed,
    APPROVE_PAPERS: _signed,
    CLOSE: _signed,
}


def check(kind: str, data: dict[str, Any]) -> None:
    """Raise :class:`wire.errors.BadField` unless the act is known and says what it must."""
    shape = SHAPES.get(kind)
    if shape is None:
        raise BadField("kind", "is no act of a seat")
    fields = Fields(data, kind)
    shape(fields)
    fields.end()
