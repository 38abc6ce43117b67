"""Make the golden files that Python and the browser both read.

Rules: the same files on every run; a test fails when a file is not what this script makes, so a change of the contract
shows as a change of a golden file. The published vectors (`published-*.json`) are other people's and not made here.

Usage: `python -m tests.vectors.make` writes them; `made()` gives them.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support import votes
from tests.support.meeting_log import MeetingLog, item, named, paper
from tests.vectors import statements, token_sign_in
from wire import canonical, ids, topics
from wire.ballots import commitment
from wire.ids import DeviceId, MeetingId, PaperId, RoomId
from wire.topics import PaperVersion, Topic
from wire.view import diff, sections

HERE = Path(__file__).resolve().parent

_VALUES: dict[str, Any] = {
    "empty object": {},
    "empty list": [],
    "literals": [None, True, False],
    "integers": [0, 1, -1, 2**53 - 1, -(2**53) + 1],
    "keys are sorted": {"b": 1, "a": 2, "_": 3, "Z": 4, "-": 5, ".": 6, "0": 7, "a.b-c_d": 8},
    "Vietnamese": "Đồng chí Nguyễn Thị Ườm – tờ trình số 12/TTr-VKS",
    "escapes": '"\\/\b\f\n\r\t\u0000\u001f',
    "no escape is needed": "\u007f\u0080\u2028\u2029 đ €",
    "beyond 16 bits": "𝄞 😀 𠀋",
    "nested": {"a": [{"b": [[], {}]}, [1, [2, [3]]]]},
}

_NOT_CANONICAL: dict[str, str] = {
    "white space": '{"a": 1}',
    "line feed at the end": "[]\n",
    "keys not sorted": '{"b":1,"a":2}',
    "key twice": '{"a":1,"a":1}',
    "fraction": "1.0",
    "exponent": "1e3",
    "minus zero": "-0",
    "beyond 2^53": "9007199254740993",
    "needless escape": '"\\u0111"',
    "slash escaped": '"\\/"',
    "upper-case escape": '"\\u001F"',
    "not in NFC": '"e\u0301"',
    "lone surrogate": '"\\ud800"',
    "key with a space": '{"a b":1}',
    "key not ASCII": '{"đ":1}',
    "empty key": '{"":1}',
    "byte order mark": "\ufeff1",
    "nothing": "",
    "not JSON": "{a:1}",
    "NaN": "NaN",
    "too deep": "[" * 34 + "]" * 34,
}


def _canonical() -> dict[str, Any]:
    return {
        "about": "W03. `hex` are the canonical bytes of `value`; every `hex` in `refused` is refused.",
        "values": [
            {"name": name, "value": value, "hex": canonical.encode(value).hex()} for name, value in _VALUES.items()
        ],
        "refused": [{"name": name, "hex": text.encode().hex()} for name, text in _NOT_CANONICAL.items()],
    }


def playbook() -> MeetingLog:
    """A short meeting that touches every section."""
    log = MeetingLog().prepared()
    log.add("meeting_opened", actor=f"person:{named('u', 'chair')}")
    log.add("person_seated", {"person": named("u", "lan"), "seat": named("s", "A3")})
    log.add("item_started", {"item": named("i", "one")}, actor=f"person:{named('u', 'chair')}")
    shown = {"paper": named("p", "report"), "version": 1, "page": 2, "person": named("u", "chair"), "call": 0}
    log.add("page_presented", shown, actor=f"device:{named('d', 'A1')}")
    log.add("page_presented", shown | {"page": 3, "call": 1})
    roll = {"person": named("u", "lan"), "presence": "present", "method": "token", "statement": "ab" * 32}
    log.add("attendance_recorded", roll)
    away = {"person": named("u", "secretary"), "presence": "excused", "method": "staff", "reason": "Đi công tác"}
    log.add("attendance_recorded", away)
    log.add("display_set", {"mode": "message", "text": "Nghỉ giải lao 10 phút"})
    log.add("presenting_stopped")
    log.add("meeting_recessed")
    log.add("meeting_resumed")
    log.add("agenda_set", {"items": [item("two"), item("one"), item("one.a", parent="one")]})
    log.add("paper_submitted", paper("late", under="two"))
    log.add("meeting_closed")
    log.add("recall_started", {"devices": [{"device": named("d", "A3"), "seat_label": "A3"}]})
    receipt = {"device": named("d", "A3"), "seat": named("s", "A3"), "seat_label": "A3", "papers": 1, "pages": 3}
    minutes = {
        "round": named("k", "minutes"),
        "kind": "minutes",
        "title": "Biên bản họp (demo)",
        "sha256": "01" * 32,
        "size_bytes": 9000,
    }
    log.add("round_opened", minutes | {"signers": [named("u", "secretary"), named("u", "chair")]})
    signed = {"round": named("k", "minutes"), "person": named("u", "secretary"), "certificate": "ef" * 32}
    log.add("paper_signed", signed | {"revision": 1, "sha256": "02" * 32, "size_bytes": 45000})
    log.add("recall_confirmed", receipt | {"destroyed_at": "2026-11-21T03:00:00.000Z", "receipt_sha256": "cd" * 32})
    log.add("round_closed", {"round": named("k", "minutes")})
    return log


def vote_playbook() -> MeetingLog:
    """A meeting with a vote from its preparation to its announcement."""
    log = MeetingLog().prepared()
    log.add("meeting_opened", actor=f"person:{named('u', 'chair')}")
    vote = votes.open_vote(log, ["chair", "lan"], ["guest"], weights={"lan": 2})
    log.add("vote_paused", {"vote": vote})
    log.add("vote_resumed", {"vote": vote})
    votes.take(log, vote, {"lan": "against", "chair": "for"})
    log.add("vote_closed", votes.closed(vote, {"chair": "for", "lan": "against"}))
    log.add("vote_announced", {"vote": vote})
    return log


def _ballots() -> dict[str, Any]:
    log = vote_playbook()
    (vote,) = log.state.votes
    lines = [
        {
            "meeting": log.meeting, "vote": vote.vote, "person": ballot.person, "answer": ballot.answer,
            "nonce": ballot.nonce, "statement": ballot.statement, "commitment": taken.commitment,
        }
        for taken in vote.taken for ballot in vote.ballots if ballot.person == taken.person
    ]  # fmt: skip
    signed = {**lines[0], "statement": "ef" * 32}
    bound = {name: value for name, value in signed.items() if name in {"answer", "nonce", "statement"}}
    signed["commitment"] = commitment(log.meeting, vote.vote, signed["person"], **bound)
    return {
        "about": "W66, W67. `events` fold to `votes`; every ballot is bound to its `commitment`.",
        "meeting": log.meeting,
        "events": [event.to_value() for event in log.events],
        "votes": sections(log.state)["votes"],
        "ballots": [*lines, signed],
    }


def _events() -> dict[str, Any]:
    log = playbook()
    values = [event.to_value() for event in log.events]
    return {
        "about": "W40, W41. `events` are a whole chain; each of `broken` is not, from its first event on.",
        "meeting": log.meeting,
        "events": values,
        "broken": [{"name": name, "events": broken} for name, broken in _broken(values[:4])],
    }


def _broken(values: list[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    first, second, third, fourth = values
    yield "one is missing", [first, third, fourth]
    yield "two are exchanged", [first, third, second, fourth]
    yield "one comes twice", [first, second, second, third]
    yield "the first is missing", [second, third, fourth]
    for key, other in (("at", "2026-11-21T01:00:00.001Z"), ("actor", "person:" + named("u", "lan")), ("seq", 1)):
        yield f"{key} was changed", [first, second | {key: other}, third, fourth]
    changed = copy.deepcopy(second)
    changed["data"]["members"][0]["role"] = "guest"
    yield "data was changed", [first, changed, third, fourth]
    yield "the hash is another's", [first, second | {"hash": third["hash"]}, third, fourth]
    yield "another meeting", [value | {"meeting": MeetingId(named("m", "other"))} for value in values]


def _pairing() -> dict[str, Any]:
    keys = [hashlib.shake_256(f"key {number}".encode()).digest(91) for number in range(8)]
    return {
        "about": "W02, W50. `spki` is a device's public key (base 64); the screens show `code`, its id is `device`.",
        "devices": [
            {
                "spki": base64.b64encode(key).decode("ascii"),
                "device": ids.device_id(key),
                "code": ids.pairing_code(key),
            }
            for key in keys
        ],
    }


def _topics() -> dict[str, Any]:
    device, room = DeviceId(named("d", "A3")), RoomId(named("r", "room"))
    version = PaperVersion(PaperId(named("p", "report")), 3)
    found = [
        *(Topic.up(device, lane) for lane in sorted(topics.UP_LANES)),
        *(Topic.down(device, lane) for lane in sorted(topics.DOWN_LANES)),
        Topic.seat_manifest(device, version),
        Topic.seat_chunk(device, version, 42),
        Topic.events(room, MeetingId(named("m", "demo"))),
        Topic.manifest(room, version),
        Topic.room_chunk(room, version, 0),
        Topic.room_chunk(room, version, topics.MAX_CHUNK - 1),
    ]
    refused = [
        "", "u", f"u/{device}", f"u/{device}/welcome", f"u/{device}/hello/", f"u/{room}/hello",
        f"s/{device}/fix/{version}",
        f"r/{room}/c/{version}/01", f"r/{room}/c/{version}/-1", f"r/{room}/c/{version}/{topics.MAX_CHUNK}",
        f"r/{room}/c/{version.paper}.0/1", f"r/{room}/c/{version.paper}.01/1", "u/+/hello", f"r/{room}/#",
    ]  # fmt: skip
    return {
        "about": "W10, W12. Every topic there is, what is none, and what a seat in a room may do.",
        "topics": [str(topic) for topic in found],
        "refused": refused,
        "grants": {
            "device": device,
            "room": room,
            "lines": [f"{grant.access} {grant.filter}" for grant in topics.device_grants(device, room)],
        },
    }


def _view_patch() -> dict[str, Any]:
    log = playbook()
    again = MeetingLog()
    begin = 3
    for event in log.events[:begin]:
        again.add(event.kind, event.data, actor=event.actor)
    before = start = sections(again.state)
    patches = []
    for event in log.events[begin:]:
        again.add(event.kind, event.data, actor=event.actor)
        after = sections(again.state)
        patches.append({"base": event.seq - 1, "seq": event.seq, "sections": diff(before, after)})
        before = after
    return {
        "about": "M3, W44. `patches` lead from `start` to `end`; one with another base is not applied.",
        "start": {"seq": begin, "sections": start},
        "patches": patches,
        "end": {"seq": len(log.events), "sections": before},
    }


def _agenda_progress() -> dict[str, Any]:
    plan = [item("one"), item("two"), *(item(f"two.{at}", parent="two") for at in "abc"), item("three")]
    log = MeetingLog().created()
    log.add("agenda_set", {"items": plan})
    for kind in ("meeting_submitted", "meeting_approved", "meeting_opened"):
        log.add(kind)
    steps = []
    for begun, current, following in (
        (None, None, "1"),
        ("one", "1", "2"),
        ("two", "2", "2.1"),
        ("two.a", "2.1", "2.2"),
        ("two.c", "2.3", "3"),
        ("two", "2", "2.2"),
        ("two.b", "2.2", "3"),
        ("three", "3", None),
        ("two.b", "2.2", None),
    ):
        if begun is not None:
            log.add("item_started", {"item": named("i", begun)})
        steps.append({"agenda": sections(log.state)["agenda"], "current": current, "next": following})
    return {
        "about": "W47. Items are started one after another: `current` is dealt with, `next` would follow, by number.",
        "steps": steps,
    }


def made() -> dict[str, dict[str, Any]]:
    """File name → content."""
    return {
        "agenda-progress.json": _agenda_progress(),
        "canonical.json": _canonical(),
        "events.json": _events(),
        "pairing.json": _pairing(),
        "statements.json": statements.made(),
        "token-sign-in.json": token_sign_in.made(),
        "topics.json": _topics(),
        "ballots.json": _ballots(),
        "view-patch.json": _view_patch(),
    }


def printed(content: dict[str, Any]) -> str:
    """The text of a golden file."""
    text = json.dumps(content, ensure_ascii=False, indent=1)
    # What an editor might not keep as it is stands escaped.
    return re.sub("[\x7f-\x9f\u2028\u2029]", lambda found: f"\\u{ord(found.group()):04x}", text) + "\n"


if __name__ == "__main__":
    for name, content in made().items():
        (HERE / name).write_text(printed(content), encoding="utf-8")
