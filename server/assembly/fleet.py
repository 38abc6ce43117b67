"""The site's certificates, the terminals, the broker's lists, the room displays.

Rules: puts ``site``, ``keys``, ``fleet`` and ``warden`` into the services and fills the slots of seat devices, displays
and fleet. Building writes keys, certificates and the broker's lists, so that the broker can start before the server
serves; watching the broker starts with the server.

Usage: ``fleet.build(services)``, after ``core.build(services)`` and ``screens.build(services)``.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from server.assembly.record import build_audit
from server.displays import routes as display_routes
from server.displays.ports import PlanSeat
from server.displays.service import DisplayService
from server.displays.store import SqlDisplayStore
from server.distribution.store import SqlLinkStore
from server.enrolment import routes as enrolment_routes
from server.enrolment.service import EnrolmentService
from server.enrolment.store import SqlPromiseStore
from server.fleet import est
from server.fleet import routes as fleet_routes
from server.fleet.broker import BrokerLists, FileReload, SignalReload, Warden
from server.fleet.issuer import SiteIssuer
from server.fleet.limits import AddressLimit
from server.fleet.model import AccessWanted, FleetChange, Presence
from server.fleet.mqtt_takeover import BrokerDoor, warden_tls
from server.fleet.renewal import Renewals
from server.fleet.service import FleetService
from server.fleet.store import SqlDeviceStore
from server.fleet.stores import Stores
from server.identity.passwords import MadePasswords
from server.keys.site import SiteKeys
from server.pki.announcement import SiteFacts, site_document
from server.pki.bundle import bundle
from server.pki.site import WARDEN_USER, SiteNames, SitePki
from server.rooms.service import RoomService
from server.roster.reader import SheetProcess
from server.services import Services
from server.slots import Slots
from wire.ids import DeviceId

BROKER_TIMEOUT_S: Final = 2.0
#: A room of a hundred seats behind one address may all ask every RETRY_S seconds.
ENROL_BURST: Final = 200
ENROL_PER_S: Final = 50.0


def build(services: Services) -> None:
    """Put the features together, write what the broker reads, register the routes."""
    settings, clock, slots = services.settings, services.clock, services.slots
    services.site = build_site(services)
    services.keys = SiteKeys.load_or_create(settings.data_dir / "keys")
    store = SqlDeviceStore()
    services.warden = build_warden(services, store)
    issuer, journal = SiteIssuer(services.site), build_audit(services)
    services.fleet = FleetService(
        services.database,
        store,
        services.ledger,
        issuer=issuer,
        access=services.warden,
        presence=_LatePresence(slots),
        journal=journal,
        store_keys=SqlLinkStore(),
        stores=Stores(services.database, store, journal),
        renewals=Renewals(
            services.database, store, issuer=issuer, access=services.warden, journal=journal, clock=clock
        ),
    )
    services.fleet.watchers.append(_Screens(services))
    lists = EnrolmentService(
        services.database,
        SqlPromiseStore(),
        services.fleet,
        SheetProcess(),
        MadePasswords(),
        services.ledger,
        journal,
    )
    services.fleet.before_swap.append(lists.store.hold)
    services.fleet.on_decided.append(lists.decided)
    displays = DisplayService(
        services.database,
        SqlDisplayStore(),
        rooms=_Rooms(services.rooms),
        journal=build_audit(services),
        random=os.urandom,
    )
    slots.seat_devices, slots.fleet, slots.displays = services.fleet, services.fleet, displays
    ca = bundle([services.site.authority.certificate])
    limit = AddressLimit(burst=ENROL_BURST, per_s=ENROL_PER_S)
    document = _document(services)
    services.blueprints += [
        fleet_routes.blueprint(services.fleet, clock),
        est.blueprint(
            services.fleet,
            clock,
            enrol=lists.enrol,
            ca=ca,
            site=lambda: document,
            limit=limit,
            behind_proxy=settings.behind_proxy,
        ),
        enrolment_routes.blueprint(lists, clock),
        display_routes.blueprint(displays, clock),
    ]
    services.warden.publish()
    services.starters.append(services.warden.start)
    services.closers.append(services.warden.stop)
    services.health["broker-lists"] = services.warden.is_well


def build_site(services: Services) -> SitePki:
    """The site's authorities and certificates in ``data_dir/pki``, made or renewed as needed."""
    settings = services.settings
    names = SiteNames(settings.site_name, settings.public_hosts)
    return SitePki.load_or_create(settings.data_dir / "pki", names=names, now=services.clock.now())


def build_warden(services: Services, store: SqlDeviceStore) -> Warden:
    """What keeps the broker to the database's lists."""
    settings, site, database = services.settings, services.site, services.database

    def wanted(now: dt.datetime) -> AccessWanted:
        with database.read() as tx:
            return store.access_wanted(tx, now=now)

    tls = warden_tls(
        ca=site.path("ca.pem"), certificate=site.path(f"{WARDEN_USER}.pem"), key=site.path(f"{WARDEN_USER}.key")
    )
    folder = settings.data_dir / "broker"
    pid_file = settings.broker_pid_file
    return Warden(
        BrokerLists(folder, site),
        BrokerDoor(settings.mqtt_host, settings.mqtt_port, tls=tls, timeout_s=BROKER_TIMEOUT_S),
        reload=SignalReload(Path(pid_file)) if pid_file else FileReload(folder / "reload"),
        wanted=wanted,
        clock=services.clock,
    )


def _document(services: Services) -> dict[str, Any]:
    settings, signer = services.settings, services.keys.signer
    facts = SiteFacts(
        name=settings.site_name,
        mqtt_host=settings.mqtt_seat_host,
        mqtt_port=settings.mqtt_seat_port,
        mailbox=services.keys.mailbox.public,
    )
    certificate = services.site.signing_certificate(signer.public, now=services.clock.now())
    return site_document(facts, certificate=certificate, sign=signer.sign)


class _LatePresence:
    """Asks whoever fills the presence slot later."""

    def __init__(self, slots: Slots) -> None:
        self._slots: Final = slots

    def presence(self, devices: Collection[DeviceId]) -> Mapping[DeviceId, Presence]:
        """What the presence slot answers now."""
        return self._slots.presence.presence(devices)


class _Screens:
    """Tells the consoles that look at the fleet."""

    def __init__(self, services: Services) -> None:
        self._services: Final = services

    def fleet_changed(self, change: FleetChange) -> None:  # noqa: ARG002 - they fetch the whole list
        """Something about a terminal has changed."""
        self._services.live.fleet_changed()


class _Rooms:
    """The rooms feature as the displays' port."""

    def __init__(self, rooms: RoomService) -> None:
        self._rooms: Final = rooms

    def room_name(self, room: str) -> str:
        """The name of a room; raises NoSuchRoom."""
        return self._rooms.room(room).name

    def plan(self, room: str) -> Sequence[PlanSeat]:
        """Its seats; raises NoSuchRoom."""
        return [PlanSeat(seat.id, seat.label, seat.x, seat.y) for seat in self._rooms.room(room).seats]
