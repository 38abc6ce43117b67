"""Everything the server is made of, as one value that the parts of the assembly fill in turn.

Rules: only ``server/app.py`` and ``server/assembly/`` build it; features never see it, they are handed what they need.
A part registers its blueprints, what has to be started once the application stands, and what has to be closed.

Usage::

    def build(services: Services) -> None:
        papers = PaperService(services.database, SqlPaperStore(), services.meetings)
        services.blueprints.append(papers_blueprint(papers))
        services.starters.append(worker.start)
        services.closers.append(worker.stop)
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Flask

from pages.renderer import Renderer
from server.agency.service import AgencyService
from server.audit.service import AdminLog
from server.chores import Chores
from server.clock import Clock
from server.consultations.service import SlipService
from server.db.engine import Database
from server.distribution.service import Distribution
from server.door import Door
from server.dossier.service import Dossiers
from server.factors.service import FactorService
from server.fleet.broker import Warden
from server.fleet.orders import FleetOrders
from server.fleet.service import FleetService
from server.idempotency.ports import ActLedger
from server.identity.service import IdentityService
from server.keeping.service import KeepingService
from server.keys.service import EpochKeys
from server.keys.site import SiteKeys
from server.live.pointing import Pointing
from server.live.service import LiveHub
from server.meetings.ports import ActHandler, ActTogether, GatheredHandler, SeatAct
from server.meetings.service import MeetingService
from server.minutes.service import MinutesService
from server.papers.files import PaperFiles
from server.papers.ports import PaperStore
from server.papers.routes import Desk as PaperDesk
from server.papers.service import PaperService
from server.pki.site import SitePki
from server.readings.consoles import ConsoleReadings
from server.record.service import RecordService
from server.rehearsals.service import RehearsalService
from server.reports.service import ReportService
from server.reviews.service import ReviewService
from server.rooms.service import RoomService
from server.search.service import SearchService
from server.settings import Settings
from server.signing.service import SigningService
from server.slots import Slots
from server.speaking.service import SpeakingService
from server.statements.service import StatementService
from server.tasks.reading import TaskReading
from server.tokens.consoles import Consoles
from server.tokens.service import TokenSignIn
from server.trust.admin import TrustAdmin
from server.trust.service import TrustService
from server.units.service import UnitService
from server.updates.rollouts import Rollouts
from server.voting.secret.urn import Urn
from server.voting.service import VotingService
from server.workdays.service import WorkDayService

if TYPE_CHECKING:
    # Fonts and PDF libraries, a second's worth: the commands of ``phonghop admin`` need none of it.
    from server.letters.press import Press
    from server.letters.service import LetterService
    from server.signing.desk import SigningDesk
    from server.signing.seats import SeatSigning

_LOG: Final = logging.getLogger("server")


@dataclass
class Services:
    """What is there before any feature; each part of the assembly adds its own."""

    settings: Settings
    clock: Clock
    database: Database
    slots: Slots = field(default_factory=Slots)
    blueprints: list[Blueprint] = field(default_factory=list)
    #: threads and connections; called by ``serve`` (and by tests that want them) after the application stands
    starters: list[Callable[[], None]] = field(default_factory=list)
    #: called in reverse order when the server stops
    closers: list[Callable[[], None]] = field(default_factory=list)
    #: what ``/healthz`` asks: name → whether it is well
    health: dict[str, Callable[[], bool]] = field(default_factory=dict)

    #: called with the finished Flask application, for what wraps it (Socket.IO)
    wrappers: list[Callable[[Flask], None]] = field(default_factory=list)

    #: kinds of seats' acts that features after the meetings perform
    seat_acts: dict[str, SeatAct] = field(default_factory=dict)
    #: those of them that many people give at the same moment
    acts_together: dict[str, ActTogether] = field(default_factory=dict)

    #: what is looked after now and then; see ``server/chores.py``
    chores: Chores = field(init=False)

    # What the parts make; each is there for the parts after its own.
    factors: FactorService = field(init=False)
    identity: IdentityService = field(init=False)
    units: UnitService = field(init=False)
    reviews: ReviewService = field(init=False)
    rooms: RoomService = field(init=False)
    agency: AgencyService = field(init=False)
    workdays: WorkDayService = field(init=False)
    meetings: MeetingService = field(init=False)
    acts: ActHandler = field(init=False)
    gathered: GatheredHandler = field(init=False)
    voting: VotingService = field(init=False)
    speaking: SpeakingService = field(init=False)
    rehearsals: RehearsalService = field(init=False)
    minutes: MinutesService = field(init=False)
    urn: Urn = field(init=False)
    orders: FleetOrders = field(init=False)
    rollouts: Rollouts = field(init=False)
    keeping: KeepingService = field(init=False)
    ledger: ActLedger = field(init=False)
    door: Door = field(init=False)
    live: LiveHub = field(init=False)
    pointing: Pointing = field(init=False)
    site: SitePki = field(init=False)
    keys: SiteKeys = field(init=False)
    warden: Warden = field(init=False)
    trust: TrustService = field(init=False)
    tokens: TokenSignIn = field(init=False)
    consoles: Consoles = field(init=False)
    fleet: FleetService = field(init=False)
    epochs: EpochKeys = field(init=False)
    paper_store: PaperStore = field(init=False)
    paper_files: PaperFiles = field(init=False)
    reading: ConsoleReadings = field(init=False)
    papers: PaperService = field(init=False)
    paper_desk: PaperDesk = field(init=False)
    renderer: Renderer = field(init=False)
    audit: AdminLog = field(init=False)
    record: RecordService = field(init=False)
    trust_admin: TrustAdmin = field(init=False)
    signing: SigningService = field(init=False)
    rounds: SigningDesk = field(init=False)
    press: Press = field(init=False)
    letters: LetterService = field(init=False)
    statements: StatementService = field(init=False)
    seat_signing: SeatSigning = field(init=False)
    dossiers: Dossiers = field(init=False)
    consultations: SlipService = field(init=False)
    distribution: Distribution = field(init=False)
    search: SearchService = field(init=False)
    tasks: TaskReading = field(init=False)
    reports: ReportService = field(init=False)

    def start(self) -> None:
        """Start what runs beside the requests."""
        for starter in self.starters:
            starter()

    def close(self) -> None:
        """Stop everything, the last started first."""
        for closer in reversed(self.closers):
            try:
                closer()
            except Exception:  # noqa: BLE001 - what is left has to be closed all the same
                _LOG.exception("could not be closed")
        self.database.close()
