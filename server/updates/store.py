"""Releases and roll-outs in the database.

Usage: ``SqlUpdateStore().active(connection)``
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Column, Connection, Table, select

from server.db.metadata import Moment, metadata
from server.db.upsert import upsert
from server.updates.model import OVER, Kept, Progress, Rollout, RolloutState, Stage
from wire.ids import DeviceId, RoomId
from wire.messages import Release

_ID: Final = sa.String(18)
_SHA: Final = sa.String(64)
_VERSION: Final = sa.String(40)

RELEASES: Final = Table(
    "releases",
    metadata,
    Column("sha256", _SHA, primary_key=True),
    Column("version", _VERSION, nullable=False),
    Column("compatible", sa.String(64), nullable=False),
    Column("size", sa.BigInteger, nullable=False),
    Column("minimum", _VERSION, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("name", sa.String(200), nullable=False),
    Column("signer", sa.String(300), nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("added_by", sa.String(80), nullable=False),
    Column("dropped_at", Moment, nullable=True),
    sa.UniqueConstraint("version", "compatible"),
)
ROLLOUTS: Final = Table(
    "rollouts",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("release", _SHA, sa.ForeignKey("releases.sha256"), nullable=False),
    Column("lab", _ID, nullable=False),
    Column("room", _ID, nullable=False),
    Column("soak_h", sa.Integer, nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("begun_by", sa.String(80), nullable=False),
    Column("stage", sa.String(10), nullable=False),
    Column("state", sa.String(10), nullable=False, index=True),
    Column("ready_at", Moment, nullable=True),
    Column("fault_device", _ID, nullable=True),
    Column("fault_reason", sa.String(40), nullable=True),
    Column("ended_at", Moment, nullable=True),
)
PROGRESS: Final = Table(
    "rollout_devices",
    metadata,
    Column("rollout", _ID, sa.ForeignKey("rollouts.id"), primary_key=True),
    Column("device", _ID, primary_key=True),
    Column("update", _ID, nullable=False),
    Column("said", sa.String(10), nullable=False),
    Column("said_at", Moment, nullable=False),
    Column("state", sa.String(20), nullable=False),
    Column("done", sa.Integer, nullable=False),
    Column("reason", sa.String(40), nullable=False),
    Column("heard_at", Moment, nullable=True),
    Column("tries", sa.Integer, nullable=False),
    Column("skipped", sa.Boolean, nullable=False),
)

IMAGES: Final = Table(
    "terminal_images",
    metadata,
    Column("device", _ID, primary_key=True),
    Column("image", sa.String(64), nullable=False),
    Column("compatible", sa.String(64), nullable=False),
)


class SqlUpdateStore:
    """The ``UpdateStore`` of both databases."""

    def hold(self, tx: Connection) -> None:
        """Nobody else changes a release or a roll-out until the transaction ends."""
        if tx.dialect.name != "sqlite":
            tx.execute(sa.text("LOCK TABLE releases, rollouts, rollout_devices IN SHARE ROW EXCLUSIVE MODE"))

    def keep(self, tx: Connection, kept: Kept) -> None:
        """A release, also one that was dropped before."""
        found = kept.release
        values = {
            "sha256": found.sha256,
            "version": found.version,
            "compatible": found.compatible,
            "size": found.size,
            "minimum": found.minimum,
            "expires": found.expires,
            "name": kept.name,
            "signer": kept.signer,
            "added_at": kept.added_at,
            "added_by": kept.added_by,
            "dropped_at": None,
        }
        tx.execute(upsert(tx, RELEASES, values=values, key=("sha256",)))

    def drop(self, tx: Connection, sha256: str, *, now: dt.datetime) -> None:
        """A release whose file goes; what was rolled out stays known."""
        tx.execute(sa.update(RELEASES).where(RELEASES.c.sha256 == sha256).values(dropped_at=now))

    def releases(self, tx: Connection) -> Sequence[Kept]:
        """Those whose file is there, the newest first."""
        query = select(RELEASES).where(RELEASES.c.dropped_at.is_(None)).order_by(RELEASES.c.added_at.desc())
        return [_kept(row) for row in tx.execute(query)]

    def known(self, tx: Connection, version: str, compatible: str) -> str | None:
        """The digest of a release of this name, also of a dropped one."""
        found = RELEASES.c.version == version, RELEASES.c.compatible == compatible
        return tx.execute(select(RELEASES.c.sha256).where(*found)).scalar_one_or_none()

    def release(self, tx: Connection, sha256: str) -> Kept | None:
        """Also a dropped one."""
        row = tx.execute(select(RELEASES).where(RELEASES.c.sha256 == sha256)).one_or_none()
        return None if row is None else _kept(row)

    def put(self, tx: Connection, rollout: Rollout) -> None:
        """A new one, or as it is from now on."""
        device, reason = rollout.fault or (None, None)
        values = {
            "id": rollout.id,
            "release": rollout.sha256,
            "lab": rollout.lab,
            "room": rollout.room,
            "soak_h": rollout.soak_h,
            "begun_at": rollout.begun_at,
            "begun_by": rollout.begun_by,
            "stage": rollout.stage.value,
            "state": rollout.state.value,
            "ready_at": rollout.ready_at,
            "fault_device": device,
            "fault_reason": reason,
            "ended_at": rollout.ended_at,
        }
        tx.execute(upsert(tx, ROLLOUTS, values=values, key=("id",)))

    def rollout(self, tx: Connection, rollout: str) -> Rollout | None:
        """One."""
        row = tx.execute(select(ROLLOUTS).where(ROLLOUTS.c.id == rollout)).one_or_none()
        return None if row is None else _rollout(row)

    def rollouts(self, tx: Connection, *, limit: int) -> Sequence[Rollout]:
        """The newest first."""
        query = select(ROLLOUTS).order_by(ROLLOUTS.c.begun_at.desc(), ROLLOUTS.c.id).limit(limit)
        return [_rollout(row) for row in tx.execute(query)]

    def active(self, tx: Connection) -> Sequence[Rollout]:
        """Those that are not over."""
        over = [each.value for each in OVER]
        query = select(ROLLOUTS).where(ROLLOUTS.c.state.not_in(over)).order_by(ROLLOUTS.c.begun_at)
        return [_rollout(row) for row in tx.execute(query)]

    def put_progress(self, tx: Connection, rollout: str, progress: Progress) -> None:
        """Where a terminal is from now on."""
        values = {
            "rollout": rollout,
            "device": progress.device,
            "update": progress.update,
            "said": progress.said,
            "said_at": progress.said_at,
            "state": progress.state,
            "done": progress.done,
            "reason": progress.reason,
            "heard_at": progress.heard_at,
            "tries": progress.tries,
            "skipped": progress.skipped,
        }
        tx.execute(upsert(tx, PROGRESS, values=values, key=("rollout", "device")))

    def forget_progress(self, tx: Connection, rollout: str, device: DeviceId) -> None:
        """As if it had never been told anything."""
        tx.execute(sa.delete(PROGRESS).where(PROGRESS.c.rollout == rollout, PROGRESS.c.device == device))

    def progress(self, tx: Connection, rollout: str) -> dict[DeviceId, Progress]:
        """Of every terminal that was told something or is left out."""
        rows = tx.execute(select(PROGRESS).where(PROGRESS.c.rollout == rollout))
        return {DeviceId(row.device): _progress(row) for row in rows}

    def images(self, tx: Connection) -> dict[DeviceId, tuple[str, str]]:
        """Terminal → the image it ran and the kind it takes, as it said last."""
        return {DeviceId(row.device): (row.image, row.compatible) for row in tx.execute(select(IMAGES))}

    def put_image(self, tx: Connection, device: DeviceId, image: str, compatible: str) -> None:
        """It has said so."""
        values = {"device": device, "image": image, "compatible": compatible}
        tx.execute(upsert(tx, IMAGES, values=values, key=("device",)))

    def floor(self, tx: Connection, compatible: str) -> Sequence[str]:
        """The least versions of all releases that some terminal was well with."""
        joined = RELEASES.join(ROLLOUTS, ROLLOUTS.c.release == RELEASES.c.sha256).join(
            PROGRESS, PROGRESS.c.rollout == ROLLOUTS.c.id
        )
        query = select(RELEASES.c.minimum).select_from(joined).distinct()
        return tx.execute(query.where(RELEASES.c.compatible == compatible, PROGRESS.c.state == "good")).scalars().all()


def _kept(row: Any) -> Kept:
    release = Release(row.version, row.compatible, row.size, row.sha256, row.minimum, row.expires)
    return Kept(release, row.name, row.signer, row.added_at, row.added_by)


def _rollout(row: Any) -> Rollout:
    return Rollout(
        row.id,
        row.release,
        DeviceId(row.lab),
        RoomId(row.room),
        row.soak_h,
        row.begun_at,
        row.begun_by,
        stage=Stage(row.stage),
        state=RolloutState(row.state),
        ready_at=row.ready_at,
        fault=None if row.fault_device is None else (DeviceId(row.fault_device), row.fault_reason),
        ended_at=row.ended_at,
    )


def _progress(row: Any) -> Progress:
    return Progress(
        DeviceId(row.device),
        row.update,
        row.said,
        row.said_at,
        state=row.state,
        done=row.done,
        reason=row.reason,
        heard_at=row.heard_at,
        tries=row.tries,
        skipped=row.skipped,
    )
