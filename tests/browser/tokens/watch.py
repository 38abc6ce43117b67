"""Looks over people's shoulders while a day goes on: pages, processes, the seats' disks, and the keys of the day.

Rules: only what cannot be looked at afterwards is kept here – what a page of the browser can read, processes that end,
files that are there while a paper is being signed – and the secrets themselves, taken with the server's own keys.

Usage::

    watch = Watch(house)
    watch.glances(deputy.page)
    watch.learns()                  # before the meeting ends
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.sync_api import Page

from sealing.boxes import open_box
from sealing.papers import PaperReader
from server.keys.site import SiteKeys
from tests.browser.tokens.house import House
from tests.browser.tokens.search import files, processes
from wire.envelope import open_envelope
from wire.proof import TOKEN
from wire.records import Layout
from wire.topics import PaperVersion, parse

_WRAPPED: Final = "wrapped_"
_LEFT_IN_PAGE: Final = """async () => JSON.stringify([
  Object.entries(localStorage), Object.entries(sessionStorage), document.cookie, location.href, history.state,
  (await indexedDB.databases()).map((one) => one.name), await caches.keys(),
  [...document.querySelectorAll('input, textarea')].map((one) => one.value), document.documentElement.outerHTML,
])"""


@dataclass
class Watch:
    """``seen``: bytes by where they were; ``keys``: those that papers, epochs and signed files lie under."""

    house: House
    seen: dict[str, bytes] = field(default_factory=dict, repr=False)
    pages: int = 0
    keys: dict[str, bytes] = field(default_factory=dict, repr=False)
    papers: list[bytes] = field(default_factory=list, repr=False)

    def glances(self, page: Page, *, at: str) -> None:
        """Now, at this moment of the day."""
        self.pages += 1
        self.seen[f"page at {at}"] = str(page.evaluate(_LEFT_IN_PAGE)).encode()
        self.seen |= {f"{name} at {at}": data for name, data in processes().items()}
        for seat in range(1, len(self.house.room.room.room.ports.seats) + 1):
            folders = [self.house.room.room.room.folder.path(*names) for names in ((f"seat-{seat}",), ("run",))]
            self.seen |= {f"{name} at {at}": data for name, data in files(*folders).items()}

    def learns(self) -> None:
        """The keys of everything that is kept, and the papers themselves, by the server's own keys."""
        server = self.house.room.room.room.folder.path("server")
        site = SiteKeys.load_or_create(server / "keys")
        with sqlite3.connect(f"file:{server / 'phonghop.db'}?mode=ro", uri=True) as database:
            for table, column in _wrapped(database):
                for number, (wrapped,) in enumerate(database.execute(f"SELECT {column} FROM {table}")):  # noqa: S608
                    if wrapped is not None:
                        self.keys[f"{table} {number}"] = site.master.unwrap(wrapped).reveal()
            rows = database.execute("SELECT paper, version, plain_bytes, wrapped_key FROM paper_versions").fetchall()
        for paper, version, size, wrapped in rows:
            with (server / "files" / f"{paper}.{version}.ct").open("rb") as file:
                key, which = site.master.unwrap(wrapped), PaperVersion(paper, version)
                self.papers.append(PaperReader(file, layout=Layout(size), key=key, paper=which).read())

    def sign_ins(self) -> list[dict[str, Any]]:
        """What the seats sent of each sign-in with a token, opened with the server's mailbox key."""
        mailbox = SiteKeys.load_or_create(self.house.room.room.room.folder.path("server", "keys")).mailbox
        acts = []
        for name, payload in self.house.tap.messages:
            topic = parse(name)
            if (topic.tree, topic.lane) == ("u", "act"):
                envelope = open_box(payload, key=mailbox, topic=topic)
                value = open_envelope(envelope, verify=lambda *_: None).value()
                acts.append(value["data"] if value["kind"] == "sign_in" else {})
        return [data for data in acts if data.get("method") == TOKEN]


def _wrapped(database: sqlite3.Connection) -> list[tuple[str, str]]:
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    columns = [(table, row[1]) for table in tables for row in database.execute(f"PRAGMA table_info({table})")]
    return [(table, column) for table, column in columns if column.startswith(_WRAPPED)]
