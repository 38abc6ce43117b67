"""HTTP of displays.

Rules: the link's token is in the URL's fragment, which no browser sends and no proxy logs; the page posts it once and
gets a cookie that no script sees. The cookie lasts, because nobody sits at the screen to open the link again.

Usage: ``app.register_blueprint(blueprint(displays, clock))``.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.displays.service import DisplayService
from server.errors import NotAllowed
from server.identity.model import Role
from server.web import DISPLAY_COOKIE, actor, allow, answer, body, public
from wire.secret import Secret

COOKIE_DAYS: Final = 365


def blueprint(displays: DisplayService, clock: Clock) -> Blueprint:
    """``/api/display`` and the links of rooms."""
    routes = Blueprint("displays", __name__)

    @routes.post("/api/rooms/<room>/display-link")
    @allow(Role.IT, act=False)  # the answer is a secret, so it is not kept to be given again
    def make_link(room: str) -> ResponseReturnValue:
        fields = body()
        replace = fields.flag("replace") if fields.has("replace") else False
        fields.end()
        token = displays.make_link(room, by=actor().label, replace=replace, now=clock.now())
        return answer({"url": f"/display#{token.reveal().decode('ascii')}"}, 201)

    @routes.post("/api/display/sign-in")
    @public("the token is what a display has instead of a name")
    def sign_in() -> ResponseReturnValue:
        fields = body()
        token = Secret(fields.text("token", limit=200).encode("utf-8"))
        fields.end()
        opened = displays.open_link(token, now=clock.now())
        response = answer({"room": opened.room, "room_name": opened.room_name})
        response.set_cookie(
            DISPLAY_COOKIE,
            opened.cookie.reveal().decode("ascii"),
            max_age=COOKIE_DAYS * 86_400,
            httponly=True,
            samesite="Strict",
            secure=request.is_secure,
            path="/",
        )
        return response

    @routes.get("/api/display")
    @allow(display=True)
    def where() -> ResponseReturnValue:
        room = actor().display_room
        if room is None:
            raise NotAllowed
        return answer({"room": room, "room_name": displays.room_name(room)})

    @routes.get("/api/display/plan")
    @allow(display=True)
    def plan() -> ResponseReturnValue:
        room = actor().display_room
        if room is None:
            raise NotAllowed
        return answer({"seats": [asdict(seat) for seat in displays.plan(room)]})

    return routes
