"""HTTP of checking signatures: one file in, the report out, nothing kept.

Rules: the form is read straight into the intake's sealed file and gone when the answer is made; how often one person
may ask is limited, whatever the file.

Usage: ``app.register_blueprint(blueprint(CheckDesk(checker, intake, trust, limit, clock)))``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from server.clock import Clock
from server.errors import Malformed
from server.fleet.errors import TooManyRequests
from server.fleet.limits import AddressLimit
from server.papers.errors import PaperTooLarge
from server.papers.intake import Inbox, Intake
from server.signatures.checker import SignatureChecker
from server.signatures.errors import CheckFileMissing, CheckTooLarge, CheckTooOften
from server.trust.model import Kept
from server.trust.ports import Authority
from server.web import actor, allow, answer

_FORM_PARTS: Final = 4


class Trust(Protocol):
    """The trust feature, as far as it is needed here."""

    def known(self) -> tuple[Sequence[Authority], Sequence[Kept]]:
        """Authorities and material."""
        ...


@dataclass(frozen=True, slots=True)
class CheckDesk:
    """What the view works with."""

    checker: SignatureChecker
    intake: Intake
    trust: Trust
    limit: AddressLimit
    clock: Clock

    def check(self, person: str) -> dict[str, Any]:
        """The report on the file of this request; raises what ``errors`` says."""
        try:
            self.limit.take(person, at_s=self.clock.monotonic_s())
        except TooManyRequests as exc:
            raise CheckTooOften(**exc.data) from exc
        try:
            with self.intake.receive(expected_bytes=request.content_length) as inbox:
                name = self._receive(inbox)
                authorities, kept = self.trust.known()
                now = self.clock.now()
                found = self.checker.check(inbox.upload, authorities=authorities, kept=kept, now=now)
                anchors = sum(one.trusted for one in authorities)
                return {"file": name, "size_bytes": inbox.upload.plain_bytes, "anchors": anchors, **found}
        except PaperTooLarge as exc:
            raise CheckTooLarge(limit_mib=self.intake.limit_mib) from exc

    def _receive(self, inbox: Inbox) -> str:
        parser = FormDataParser(
            stream_factory=inbox.open,
            max_content_length=self.intake.form_limit_bytes,
            max_form_parts=_FORM_PARTS,
            silent=False,
        )
        try:
            _, _, files = parser.parse_from_environ(request.environ)
        except RequestEntityTooLarge:
            raise CheckTooLarge(limit_mib=self.intake.limit_mib) from None
        except FileExistsError:
            raise Malformed(reason="more than one file") from None
        except ValueError:
            raise CheckFileMissing from None
        sent = files.get("file")
        for each in files.values():
            each.close()
        if sent is None:
            raise CheckFileMissing
        return (sent.filename or "")[:255]


def blueprint(desk: CheckDesk) -> Blueprint:
    """The one route."""
    routes = Blueprint("signatures", __name__)

    @routes.post("/api/signatures/check")
    @allow(signed_in=True)
    def check_signatures() -> ResponseReturnValue:
        return answer({**desk.check(actor().person_id), "checked_at": desk.clock.now().isoformat()})

    return routes
