"""Everything a signing needs, put together as the server does it, with the keys of the test PKI in place of a card.

Usage::

    bench = SigningBench(pki, server_prefix…)
    pdf = bench.sign(pdf, "an", level=Level.B_T)
    bench.raise_level(pdf), bench.check(pdf).worst
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from server.db import migrate
from server.db.engine import Database
from server.signing import pades
from server.signing.check import check
from server.signing.model import Level, Mark
from server.signing.stamps import HttpStamper
from server.signing.state import Prepared
from server.signing.upgrade import Upgrader
from server.signing.verdict import Report
from server.trust import paths
from server.trust.certificates import Reader, read
from server.trust.fetch import HttpFetcher
from server.trust.model import Policy
from server.trust.paths import Paths
from server.trust.revocation import Revocation
from server.trust.service import TrustService, TrustTools
from server.trust.store import SqlTrustStore
from tests.pki.authority import TestPki


def trust_service(database: Database, *, policy: Policy | None = None, timeout_s: float = 20.0) -> TrustService:
    """Trust over a real database and real HTTP."""
    collector = Revocation(HttpFetcher(timeout_s=timeout_s))
    return TrustService(
        TrustTools(database, SqlTrustStore(), Reader(), Paths(), collector=collector, policy=policy or Policy())
    )


class SigningBench:
    """One house with its anchors."""

    def __init__(self, pki: TestPki, trust: TrustService, *, timeout_s: float = 20.0) -> None:
        self.pki = pki
        self.trust = trust
        now = dt.datetime.now(dt.UTC)
        for label, trusted in (("root", True), ("interm", False)):
            trust.add_authority(pki.der(label), trusted=trusted, by="u-test", now=now)
        self.stamper = HttpStamper(
            pki.tsa_url,
            HttpFetcher(timeout_s=timeout_s),
            known=paths.known_of(trust.authorities()),
            now=lambda: dt.datetime.now(dt.UTC),
        )

    def prepare(self, pdf: bytes, label: str, *, level: Level = Level.B_B, mark: Mark | None = None) -> Prepared:
        """As the server prepares, through the kept form of the state."""
        now = dt.datetime.now(dt.UTC)
        prepared = pades.prepare(pdf, read(self.pki.der(label)), mark=mark, level=level, now=now)
        return Prepared.from_bytes(prepared.to_bytes())

    def sign(self, pdf: bytes, label: str, *, level: Level = Level.B_B, mark: Mark | None = None) -> pades.Completed:
        """Prepare, sign as the card would, complete."""
        prepared = self.prepare(pdf, label, level=level, mark=mark)
        signature = self.pki.sign(label, prepared.signed_attributes, md=prepared.digest)
        chain = [self.pki.der(label), self.pki.der("interm")]
        return pades.complete(pdf, prepared, signature, chain=chain, stamper=self.stamper)

    def sign_by_all(self, pdf: bytes, labels: Sequence[str], *, level: Level) -> bytes:
        """One after the other; B-LTA is raised once at the end, as the job does."""
        wanted = Level.B_B if level is Level.B_B else Level.B_T
        for label in labels:
            done = self.sign(pdf, label, level=wanted)
            assert done.level is wanted
            pdf = done.pdf
        return self.raise_level(pdf) if level is Level.B_LTA else pdf

    def raise_level(self, pdf: bytes) -> bytes:
        """To B-LTA."""
        return Upgrader(self.trust, self.stamper).raise_level(pdf, now=dt.datetime.now(dt.UTC))

    def check(self, pdf: bytes, *, now: dt.datetime | None = None, kept: bool = True) -> Report:
        """With the anchors, and with what was kept unless told otherwise."""
        authorities, material = self.trust.known()
        return check(
            pdf,
            known=paths.known_of(authorities),
            kept=material if kept else (),
            now=now or dt.datetime.now(dt.UTC),
        )


def empty_database(folder: Path) -> Database:
    """SQLite, migrated."""
    database = Database(f"sqlite:///{folder / 'test.db'}")
    migrate.upgrade(database)
    return database
