"""The link to the seats: broker, distribution, and the slots that wait for them.

Rules: puts ``distribution`` into the services; fills the slots of holders, presence and delivery; hears of every change
of a meeting and of the fleet. Connecting starts with the server.

Usage: ``distribution.build(services)``, last of all parts.
"""

from __future__ import annotations

import os

from server.distribution.rooms import Source
from server.distribution.routes import blueprint
from server.distribution.service import Distribution, Outside
from server.distribution.store import SqlLinkStore
from server.link.mqtt import Address, MqttLink, TlsFiles
from server.pki.site import SERVER_USER
from server.record.leading import Leading
from server.record.seats import SeatRecord
from server.services import Services


def build(services: Services) -> None:
    """Put the feature together; nothing is connected yet."""
    settings, site = services.settings, services.site
    tls = TlsFiles(site.path("ca.pem"), site.path(f"{SERVER_USER}.pem"), site.path(f"{SERVER_USER}.key"))
    link = MqttLink(Address(settings.mqtt_host, settings.mqtt_port), tls=tls)
    plug(services, Distribution(outside_of(services), link=link, keys=services.keys))
    services.blueprints.append(blueprint(services.slots))
    services.starters.append(lambda: services.distribution.start())  # noqa: PLW0108 - whoever is plugged in then
    services.closers.append(lambda: services.distribution.stop())  # noqa: PLW0108 - as above
    services.health["broker"] = lambda: services.distribution.is_well


def outside_of(services: Services) -> Outside:
    """The other features, as the distribution needs them."""
    source = Source(
        unit=services.database,
        store=SqlLinkStore(),
        meetings=services.meetings,
        epochs=services.epochs,
        papers=services.paper_store,
        chunks=services.paper_files,
        master=services.keys.master,
    )
    return Outside(
        source=source,
        fleet=services.fleet,
        acts=services.acts,
        gathered=services.gathered,
        challenges=services.tokens,
        watcher=services.live,
        rounds=services.seat_signing,
        record=SeatRecord(services.record, Leading(services.record, services.audit)),
        ballots=services.urn,
        orders=services.orders,
        updates=services.rollouts,
        clock=services.clock,
        random=os.urandom,
    )


def plug(services: Services, distribution: Distribution) -> None:
    """Let the other features know ``distribution``, in place of the one they knew."""
    slots, watchers = services.slots, services.fleet.watchers
    slots.announcers[:] = [each for each in slots.announcers if not isinstance(each, Distribution)]
    watchers[:] = [each for each in watchers if not isinstance(each, Distribution)]
    services.distribution = services.urn.line = distribution
    slots.holders = slots.presence = slots.delivery = distribution
    slots.announcers.append(distribution)
    watchers.append(distribution)
