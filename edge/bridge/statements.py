"""A statement that is to be signed: read to its last field, shown in words, signed as it was shown (G56).

Rules: the server's question holds the whole statement; what the person reads is written from it here
(``wire.wording``), and the card signs the attributes that are written here, from it and from the certificate of the
card that is in. It is of a console: the statement of a seat is made at that seat. Its moment is the question's.

Usage::

    wanted = StatementAsk.read(ask)              # raises AskWrong
    message = wanted.message(certificate)        # to the card; raises AskWrong
    wanted.result(certificate, signature)        # what the page brings to the server
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from edge.bridge.errors import AskWrong
from edge.signing.statement import build, statement_to_sign
from wire.asking import Ask
from wire.errors import WireError
from wire.fields import Fields
from wire.proof import LIFE_S
from wire.statement import Statement
from wire.wording import LANGUAGES, words

#: The server takes the moment first and seals the question after it.
_SLACK: Final = dt.timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class StatementAsk:
    """What the server wants declared."""

    statement: Statement

    @classmethod
    def read(cls, ask: Ask) -> StatementAsk:
        """Raises AskWrong."""
        try:
            fields = Fields(dict(ask.data), "ask.data")
            found = Statement.of(fields.any("statement"))
            fields.end()
        except WireError as exc:
            raise AskWrong(str(exc)) from exc
        if found.place is not None:
            raise AskWrong("a statement of a seat")
        asked_at = ask.expires_at - dt.timedelta(seconds=LIFE_S)
        if not asked_at - _SLACK <= found.made_at <= asked_at + _SLACK:
            raise AskWrong("a statement of another moment")
        return cls(found)

    def to_value(self) -> dict[str, Any]:
        """As the bridge's page shows it."""
        said = {language: words(self.statement, language) for language in LANGUAGES}
        return {
            "name": self.statement.name,
            "statement": self.statement.kind,
            "words": {language: {"title": one.title, "lines": list(one.lines)} for language, one in said.items()},
        }

    def message(self, certificate: bytes) -> bytes:
        """What the card signs; raises AskWrong for a certificate whose key is not taken."""
        try:
            return statement_to_sign(self.statement, certificate)
        except WireError as exc:
            raise AskWrong(str(exc)) from exc

    def result(self, certificate: bytes, signature: bytes) -> dict[str, Any]:
        """Statement, certificate and signature, as the server takes them."""
        return build(self.statement, certificate, signature)
