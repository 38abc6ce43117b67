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
from server.services import Services


def build(services: Services) -> None:
    """Put the feature together; nothing is connected yet."""
    settings, slots, site = services.settings, services.slots, services.site
    tls = TlsFiles(site.path("ca.pem"), site.path(f"{SERVER_USER}.pem"), site.path(f"{SERVER_USER}.key"))
    source = Source(
        unit=services.database,
        store=SqlLinkStore(),
        meetings=services.meetings,
        epochs=services.epochs,
        papers=services.paper_store,
        chunks=services.paper_files,
        master=services.keys.master,
    )
    outside = Outside(
        source=source,
        fleet=services.fleet,
        acts=services.acts,
        watcher=services.live,
        clock=services.clock,
        random=os.urandom,
    )
    link = MqttLink(Address(settings.mqtt_host, settings.mqtt_port), tls=tls)
    services.distribution = Distribution(outside, link=link, keys=services.keys)
    slots.holders = slots.presence = slots.delivery = services.distribution
    slots.announcers.append(services.distribution)
    services.fleet.watchers.append(services.distribution)
    services.blueprints.append(blueprint(services.distribution))
    services.starters.append(services.distribution.start)
    services.closers.append(services.distribution.stop)
    services.health["broker"] = lambda: services.distribution.is_well
