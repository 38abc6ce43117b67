"""HTTP of looking accounts over, and of sign-ins.

Rules: everybody sees their own sign-ins; those of others the security administrator and the auditor, on record. Rounds
are held by both administrators of accounts; the auditor sees them.

Usage: ``app.register_blueprint(blueprint(reviews, clock))``.
"""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.identity.model import Role
from server.reviews.service import MOST_AT_ONCE, ReviewService
from server.units.service import By
from server.web import act_id, actor, allow, answer, body


def blueprint(reviews: ReviewService, clock: Clock) -> Blueprint:
    """``/api/sign-ins``, ``/api/me/sign-ins`` and ``/api/reviews``."""
    routes = Blueprint("reviews", __name__)

    def by() -> By:
        return By(actor().label, act_id(), clock.now())

    @routes.get("/api/me/sign-ins")
    @allow(signed_in=True)
    def own() -> ResponseReturnValue:
        return answer({"sign_ins": reviews.own(actor().person_id)})

    @routes.post("/api/sign-ins")
    @allow(Role.SECURITY_ADMIN, Role.AUDITOR, act=False)
    def read() -> ResponseReturnValue:
        fields = body()
        person = fields.id("person", "u") if fields.has("person") else None
        fields.end()
        return answer({"sign_ins": reviews.read(person, by=actor().label, now=clock.now())})

    @routes.get("/api/reviews")
    @allow(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
    def overview() -> ResponseReturnValue:
        return answer(reviews.overview(now=clock.now()))

    @routes.post("/api/reviews")
    @allow(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
    def begin() -> ResponseReturnValue:
        body().end()
        return answer(reviews.begin(by=by()))

    @routes.post("/api/reviews/confirm")
    @allow(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
    def confirm() -> ResponseReturnValue:
        fields = body()
        people = fields.ids("people", "u", limit=MOST_AT_ONCE)
        fields.end()
        return answer(reviews.confirm(people, by=by()))

    @routes.post("/api/reviews/end")
    @allow(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
    def end() -> ResponseReturnValue:
        body().end()
        return answer(reviews.end(by=by()))

    return routes
