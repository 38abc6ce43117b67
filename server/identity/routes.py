"""HTTP of identity: sign-in, the session, the idle lock, people.

Rules: the session's token travels in a cookie that no script sees; a password is a ``Secret`` from the moment it is
read.

Usage: ``app.register_blueprint(blueprint(identity, clock))``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.errors import NotAuthenticated
from server.identity.choosing import SEED_BYTES
from server.identity.model import Account, Role, check_grant
from server.identity.ports import UnitNames
from server.identity.service import IdentityService, NewAccount
from server.names import by_name
from server.web import SESSION_COOKIE, act_id, actor, allow, answer, body, nothing, public
from wire.fields import Fields
from wire.secret import Secret
from wire.state import MemberRole

_LIMIT: Final = 200
#: A whole path of units.
_UNIT_LIMIT: Final = 1_800


def blueprint(identity: IdentityService, clock: Clock, units: UnitNames) -> Blueprint:
    """All routes under ``/api/sign-in``, ``/api/me`` and ``/api/people``."""
    routes = Blueprint("identity", __name__)
    _session_routes(routes, identity, clock)
    _account_routes(routes, identity, clock, units)
    return routes


def _session_routes(routes: Blueprint, identity: IdentityService, clock: Clock) -> None:
    @routes.post("/api/sign-in")
    @public("signing in is how one stops being anybody")
    def sign_in() -> ResponseReturnValue:
        fields = body()
        username = fields.text("username", limit=_LIMIT)
        secret, given = password(fields, "password"), code(fields)
        fields.end()
        signed_in = identity.sign_in(username, secret, given, source=source(), now=clock.now())
        response = answer(me_value(identity, signed_in.account, signed_in.token))
        set_session_cookie(response, signed_in.token)
        return response

    @routes.post("/api/sign-out")
    @allow(signed_in=True, while_locked=True, without_factor=True, with_one_time=True, act=False)
    def sign_out() -> ResponseReturnValue:
        identity.sign_out(session_token())
        response = nothing()
        response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="Strict", secure=request.is_secure)
        return response

    @routes.get("/api/me")
    @allow(signed_in=True, without_factor=True, with_one_time=True)
    def me() -> ResponseReturnValue:
        session, account = identity.live_session(session_token(), now=clock.now())
        return answer(me_value(identity, account, session_token(), certificate=session.certificate))

    @routes.post("/api/unlock")
    @public("a locked session can do nothing else; the cookie and the password are checked here")
    def unlock() -> ResponseReturnValue:
        fields = body()
        secret = password(fields, "password")
        fields.end()
        if not session_token():
            raise NotAuthenticated
        account = identity.unlock(session_token(), secret, source=source(), now=clock.now())
        return answer(me_value(identity, account, session_token()))

    @routes.post("/api/me/password")
    @allow(signed_in=True, without_factor=True, with_one_time=True, act=False)
    def change_password() -> ResponseReturnValue:
        fields = body()
        old, new = password(fields, "old"), password(fields, "new")
        fields.end()
        identity.change_password(session_token(), old, new, source=source(), now=clock.now())
        return nothing()


def _account_routes(routes: Blueprint, identity: IdentityService, clock: Clock, units: UnitNames) -> None:
    @routes.get("/api/people")
    @allow(Role.SECRETARY, Role.IT, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, member=MemberRole.CHAIR)
    def people() -> ResponseReturnValue:
        now, unused, with_factor = clock.now(), identity.policy.unused, identity.with_factor()
        return answer(
            {
                "people": [
                    {
                        **_person(account),
                        "unit_id": account.unit_id,
                        "username": account.username,
                        "disabled": account.is_disabled(now, unused),
                        "second_factor": account.id in with_factor,
                    }
                    for account in sorted(identity.people(), key=lambda each: by_name(each.name))
                ],
                "factor_rule": identity.policy.factor,
            }
        )

    @routes.post("/api/people")
    @allow(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
    def create_account() -> ResponseReturnValue:
        fields = body()
        new = NewAccount(
            username=fields.text("username", limit=_LIMIT),
            name=fields.text("name", limit=_LIMIT).strip(),
            position=fields.text("position", limit=_LIMIT, empty=True).strip(),
            unit=fields.text("unit", limit=_UNIT_LIMIT, empty=True).strip(),
            roles=roles(fields),
            one_time=not fields.has("one_time") or fields.flag("one_time"),
        )
        secret = password(fields, "password")
        fields.end()
        check_grant(actor().roles, new.roles)
        if new.unit:
            unit = units.named(new.unit)
            new = replace(new, unit=unit.name, unit_id=unit.id)
        person = identity.create_account(new, secret, actor=actor().label, act=act_id(), now=clock.now())
        return answer({"id": person}, 201)

    @routes.post("/api/people/<person>/password")
    @allow(Role.SECURITY_ADMIN)
    def give_password(person: str) -> ResponseReturnValue:
        fields = body()
        seed = Secret(fields.base64("seed", size=SEED_BYTES))
        fields.end()
        made = identity.give_password(person, seed, by=actor(), act=act_id(), now=clock.now())
        return answer({"password": made.reveal().decode()})

    @routes.post("/api/people/<person>/disable")
    @allow(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
    def disable_account(person: str) -> ResponseReturnValue:
        return switch(person, disabled=True)

    @routes.post("/api/people/<person>/enable")
    @allow(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
    def enable_account(person: str) -> ResponseReturnValue:
        return switch(person, disabled=False)

    def switch(person: str, *, disabled: bool) -> Response:
        body().end()
        identity.switch_account(person, disabled=disabled, by=actor(), act=act_id(), now=clock.now())
        return nothing()


def password(fields: Fields, key: str) -> Secret:
    """A password of a body; never part of a complaint."""
    return Secret(fields.text(key, limit=512).encode("utf-8"))


def code(fields: Fields) -> Secret | None:
    """The code of a second factor, if a body has one; never part of a complaint."""
    return Secret(fields.text("code", limit=_LIMIT).encode("utf-8")) if fields.has("code") else None


def roles(fields: Fields) -> frozenset[Role]:
    """The roles of a body; raises BadField."""
    wanted = Fields({str(index): role for index, role in enumerate(fields.items("roles", limit=10))}, "body.roles")
    return frozenset(Role(wanted.choice(str(index), frozenset(Role))) for index in range(len(fields.items("roles"))))


def me_value(identity: IdentityService, account: Account, token: str, *, certificate: str = "") -> dict[str, Any]:
    """Who is signed in, for the page; ``certificate``: with which token, if any (G54)."""
    return {
        "person": _person(account),
        "csrf": identity.csrf(token),
        "idle_s": int(identity.policy.idle.total_seconds()),
        "must_change_password": not certificate and account.one_time,
        "must_set_factor": not certificate and identity.must_set_factor(account),
        "certificate": certificate or None,
    }


def _person(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "position": account.position,
        "unit": account.unit,
        "roles": sorted(account.roles),
    }


def session_token() -> str:
    """The session's cookie, empty without one."""
    return request.cookies.get(SESSION_COOKIE, "")


def source() -> str:
    """The caller's address, by which tries are counted."""
    return request.remote_addr or "?"


def set_session_cookie(response: Response, token: str) -> None:
    """Of a new session."""
    # No max_age: the browser forgets it when it is closed; the server ends it by its own clock in any case.
    response.set_cookie(SESSION_COOKIE, token, httponly=True, samesite="Strict", secure=request.is_secure, path="/")
