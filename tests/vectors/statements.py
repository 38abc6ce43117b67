"""Statements of each kind, their words, what a card signs for them, and the CMS that anybody can check (W62–W65).

Rules: the key and certificate are the published ones of tests/vectors/gsa-icam; RSA with PKCS #1 v1.5 gives the same
bytes every time, so the file is the same on every run.

Usage: `python -m tests.vectors.statements` writes the example in wire/README.md.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.support.meeting_log import MeetingLog, named
from tests.vectors import token_sign_in
from wire import cades, declare
from wire.declare import Maker
from wire.statement import CONSULT, VOTE, Place, SignedStatement, Statement, check_body
from wire.wording import LANGUAGES, words

BEGIN, END = "<!-- statement: begin -->", "<!-- statement: end -->"
_HERE = Path(__file__).resolve().parent
README = _HERE.parents[1] / "wire" / "README.md"
_PEM = _HERE / "gsa-icam" / "piv-auth.pem"
BALLOT: dict[str, Any] = {
    "ballot": "b-aaaabbbbccccdddd",
    "question": "Thông qua báo cáo công tác tháng 10 (demo)",
    "answers": [
        {"answer": "for", "text": "Tán thành"},
        {"answer": "against", "text": "Không tán thành"},
        {"answer": "none", "text": "Không biểu quyết"},
    ],
    "answer": "for",
    "weight": 1,
}


CONSULTED: dict[str, Any] = {
    "answers": [
        {
            "question": "Thông qua quy chế làm việc (demo)",
            "choices": ["Đồng ý", "Không đồng ý", "Ý kiến khác"],
            "chosen": "Ý kiến khác",
            "opinion": "Bổ sung trách nhiệm của đơn vị chủ trì\nvào Điều 3",
        },
        {"question": "Góp ý khác (demo)", "choices": [], "chosen": "", "opinion": "Không"},
    ]
}


def statements() -> dict[str, Statement]:
    """One of each kind, by a name that says what it is."""
    log = MeetingLog().prepared()
    log.add("meeting_opened", actor=f"person:{named('u', 'chair')}")
    at = dt.datetime(2026, 11, 21, 1, 30, 5, 250_000, tzinfo=dt.UTC)
    seat = Place(named("d", "A3"), named("s", "A3"), "A3")
    lan, chair = Maker(named("u", "lan"), seat, at), Maker(named("u", "chair"), None, at)
    papers = [paper.paper for paper in log.state.papers]
    check_body(VOTE, BALLOT)
    check_body(CONSULT, CONSULTED)
    return {
        "roll call": declare.attend(log.state, lan),
        "roll call, late": declare.attend(log.state, lan, presence="late"),
        "named vote": declare.declare(log.state, VOTE, BALLOT, maker=lan),
        "named vote with a weight": declare.declare(log.state, VOTE, BALLOT | {"weight": 3}, maker=lan),
        "approval of papers": declare.approve_papers(log.state, chair, papers=papers),
        "closing": declare.close(log.state, chair),
        "answer to a consultation slip": Statement(
            kind=CONSULT,
            meeting=named("f", "slip"),
            title="Quy chế làm việc (demo)",
            person=named("u", "lan"),
            name="Đồng chí lan (demo)",
            place=None,
            made_at=at,
            seq=2,
            hash="5c" * 32,
            body=CONSULTED,
        ),
    }


def signature(message: bytes) -> bytes:
    """Of the published key."""
    key = load_pem_private_key(_PEM.read_bytes(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def made() -> dict[str, Any]:
    """The content of `statements.json`."""
    return {
        "about": "W62–W65. `signed` is what the card signs; `cms` is made of `sent`; `words` is what the screen shows.",
        "statements": [_entry(name, statement) for name, statement in statements().items()],
    }


def _entry(name: str, statement: Statement) -> dict[str, Any]:
    certificate = token_sign_in.certificate()
    message = cades.to_sign(statement, certificate)
    sent = SignedStatement(statement.encode(), certificate, signature(message))
    cms = cades.assemble(statement, certificate, sent.signature)
    return {
        "name": name,
        "value": statement.to_value(),
        "sha256": statement.sha256,
        "words": {language: [*words(statement, language)] for language in LANGUAGES},
        "signed": base64.b64encode(message).decode(),
        "sent": sent.to_value(),
        "cms": base64.b64encode(cms).decode(),
    }


def readme_section() -> str:
    """The part of wire/README.md between the markers."""
    statement = statements()["named vote"]
    entry = _entry("named vote", statement)
    pretty = json.dumps(statement.to_value(), ensure_ascii=False, indent=1, sort_keys=True)
    title, lines = entry["words"]["vi"]
    shown = "\n".join(f"> {line}" for line in (f"**{title}**", *lines))
    signed = hashlib.sha256(base64.b64decode(entry["signed"])).hexdigest()
    cms = hashlib.sha256(base64.b64decode(entry["cms"])).hexdigest()
    closing = (
        f"{len(statement.encode())} bytes with the SHA-256 `{statement.sha256}`; that of the signed attributes is\n"
        f"`{signed}`, that of the CMS `{cms}`."
    )
    return f"{BEGIN}\n\n```json\n{pretty}\n```\n\n{shown}\n\n{closing}\n\n{END}"


if __name__ == "__main__":
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    README.write_text(before + readme_section() + rest.partition(END)[2], encoding="utf-8")
