"""The routes of the seat's page (docs/API.md, "Seat page").

Rules: a view reads the newest screen or asks the agent; which papers may be read is decided by what is in the screen,
and nothing else. Pages that are fetched are no sign of life: only what a person does puts the idle lock off.

Usage: ``app = create_page(Page(board, desk, pictures, …), port=…, dist=web.dist())``
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Flask, Response, request
from flask.typing import ResponseReturnValue

from edge.errors import BadRequest, PaperNotHere, PaperNotReady, SeatLocked, SignInFirst
from edge.events import (
    ActAsked,
    FollowsPresenter,
    Laid,
    LockAsked,
    OrderSeen,
    PageSeen,
    PinGiven,
    PointsAt,
    ReadyAsked,
    RoundAsked,
    RoundClosed,
    RoundConfirmed,
    SignInAsked,
    SignOutAsked,
    StatementAsked,
    StatementConfirmed,
    StatementLeft,
    Touched,
    UnlockAsked,
    Woken,
)
from edge.page import answers, guard
from edge.page.board import Board
from edge.page.desk import Desk
from edge.page.front import front
from edge.page.kiosk import Kiosk
from edge.page.marks import marks
from edge.page.pictures import Pictures
from edge.screen import Screen
from pages.model import MAX_WIDTH, MIN_WIDTH, Document
from wire import ids
from wire.errors import BadField, WireError
from wire.fields import Fields, print_instant
from wire.front import Front
from wire.ids import PaperId
from wire.manifest import MAX_PAGES
from wire.messages.pointing import Place
from wire.messages.viewing import Part
from wire.readiness import Opening
from wire.topics import MAX_VERSION, PaperVersion

DEFAULT_WIDTH: Final = 1200
MAX_QUERY: Final = 200
MAX_PASSWORD: Final = 512
MAX_PIN: Final = 64
MAX_CODE: Final = 64
#: A mark changes so often (P6); pages drawn before stay good for as long.
MARK_MINUTES: Final = 10
VIETNAM: Final = dt.timezone(dt.timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Page:
    """What the routes use."""

    board: Board
    desk: Desk
    pictures: Pictures
    now: Callable[[], dt.datetime]
    new_act: Callable[[], str]
    token: str
    kiosk: Kiosk
    #: Tells one agent from another; shown to everybody.
    instance: str
    #: The page has painted.
    painted: Callable[[], None] = lambda: None


def create_page(page: Page, *, port: Callable[[], int], dist: Path) -> Flask:
    """The WSGI application."""
    app = Flask("edge.page", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = answers.MAX_BODY_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    guard.guard(app, token=page.token, port=port, kiosk=page.kiosk)
    answers.explain_errors(app)
    app.register_blueprint(front(dist, page="seat.html", title="Chỗ ngồi"))
    app.register_blueprint(_kiosk(page))
    app.register_blueprint(_seat(page))
    app.register_blueprint(_person(page))
    app.register_blueprint(_presenter(page))
    app.register_blueprint(_statements(page))
    app.register_blueprint(_rounds(page))
    app.register_blueprint(_papers(page))
    app.register_blueprint(marks(page.desk))
    return app


def _kiosk(page: Page) -> Blueprint:
    routes = Blueprint("kiosk", __name__)

    @routes.get("/healthz")
    def health() -> ResponseReturnValue:
        page.board.now()  # before its first screen the seat is starting
        return answers.answer({"instance": page.instance})

    @routes.post("/api/kiosk")
    def enter() -> ResponseReturnValue:
        value = page.kiosk.admit(answers.body().text("secret", limit=MAX_PASSWORD, empty=True))
        response = answers.answer({})
        response.set_cookie(page.kiosk.cookie_name, value, path="/api", httponly=True, samesite="Strict")
        return response

    return routes


def _seat(page: Page) -> Blueprint:
    routes = Blueprint("seat", __name__)

    @routes.get("/api/seat")
    def everything() -> ResponseReturnValue:
        screen = page.board.now()
        now = page.now() + dt.timedelta(seconds=screen.ahead_s)
        head = {"token": page.token, "seq": screen.seq, "now": print_instant(now)}
        return answers.answer({**screen.sections, **head})

    @routes.get("/api/live")
    def live() -> ResponseReturnValue:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return Response(page.board.stream(), mimetype="text/event-stream", headers=headers)

    @routes.post("/api/orders/<order>/seen")
    def seen(order: str) -> ResponseReturnValue:
        page.desk.tell(OrderSeen(ids.parse("a", order)))
        return Response(status=204)

    @routes.post("/api/woken")
    def woken() -> ResponseReturnValue:
        page.desk.tell(Woken())
        return Response(status=204)

    @routes.post("/api/painted")
    def painted() -> ResponseReturnValue:
        page.painted()
        return Response(status=204)

    return routes


def _presenter(page: Page) -> Blueprint:
    routes = Blueprint("presenter", __name__)

    def tell(read: Callable[[Fields], Place | Part]) -> ResponseReturnValue:
        fields = answers.body()
        place = read(fields)
        fields.end()
        page.desk.tell(PointsAt(place))
        return Response(status=204)

    routes.post("/api/point", endpoint="point")(partial(tell, Place.read))
    routes.post("/api/view", endpoint="view")(partial(tell, Part.read))
    return routes


def _person(page: Page) -> Blueprint:
    routes = Blueprint("person", __name__)

    @routes.post("/api/sign-in")
    def sign_in() -> ResponseReturnValue:
        fields = answers.body()
        person, password, code = fields.id("person", "u"), _password(fields), _code(fields)
        act = _act_id(page)
        page.desk.ask(lambda number: SignInAsked(number, act, person), password=password, code=code)
        return answers.answer({})

    @routes.post("/api/unlock")
    def unlock() -> ResponseReturnValue:
        fields = answers.body()
        # Where the password cannot be compared here, the server is asked, and wants the code as well.
        page.desk.ask(UnlockAsked, password=_password(fields), code=_code(fields))
        return answers.answer({})

    @routes.post("/api/token")
    def token() -> ResponseReturnValue:
        fields = answers.body()
        pin, last_try_ok = _pin(fields), fields.has("last_try_ok") and fields.flag("last_try_ok")
        # Before anything is tried: what was not meant for a card costs no try.
        fields.end()
        act = _act_id(page)
        page.desk.ask(lambda number: PinGiven(number, act, last_try_ok=last_try_ok), password=pin)
        return answers.answer({})

    @routes.post("/api/lock")
    def lock() -> ResponseReturnValue:
        page.desk.ask(LockAsked)
        return answers.answer({})

    @routes.post("/api/sign-out")
    def sign_out() -> ResponseReturnValue:
        act = _act_id(page)
        page.desk.ask(lambda number: SignOutAsked(number, act))
        return answers.answer({})

    @routes.post("/api/touched")
    def touched() -> ResponseReturnValue:
        page.desk.tell(Touched())
        return Response(status=204)

    @routes.post("/api/following")
    def following() -> ResponseReturnValue:
        page.desk.tell(FollowsPresenter())
        return Response(status=204)

    @routes.post("/api/front")
    def front() -> ResponseReturnValue:
        page.desk.tell(Laid(Front.read(answers.body())))
        return Response(status=204)

    @routes.post("/api/ready")
    def ready() -> ResponseReturnValue:
        opening, act = Opening.read(answers.body()), page.new_act()
        return answers.answer(page.desk.ask(lambda number: ReadyAsked(number, act, opening)))

    @routes.post("/api/act")
    def act() -> ResponseReturnValue:
        fields = answers.body()
        act, kind, data = fields.id("act", "a"), fields.text("kind", limit=40), fields.any("data")
        if not isinstance(data, Mapping):
            raise BadRequest
        page.desk.ask(lambda number: ActAsked(number, act, kind, data))
        return answers.answer({"act": act}, 202)

    return routes


def _statements(page: Page) -> Blueprint:
    routes = Blueprint("statements", __name__, url_prefix="/api/statements")

    @routes.post("")
    def ask() -> ResponseReturnValue:
        fields = answers.body()
        act, kind, data = fields.id("act", "a"), fields.text("kind", limit=40), fields.any("data")
        fields.end()
        if not isinstance(data, Mapping):
            raise BadRequest
        made_at = page.now() + dt.timedelta(seconds=page.board.now().ahead_s)
        return answers.answer(page.desk.ask(lambda number: StatementAsked(number, act, kind, made_at, data)))

    @routes.post("/<act>/sign")
    def sign(act: str) -> ResponseReturnValue:
        fields, wanted = answers.body(), ids.parse("a", act)
        pin, last_try_ok = _pin(fields), fields.has("last_try_ok") and fields.flag("last_try_ok")
        fields.end()
        page.desk.ask(lambda number: StatementConfirmed(number, wanted, last_try_ok=last_try_ok), password=pin)
        return answers.answer({"act": wanted}, 202)

    @routes.post("/<act>/leave")
    def leave(act: str) -> ResponseReturnValue:
        answers.body().end()
        wanted = ids.parse("a", act)
        page.desk.ask(lambda number: StatementLeft(number, wanted))
        return answers.answer({})

    return routes


def _rounds(page: Page) -> Blueprint:
    routes = Blueprint("rounds", __name__, url_prefix="/api/rounds")

    @routes.post("/<round_id>/open")
    def look(round_id: str) -> ResponseReturnValue:
        answers.body().end()
        wanted = ids.parse("k", round_id)
        page.desk.ask(lambda number: RoundAsked(number, wanted))
        return answers.answer({})

    @routes.post("/<round_id>/sign")
    def sign(round_id: str) -> ResponseReturnValue:
        fields, wanted = answers.body(), ids.parse("k", round_id)
        sha256, pin = fields.hex("sha256", size=32), _pin(fields)
        last_try_ok = fields.has("last_try_ok") and fields.flag("last_try_ok")
        fields.end()
        act, answer = page.new_act(), page.new_act()
        page.desk.ask(
            lambda number: RoundConfirmed(number, act, answer, wanted, sha256, last_try_ok=last_try_ok), password=pin
        )
        return answers.answer({}, 202)

    @routes.post("/close")
    def leave() -> ResponseReturnValue:
        answers.body().end()
        page.desk.ask(RoundClosed)
        return answers.answer({})

    return routes


def _papers(page: Page) -> Blueprint:
    routes = Blueprint("papers", __name__, url_prefix="/api/papers/<paper>/<int:version>")

    @routes.get("/pages/<int:number>")
    def picture(paper: str, version: int, number: int) -> ResponseReturnValue:
        read = _document(page, paper, version)
        mark = _mark(read.screen, page.now())
        width = _number("width", DEFAULT_WIDTH, low=MIN_WIDTH, high=MAX_WIDTH)
        if request.args.get("ahead") == "1" and 1 <= number <= max(1, read.pages):
            page.pictures.ahead(read.document, number, width=width, mark=mark, ticket=read.ticket)
            return Response(status=204)
        webp = page.pictures.page(read.document, number, width=width, mark=mark, pages=read.pages, ticket=read.ticket)
        return Response(webp, mimetype="image/webp", headers={"Cache-Control": "no-store"})

    @routes.get("/text/<int:number>")
    def text(paper: str, version: int, number: int) -> ResponseReturnValue:
        read = _document(page, paper, version)
        found = page.pictures.text(read.document, number, ticket=read.ticket)
        if read.screen.reader is not None:
            # Readers ask for the words of the page in front, and of no other (web/src/lib/reader/TextLayer.svelte).
            page.desk.tell(PageSeen(read.screen.reader, read.document.paper, number))
        words = [[word.x0, word.y0, word.x1, word.y1, word.text] for word in found.words]
        return answers.answer({"width": found.width, "height": found.height, "words": words})

    @routes.get("/search")
    def search(paper: str, version: int) -> ResponseReturnValue:
        query = request.args.get("q", "")[:MAX_QUERY]
        read = _document(page, paper, version)
        hits = page.pictures.search(read.document, query, ticket=read.ticket)
        return answers.answer(
            {"hits": [{"page": hit.page, "count": hit.count, "excerpt": hit.excerpt} for hit in hits]}
        )

    @routes.get("/outline")
    def outline(paper: str, version: int) -> ResponseReturnValue:
        read = _document(page, paper, version)
        found = page.pictures.outline(read.document, ticket=read.ticket)
        entries = [{"title": each.title, "page": each.page, "level": each.level} for each in found.entries]
        return answers.answer({"sizes": [list(size) for size in found.sizes], "outline": entries})

    return routes


@dataclass(frozen=True, slots=True)
class _Read:
    """A paper, its pages, the screen that allows it, and a ticket from before that screen."""

    document: Document
    pages: int
    screen: Screen
    ticket: int


def _document(page: Page, paper: str, version: int) -> _Read:
    """What may be read now."""
    ticket = page.pictures.ticket
    screen = page.board.now()
    if screen.reader is None:
        raise SeatLocked if screen.sections["seat"]["state"] == "locked" else SignInFirst
    try:
        wanted = PaperVersion(PaperId(ids.parse("p", paper)), version)
    except WireError:
        raise PaperNotHere from None
    if not 1 <= version <= MAX_VERSION:
        raise PaperNotHere
    document = screen.documents.get(wanted)
    if document is None:
        held = screen.sections["holding"].get(str(wanted))
        if held is None or screen.is_concealed:
            raise PaperNotHere
        raise PaperNotReady(have=held["have"], chunks=held["chunks"])
    # Of a file to be signed nobody has said how many it has: what is drawn ahead of its end is no page.
    pages = next((each["pages"] for each in screen.sections["papers"] if each["paper"] == paper), MAX_PAGES)
    return _Read(document, pages, screen, ticket)


def _mark(screen: Screen, now: dt.datetime) -> str:
    local = (now + dt.timedelta(seconds=screen.ahead_s)).astimezone(VIETNAM)
    rounded = local.replace(minute=local.minute - local.minute % MARK_MINUTES)
    return f"{screen.mark} · {rounded:%d/%m/%Y %H:%M}"


def _number(name: str, default: int, *, low: int, high: int) -> int:
    text = request.args.get(name, str(default))
    if not text.isascii() or not text.isdigit():
        raise BadRequest
    return min(max(int(text[:9]), low), high)


def _password(fields: Fields) -> bytearray:
    password = fields.any("password")
    if not isinstance(password, str) or not 0 < len(password) <= MAX_PASSWORD:
        raise BadField("body.password", "is not a password")
    return bytearray(password.encode("utf-8"))


def _code(fields: Fields) -> bytearray | None:
    """The code of a second factor, or a recovery code; None without one."""
    if not fields.has("code"):
        return None
    code = fields.any("code")
    if not isinstance(code, str) or not 0 < len(code) <= MAX_CODE:
        raise BadField("body.code", "is not a code")
    return bytearray(code.encode("utf-8"))


def _pin(fields: Fields) -> bytearray:
    """As bytes that are wiped; how long it may be is the token's to say."""
    pin = fields.any("pin")
    if not isinstance(pin, str) or not 0 < len(pin) <= MAX_PIN:
        raise BadField("body.pin", "is not a PIN")
    return bytearray(pin.encode("utf-8"))


def _act_id(page: Page) -> str:
    """The page's key of a call that it may repeat; a new one when it gave none."""
    given: Any = request.headers.get("Idempotency-Key")
    try:
        return ids.parse("a", given)
    except WireError:
        return page.new_act()
