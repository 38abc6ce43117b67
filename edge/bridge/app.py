"""The HTTP surface of the bridge (docs/API.md, "Bridge of a PC"); who may call what stands in ``callers.TABLE``.

Rules: a view asks the desk and answers; bodies are small JSON read to the last field; answers are kept by nobody. A
stream is JSON, one object a line, an empty line when there is no news.

Usage: ``app = create_bridge(Surface(desk, door, pairing, dist=web.dist()))``
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask import Blueprint, Flask, Response, request
from flask.typing import ResponseReturnValue

from edge.bridge.callers import TICKET_HEADER, Door, guard
from edge.bridge.desk import Desk
from edge.bridge.errors import STATUS, AskWrong, BridgeRefusal
from edge.bridge.home import Pairing
from edge.bridge.introductions import Introductions
from edge.bridge.papers import MAX_FILE_BYTES, MAX_UPDATE_BYTES, Offer
from edge.bridge.streams import Told
from edge.errors import ServerRefused
from edge.page import answers
from edge.page.front import front
from pages.renderer import Renderer
from wire.asking import MAX_BYTES as MAX_ASK_BYTES
from wire.errors import BadField
from wire.fields import Fields

#: A signed question in base 64, and room for the rest of a body.
MAX_BODY_BYTES: Final = 2 * MAX_ASK_BYTES
MAX_SECRET: Final = 512
MAX_PIN: Final = 64
PAGE_WIDTH: Final = 1200
_COOKIE_S: Final = 400 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Surface:
    """What the routes use."""

    desk: Desk
    door: Door
    introductions: Introductions
    renderer: Renderer
    dist: Path


def create_bridge(surface: Surface) -> Flask:
    """The WSGI application."""
    app = Flask("edge.bridge", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    answers.explain_errors(app)

    @app.errorhandler(BridgeRefusal)
    def ours(exc: BridgeRefusal) -> Response:
        return answers.refusal(exc.code, exc.data, status=STATUS.get(exc.code, 409))

    guard(app, surface.door)
    for blueprint in (_front(surface), _consoles(surface), _person(surface)):
        app.register_blueprint(blueprint)
    return app


def _front(surface: Surface) -> Blueprint:
    routes = front(surface.dist, page="bridge.html", title="USB token")

    @routes.get("/here")
    def here() -> ResponseReturnValue:
        """So that a sign-in page finds the port before it is paired; there is nothing to read."""
        return Response(status=204, headers={"Cross-Origin-Resource-Policy": "cross-origin"})

    @routes.post("/api/enter")
    def enter() -> ResponseReturnValue:
        fields = answers.body()
        secret = fields.text("secret", limit=MAX_SECRET, empty=True)
        fields.end()
        kiosk = surface.door.kiosk
        value = kiosk.admit(secret)
        response = answers.answer({})
        response.set_cookie(kiosk.cookie_name, value, max_age=_COOKIE_S, path="/api", httponly=True, samesite="Strict")
        return response

    return routes


def _consoles(surface: Surface) -> Blueprint:
    """Every one of them for a page of a paired server."""
    routes = Blueprint("consoles", __name__)
    desk = surface.desk

    @routes.get("/api/hello")
    def hello() -> ResponseReturnValue:
        return answers.answer({"bridge": desk.home.key.device})

    @routes.post("/api/vouch")
    def vouch() -> ResponseReturnValue:
        fields = answers.body()
        code, nonce = fields.text("code", limit=MAX_SECRET), fields.base64("nonce")
        fields.end()
        key, signature = surface.introductions.vouch(_origin(), code, nonce[:MAX_SECRET])
        return answers.answer({"key": _text(key), "signature": _text(signature)})

    @routes.post("/api/asks")
    def ask() -> ResponseReturnValue:
        return answers.answer({"ticket": desk.ask(_message(), origin=_origin())}, 201)

    @routes.post("/api/asks/renew")
    def renew() -> ResponseReturnValue:
        desk.renew(_ticket(), _message(), origin=_origin())
        return answers.answer({})

    @routes.post("/api/asks/withdraw")
    def withdraw() -> ResponseReturnValue:
        answers.body().end()
        desk.withdraw(_ticket(), origin=_origin())
        return answers.answer({})

    @routes.get("/api/asks/live")
    def live() -> ResponseReturnValue:
        return _lines(desk.stream(_ticket(), origin=_origin()))

    @routes.post("/api/asks/file")
    def file() -> ResponseReturnValue:
        request.max_content_length = MAX_FILE_BYTES
        desk.take_file(_ticket(), request.get_data(cache=False), origin=_origin())
        return answers.answer({})

    @routes.post("/api/asks/offer")
    def offer() -> ResponseReturnValue:
        request.max_content_length = 4 * MAX_UPDATE_BYTES
        fields = answers.body()
        given: Offer | ServerRefused
        if fields.has("code"):
            given = ServerRefused(fields.text("code", limit=80), **fields.free("data", limit_bytes=4096))
        else:
            given = Offer.read(fields)
        fields.end()
        desk.take_offer(_ticket(), given, origin=_origin())
        return answers.answer({})

    return routes


def _person(surface: Surface) -> Blueprint:
    """Every one of them for the person's own browser, on the bridge's own page."""
    routes = Blueprint("person", __name__)
    desk = surface.desk

    @routes.get("/api/own")
    def own() -> ResponseReturnValue:
        return answers.answer({"own": surface.door.token, **desk.own(_ticket())})

    @routes.get("/api/own/live")
    def own_live() -> ResponseReturnValue:
        return _lines(desk.own_stream(_ticket()))

    @routes.post("/api/own/pairings/propose")
    def propose() -> ResponseReturnValue:
        fields = answers.body()
        pairing, code = Pairing.read(fields), fields.text("code", limit=MAX_SECRET)
        fields.end()
        surface.introductions.propose(pairing, code)
        known = desk.home.pairing(pairing.origin)
        changed = known is not None and known.key != pairing.key
        return answers.answer({**pairing.to_value(), "code": pairing.code, "changed": changed})

    @routes.post("/api/own/pairings")
    def pair() -> ResponseReturnValue:
        fields = answers.body()
        origin, key = fields.text("origin", limit=280), fields.text("key", limit=64)
        fields.end()
        surface.introductions.confirm(origin, key=key)
        return answers.answer({}, 201)

    @routes.post("/api/own/pairings/remove")
    def unpair() -> ResponseReturnValue:
        fields = answers.body()
        origin = fields.text("origin", limit=280)
        fields.end()
        desk.unpair(origin)
        return answers.answer({})

    @routes.post("/api/own/pin")
    def pin() -> ResponseReturnValue:
        fields = answers.body()
        given, last_try_ok = _pin(fields), fields.has("last_try_ok") and fields.flag("last_try_ok")
        # Before anything is tried: what was not meant for a card costs no try.
        fields.end()
        desk.give_pin(_ticket(), given, last_try_ok=last_try_ok)
        return answers.answer({})

    @routes.post("/api/own/decline")
    def decline() -> ResponseReturnValue:
        answers.body().end()
        desk.decline(_ticket())
        return answers.answer({})

    @routes.get("/api/own/paper/sizes")
    def sizes() -> ResponseReturnValue:
        found = surface.renderer.outline(desk.paper(_ticket()))
        return answers.answer({"sizes": [list(size) for size in found.sizes]})

    @routes.get("/api/own/paper/pages/<int:number>")
    def picture(number: int) -> ResponseReturnValue:
        webp = surface.renderer.render(desk.paper(_ticket()), number, width=PAGE_WIDTH)
        return Response(webp, mimetype="image/webp", headers={"Cache-Control": "no-store"})

    return routes


def _origin() -> str:
    """Of a page that the door has let in."""
    return request.headers.get("Origin", "")


def _ticket() -> str:
    return request.headers.get(TICKET_HEADER, "")[:MAX_SECRET]


def _message() -> bytes:
    fields = answers.body()
    text = fields.any("message")
    fields.end()
    if not isinstance(text, str):
        raise AskWrong("no text")
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as exc:
        raise AskWrong("not base 64") from exc


def _pin(fields: Fields) -> bytearray:
    """As bytes that are wiped; how long it may be is the token's to say."""
    pin = fields.any("pin")
    if not isinstance(pin, str) or not 0 < len(pin) <= MAX_PIN:
        raise BadField("body.pin", "is not a PIN")
    return bytearray(pin.encode("utf-8"))


def _lines(told: Iterator[Told | None]) -> Response:
    return Response(_Lines(told), mimetype="application/x-ndjson", headers={"Cache-Control": "no-store"})


class _Lines(Iterator[str]):
    """Each object on a line; closed when the page has gone."""

    def __init__(self, told: Iterator[Told | None]) -> None:
        self._told: Final = told

    def __next__(self) -> str:
        found = next(self._told)
        return "\n" if found is None else json.dumps(found, ensure_ascii=False) + "\n"

    def close(self) -> None:
        """As the WSGI server wants it."""
        close = getattr(self._told, "close", None)
        if close is not None:
            close()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
