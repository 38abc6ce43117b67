"""What every HTTP route shares: who may call it, how a body is read, how an error is answered.

Rules: default deny: a view without :func:`allow` or :func:`public` is never reached. A request that changes something
carries the session's CSRF token and, unless the view says otherwise, an idempotency key. One table turns errors into
statuses; every error has the body ``{"error": {code, vi, en, data}}``.

Usage::

    @blueprint.post("/api/meetings/<meeting>/open")
    @allow(member=MemberRole.CHAIR)
    def open_meeting(meeting: str) -> ResponseReturnValue:
        fields = body()
        fields.end()
        return answer({"seq": service.open_meeting(actor(), meeting, act=act_id(), now=now())})
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, ParamSpec, Protocol, TypeVar

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

import pages.errors
import web
from server import errors
from server.identity.model import Actor, Role
from wire import canonical, ids
from wire.errors import BadId, BadJson, PhaseError, WireError
from wire.fields import Fields
from wire.state import MemberRole

SESSION_COOKIE: Final = "phonghop_session"
DISPLAY_COOKIE: Final = "phonghop_display"
CSRF_HEADER: Final = "X-CSRF-Token"
ACT_HEADER: Final = "Idempotency-Key"
MAX_JSON_BYTES: Final = 1024 * 1024
ANY_MEMBER: Final = frozenset(MemberRole)
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_ACCESS: Final = "__phonghop_access__"
_LOG: Final = logging.getLogger("web")

P = ParamSpec("P")
R = TypeVar("R")

#: The nearest class of an error's ancestry decides.
STATUS: Final[dict[type[Exception], int]] = {
    errors.Malformed: 400,
    errors.NotAuthenticated: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.Unsupported: 422,
    errors.SessionLocked: 423,
    errors.TooMany: 429,
    errors.Unavailable: 503,
    PhaseError: 409,
    WireError: 400,
    pages.errors.NoSuchPage: 404,
    pages.errors.PaperUnreadable: 422,
    pages.errors.PagesError: 503,
}
#: Codes for what Flask and Werkzeug themselves refuse.
_HTTP_CODES: Final = {404: "not-found", 405: "method-not-allowed", 413: "body-too-large", 415: "bad-request"}


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call a view; ``why_public`` is set when anyone may."""

    roles: frozenset[Role] = frozenset()
    members: frozenset[MemberRole] = frozenset()
    signed_in: bool = False
    display: bool = False
    while_locked: bool = False
    without_factor: bool = False
    with_one_time: bool = False
    act: bool = True
    why_public: str = ""


class Doorkeeper(Protocol):
    """What the guards need to know about who calls (the identity and meetings features answer)."""

    def session(self, token: str, *, while_locked: bool, without_factor: bool, with_one_time: bool) -> Actor:
        """The person of a session cookie.

        Raises NotAuthenticated, SessionLocked, PasswordMustChange or SecondFactorMissing.
        """
        ...

    def display(self, token: str) -> Actor | None:
        """The display of a display cookie."""
        ...

    def csrf(self, token: str) -> str:
        """The CSRF token that belongs to a session cookie."""
        ...

    def member_roles(self, person: str, meeting: str | None) -> frozenset[MemberRole]:
        """The person's roles in a meeting, or in any meeting."""
        ...

    def meeting_room(self, meeting: str) -> str | None:
        """The room of a meeting, None when there is no such meeting."""
        ...


