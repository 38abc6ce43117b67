"""HTTP of releases and roll-outs, and the bundles for terminals.

Rules: IT alone brings, rolls out and looks; a bundle is fetched by whoever knows its digest, for it is signed and
holds no secret. An upload is the request's body itself.

Usage: ``app.register_blueprint(blueprint(releases, rollouts, clock))``.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterable
from typing import Final, cast

from flask import Blueprint, Response, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.wsgi import ClosingIterator

from server.clock import Clock
from server.fleet.model import Command
from server.identity.model import Role
from server.updates.errors import BundleTooLarge, ReleaseBusy, ReleaseUnknown
from server.updates.model import MAX_SOAK_H
from server.updates.rollouts import Rollouts, Wanted
from server.updates.service import MAX_NAME, Releases
from server.web import act_id, actor, allow, answer, body, nothing, public
from wire.ids import DeviceId, RoomId
from wire.messages.updates import MAX_BUNDLE_BYTES

#: Bundles that are fetched at one time, by whomever.
FETCHES: Final = 6
_WAIT_S: Final = 10
_SHA: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_ONE: Final = "/api/updates/rollouts/<rollout>"


def blueprint(releases: Releases, rollouts: Rollouts, clock: Clock) -> Blueprint:
    """``/api/updates`` and ``/api/releases``."""
    routes = Blueprint("updates", __name__)
    _releases(routes, releases, rollouts, clock)
    _rollouts(routes, rollouts, clock)
    return routes


def _releases(routes: Blueprint, releases: Releases, rollouts: Rollouts, clock: Clock) -> None:
    # Each holds one of the server's threads as long as the reader takes; meetings need the others.
    places = threading.BoundedSemaphore(FETCHES)

    @routes.get("/api/updates")
    @allow(Role.IT)
    def read_updates() -> ResponseReturnValue:
        value = {
            "authority": releases.has_authority,
            "file": str(releases.authority),
            "releases": releases.all(),
            "rollouts": rollouts.board(now=clock.now()),
        }
        return answer(value)

    @routes.post("/api/updates/releases")
    @allow(Role.IT)
    def add_release() -> ResponseReturnValue:
        if (request.content_length or 0) > MAX_BUNDLE_BYTES:
            raise BundleTooLarge(limit_mib=MAX_BUNDLE_BYTES // 1024**2)
        # The application's own limit is a paper's; what comes is counted while it does.
        request.max_content_length = MAX_BUNDLE_BYTES + 1
        name = "".join(each for each in request.args.get("name", "") if each.isprintable())[:MAX_NAME]
        taken = releases.take(request.stream, expected_bytes=request.content_length, name=name, command=_command(clock))
        return answer(taken, 201)

    @routes.delete("/api/updates/releases/<sha256>")
    @allow(Role.IT)
    def drop_release(sha256: str) -> ResponseReturnValue:
        releases.drop(_command(clock), _sha(sha256))
        return nothing()

    @routes.get("/api/releases/<sha256>")
    @public(
        "a terminal fetches what it was told to; it is signed, and whoever knows its digest knows nothing more by it"
    )
    def fetch_release(sha256: str) -> ResponseReturnValue:
        path = releases.path(_sha(sha256))
        if path is None:
            raise ReleaseUnknown
        if not places.acquire(blocking=False):
            raise ReleaseBusy(wait_s=_WAIT_S)
        try:
            response: Response = send_file(path, mimetype="application/octet-stream", etag=sha256, conditional=True)
        except BaseException:
            places.release()
            raise
        # Not call_on_close: nobody calls it for what is passed through as it is.
        given_back = contextlib.ExitStack()
        given_back.callback(places.release)
        response.response = ClosingIterator(cast("Iterable[bytes]", response.response), given_back.close)
        response.headers["Cache-Control"] = "no-store"
        return response


def _rollouts(routes: Blueprint, rollouts: Rollouts, clock: Clock) -> None:
    @routes.post("/api/updates/rollouts")
    @allow(Role.IT)
    def begin_rollout() -> ResponseReturnValue:
        fields = body()
        wanted = Wanted(
            fields.hex("release", size=32),
            DeviceId(fields.id("lab", "d")),
            RoomId(fields.id("room", "r")) if fields.has("room") else None,
            fields.number("soak_h", high=MAX_SOAK_H),
        )
        fields.end()
        return answer({"id": rollouts.begin(_command(clock), wanted)}, 201)

    @routes.post(f"{_ONE}/stop")
    @allow(Role.IT)
    def stop_rollout(rollout: str) -> ResponseReturnValue:
        body().end()
        rollouts.stop(_command(clock), rollout)
        return nothing()

    @routes.post(f"{_ONE}/resume")
    @allow(Role.IT)
    def resume_rollout(rollout: str) -> ResponseReturnValue:
        body().end()
        rollouts.go_on_again(_command(clock), rollout)
        return nothing()

    @routes.post(f"{_ONE}/hurry")
    @allow(Role.IT)
    def hurry_rollout(rollout: str) -> ResponseReturnValue:
        body().end()
        rollouts.hurry(_command(clock), rollout)
        return nothing()

    @routes.post(f"{_ONE}/end")
    @allow(Role.IT)
    def end_rollout(rollout: str) -> ResponseReturnValue:
        body().end()
        rollouts.end(_command(clock), rollout)
        return nothing()

    @routes.post(f"{_ONE}/skip")
    @allow(Role.IT)
    def skip_terminal(rollout: str) -> ResponseReturnValue:
        fields = body()
        device = fields.id("device", "d")
        fields.end()
        rollouts.skip(_command(clock), rollout, DeviceId(device))
        return nothing()


def _command(clock: Clock) -> Command:
    return Command(actor().label, act_id(), clock.now())


def _sha(text: str) -> str:
    if _SHA.fullmatch(text) is None:
        raise ReleaseUnknown
    return text
