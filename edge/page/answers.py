"""Requests in, answers out: JSON bodies, and the one table of errors and HTTP statuses.

Rules: every error has the shape of docs/API.md; a code that is not in the table is a 409, for it comes from a decision
(the seat's or the server's), not from the request's form.

Usage::

    fields = body()
    return answer({"act": act}, 202)
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

import web
from edge import errors
from edge.card.errors import (
    AccessDenied,
    ModuleCrashed,
    ModuleHung,
    ModuleMissing,
    PinMalformed,
    ReaderDead,
    ServiceAbsent,
)
from edge.errors import BadRequest, EdgeError, PageNotDrawn
from pages.errors import NoSuchPage, PagesError, RenderFailed
from wire import canonical
from wire.errors import WireError
from wire.fields import Fields

MAX_BODY_BYTES: Final = 64 * 1024
_LOG: Final = logging.getLogger("phonghop.seat.page")

STATUS: Final[Mapping[str, int]] = {
    BadRequest.code: 400,
    errors.BadCredentials.code: 401,
    # What the server says of a second factor (I4).
    "second-factor-needed": 401,
    "second-factor-wrong": 401,
    "second-factor-used": 401,
    "second-factor-missing": 403,
    # A password that somebody else gave is changed at a console.
    "password-must-change": 403,
    errors.KioskOnly.code: 401,
    errors.WrongHost.code: 403,
    errors.WrongToken.code: 403,
    errors.NotAMember.code: 403,
    errors.NoSuchPath.code: 404,
    errors.PaperNotHere.code: 404,
    NoSuchPage.code: 404,
    errors.SeatLocked.code: 423,
    errors.SignInFirst.code: 423,
    errors.MarksNotReady.code: 503,
    errors.TooManyTries.code: 429,
    errors.TooManyScreens.code: 429,
    errors.Offline.code: 503,
    errors.Stopping.code: 503,
    PageNotDrawn.code: 503,
    RenderFailed.code: 503,
    errors.DiskFull.code: 507,
    # Of tokens: what is not the person's to change. All other states of a token are a 409.
    PinMalformed.code: 400,
    AccessDenied.code: 503,
    ServiceAbsent.code: 503,
    ReaderDead.code: 503,
    ModuleMissing.code: 503,
    ModuleCrashed.code: 503,
    ModuleHung.code: 503,
}
_OTHERS: Final = 409


def body() -> Fields:
    """The JSON object of the request, every text in NFC; raises :class:`BadRequest`."""
    raw = request.get_data(cache=False)
    try:
        text = canonical.normal(raw.decode("utf-8")).encode("utf-8")
        return Fields(canonical.decode_lenient(text or b"{}"), "body")
    except (UnicodeDecodeError, WireError) as exc:
        raise BadRequest(str(exc)) from exc


def answer(value: Mapping[str, Any], status: int = 200) -> Response:
    """JSON, never kept by the browser."""
    response = jsonify(value)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def refusal(code: str, data: Mapping[str, Any] | None = None, *, status: int | None = None) -> Response:
    """An error in both languages."""
    text = web.error_text(code, data)
    error = {"code": code, "vi": text.vi, "en": text.en, "data": dict(data or {})}
    return answer({"error": error}, status or STATUS.get(code, _OTHERS))


def explain_errors(app: Flask) -> None:
    """Every error leaves in one shape; what nobody foresaw is logged and says nothing of itself."""

    @app.errorhandler(EdgeError)
    def ours(exc: EdgeError) -> Response:
        return refusal(exc.code, exc.data)

    @app.errorhandler(WireError)
    def malformed(exc: WireError) -> Response:
        return refusal(BadRequest.code)

    @app.errorhandler(PagesError)
    def undrawn(exc: PagesError) -> Response:
        if not isinstance(exc, NoSuchPage):
            _LOG.warning("page not drawn: %s (%s)", exc.code, exc)
        return refusal(exc.code)

    @app.errorhandler(HTTPException)
    def http(exc: HTTPException) -> Response:
        return refusal(errors.NoSuchPath.code if exc.code == 404 else BadRequest.code, status=exc.code)

    @app.errorhandler(Exception)
    def unforeseen(exc: Exception) -> Response:
        _LOG.error("page: %s", type(exc).__name__, exc_info=exc)
        return refusal(PageNotDrawn.code, status=500)