def allow(
    *roles: Role,
    member: MemberRole | Iterable[MemberRole] = (),
    signed_in: bool = False,
    display: bool = False,
    while_locked: bool = False,
    without_factor: bool = False,
    with_one_time: bool = False,
    act: bool = True,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let in those named; everybody else gets 403.

    Accounts with one of ``roles``, or members of the URL's ``<meeting>`` with one of ``member`` (of any meeting when
    the URL has none), or anyone ``signed_in``, or the room's ``display``. ``while_locked``: also in a locked session.
    ``without_factor``: also for who has to set a second factor up first. ``with_one_time``: also for who has to change
    a password that somebody else gave first. ``act=False``: no idempotency key is asked of
    a changing request.
    """
    members = frozenset({member}) if isinstance(member, MemberRole) else frozenset(member)
    who = (frozenset(roles), members, signed_in, display)
    return _mark(Access(*who, while_locked, without_factor, with_one_time, act))


def public(why: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let anyone in, for the reason ``why``."""
    return _mark(Access(why_public=why, act=False))


def access_of(view: object) -> Access | None:
    """What :func:`allow` or :func:`public` said about a view."""
    found = getattr(view, _ACCESS, None)
    return found if isinstance(found, Access) else None


def actor() -> Actor:
    """Who calls; only inside a view that is not public."""
    found: Actor = g.actor
    return found


def act_id() -> str:
    """The idempotency key of a changing request."""
    found: str = g.act
    return found


def body() -> Fields:
    """The JSON object of the request, every text in NFC; raises BadJson, BadField or TooLarge. Empty means ``{}``."""
    raw = _raw_body()
    if not raw:
        return Fields({}, "body")
    try:
        # Keyboards differ in how they compose a letter; inside the house there is one form.
        text = json.dumps(_normal(json.loads(raw)), ensure_ascii=False)
        return Fields(canonical.decode_lenient(text.encode("utf-8")), "body")
    except (ValueError, RecursionError):
        raise BadJson("not JSON in UTF-8") from None


def _raw_body() -> bytes:
    """At most :data:`MAX_JSON_BYTES`: the application's own limit is an upload's, and no length need be told."""
    request.max_content_length = MAX_JSON_BYTES + 1
    try:
        raw = request.get_data(cache=True)
    except RequestEntityTooLarge:
        raw = None
    # What came without a length is cut silently, so one byte more is asked for than may be there.
    if raw is None or len(raw) > MAX_JSON_BYTES:
        raise errors.TooLarge(limit_mib=MAX_JSON_BYTES // 1024**2)
    return raw


def _normal(value: Any) -> Any:
    if isinstance(value, str):
        return canonical.normal(value)
    if isinstance(value, list):
        return [_normal(entry) for entry in value]
    if isinstance(value, dict):
        return {canonical.normal(key): _normal(entry) for key, entry in value.items()}
    return value


def answer(value: dict[str, Any], status: int = 200) -> Response:
    """A JSON answer that nobody keeps."""
    response = jsonify(value)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def nothing() -> Response:
    """204: done, nothing to say."""
    return Response(status=204)


def error_answer(error: Exception) -> Response:
    """The one shape of all errors."""
    code, status, data = _read_error(error)
    response = answer(_error_body(code, data), status)
    if status == 429 and "wait_s" in data:
        response.headers["Retry-After"] = str(data["wait_s"])
    return response


def error_body(error: Exception) -> dict[str, Any]:
    """The same as JSON, where there is no HTTP answer (live connections)."""
    code, _status, data = _read_error(error)
    return _error_body(code, data)


def _error_body(code: str, data: dict[str, Any]) -> dict[str, Any]:
    text = web.error_text(code, data)
    return {"error": {"code": code, "vi": text.vi, "en": text.en, "data": data}}


def install(app: Flask, doorkeeper: Doorkeeper, *, origins: tuple[str, ...] = ()) -> None:
    """Put the guard before every view and the error table behind it."""

    def guard() -> None:
        _guard(app, doorkeeper, origins)

    app.before_request(guard)
    app.register_error_handler(Exception, error_answer)


def _mark(access: Access) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def marked(view: Callable[P, R]) -> Callable[P, R]:
        setattr(view, _ACCESS, access)
        return view

    return marked


def _guard(app: Flask, doorkeeper: Doorkeeper, origins: tuple[str, ...]) -> None:
    if request.endpoint is None:
        return  # Flask answers 404 or 405 itself
    access = access_of(app.view_functions[request.endpoint])
    if access is None:
        raise errors.NotAllowed
    if access.why_public:
        if request.method not in _SAFE and not same_origin(origins):
            raise CsrfMissing
        return
    g.actor = _caller(doorkeeper, access)
    if request.method not in _SAFE:
        _check_change(doorkeeper, access, origins)
    _check_rights(doorkeeper, access, g.actor)


def _caller(doorkeeper: Doorkeeper, access: Access) -> Actor:
    token = request.cookies.get(SESSION_COOKIE, "")
    only_displays = not (access.roles or access.members or access.signed_in)
    asks_as_display = access.display and (only_displays or is_display_page())
    if access.display and (asks_as_display or not token):
        display = doorkeeper.display(request.cookies.get(DISPLAY_COOKIE, ""))
        if display is not None:
            return display
        if asks_as_display:
            raise errors.NotAuthenticated
    return doorkeeper.session(
        token,
        while_locked=access.while_locked,
        without_factor=access.without_factor,
        with_one_time=access.with_one_time,
    )


def is_display_page() -> bool:
    """Whether the room display's page asks: who has signed in in the same browser lends it no rights."""
    return request.args.get("as") == "display"


def same_origin(origins: tuple[str, ...]) -> bool:
    """Whether the request comes from a page of ours; browsers that send no Origin pass by the CSRF token alone."""
    origin = request.headers.get("Origin")
    return origin is None or origin == request.host_url.rstrip("/") or origin in origins


def _check_change(doorkeeper: Doorkeeper, access: Access, origins: tuple[str, ...]) -> None:
    expected = doorkeeper.csrf(request.cookies.get(SESSION_COOKIE, ""))
    given = request.headers.get(CSRF_HEADER, "")
    if not (same_origin(origins) and secrets.compare_digest(expected.encode(), given.encode())):
        raise CsrfMissing
    if access.act:
        try:
            g.act = ids.parse("a", request.headers.get(ACT_HEADER))
        except BadId:
            raise ActKeyMissing from None


def _check_rights(doorkeeper: Doorkeeper, access: Access, caller: Actor) -> None:
    meeting = _meeting_of_url()
    if caller.person is None:
        if caller.display_room is None or (meeting and doorkeeper.meeting_room(meeting) != caller.display_room):
            raise errors.NotAllowed
        return
    if access.signed_in or caller.has(*access.roles):
        return
    if access.members and not access.members.isdisjoint(doorkeeper.member_roles(caller.person, meeting)):
        return
    raise errors.NotAllowed


def _meeting_of_url() -> str | None:
    meeting = (request.view_args or {}).get("meeting")
    if meeting is None:
        return None
    try:
        return ids.parse("m", meeting)
    except BadId:
        raise errors.NotFound from None


def _read_error(error: Exception) -> tuple[str, int, dict[str, Any]]:
    for kind in type(error).__mro__:
        if kind in STATUS:
            return str(getattr(error, "code", "server-error")), STATUS[kind], _data(error)
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        return _HTTP_CODES.get(error.code, "bad-request"), error.code, {}
    # Only our own log gets the details; the caller gets a number to quote.
    reference = secrets.token_hex(4)
    # The rule, not the path: a calendar's address is a secret.
    place = request.path if request.url_rule is None else request.url_rule.rule
    _LOG.error("fault %s in %s %s", reference, request.method, place, exc_info=error)
    return "internal-error", 500, {"reference": reference}


def _data(error: Exception) -> dict[str, Any]:
    return error.data if isinstance(error, errors.ServerError | WireError) else {}


class CsrfMissing(errors.NotAllowed):
    """The request does not prove that it comes from a page of ours."""

    code = "csrf-missing"


class ActKeyMissing(errors.Malformed):
    """A changing request without an idempotency key."""

    code = "act-key-missing"
