"""Use cases of roll-outs: IT begins, stops, goes on and ends; terminals say where they are; the plan says what is next.

Rules: one roll-out at a time for one kind of machine. What is said to a terminal is on record before it is sent, and
whatever is lost is said again by the plan. What terminals say is gathered and kept by the next look, in one
transaction; a terminal says it again after each welcome, so nothing is lost with the server.

Usage::

    rollouts.begin(command, Wanted(sha256, lab, room, soak_h=24))
    rollouts.heard("d-…", updating)       # the distribution's thread
    rollouts.go_on(now=now)               # the chores' thread, every few seconds
"""

from __future__ import annotations

import collections
import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from server.fleet.model import Command
from server.idempotency.ports import ActLedger
from server.idempotency.service import ActKey, once
from server.journal import Journal
from server.unit import Transaction, UnitOfWork
from server.updates.errors import (
    BundleExpired,
    LabSeatWrong,
    ReleaseTooOld,
    ReleaseUnknown,
    RolloutGoesOn,
    RolloutNotSo,
    RolloutUnknown,
)
from server.updates.model import Kept, Progress, Rollout, RolloutState, Terminal
from server.updates.plan import Outcome, Word, look
from server.updates.ports import UpdateStore
from server.updates.views import SHOWN, rollout_value
from wire.fields import print_instant
from wire.ids import DeviceId, RoomId
from wire.messages import Head, Message, Release, Update, Updating
from wire.messages.updates import version_key

BEGUN: Final = "rollout_begun"
STOPPED: Final = "rollout_stopped"
RESUMED: Final = "rollout_resumed"
ENDED: Final = "rollout_ended"
HURRIED: Final = "rollout_hurried"
SKIPPED: Final = "rollout_skipped"
MOVED: Final = "rollout_moved"
#: Who does what nobody asked for at that moment.
_SYSTEM: Final = "system"


@dataclass(frozen=True, slots=True)
class Wanted:
    """``lab``: the first terminal; ``room``: the first whole room; ``soak_h``: hours to wait between the stages."""

    sha256: str
    lab: DeviceId
    room: RoomId | None
    soak_h: int


@dataclass(slots=True)
class Rollouts:
    """``terminals``: all approved ones as they are now; ``loud_rooms``: those that meet or are about to;
    ``say``: sends one device a message; ``new_update``: a fresh id for words to a terminal.
    """

    unit: UnitOfWork
    store: UpdateStore
    ledger: ActLedger
    journal: Journal
    terminals: Callable[[], Sequence[Terminal]]
    loud_rooms: Callable[[dt.datetime], Collection[RoomId]]
    say: Callable[[str, Callable[[Head], Message]], None]
    new_update: Callable[[], str]
    _images: dict[DeviceId, tuple[str, str]] | None = None
    _heard: collections.deque[tuple[DeviceId, Updating]] = field(default_factory=collections.deque)

    # What IT does

    def begin(self, command: Command, wanted: Wanted) -> str:
        """Its id. Raises ReleaseUnknown, BundleExpired, LabSeatWrong, RolloutGoesOn, ReleaseTooOld."""
        terminals = self._known()
        lab = next((each for each in terminals if each.device == wanted.lab), None)
        room = wanted.room or (lab.room if lab else RoomId(""))

        def do() -> dict[str, Any]:
            self.store.hold(tx)
            kept = next((each for each in self.store.releases(tx) if each.release.sha256 == wanted.sha256), None)
            if kept is None:
                raise ReleaseUnknown
            self._must_fit(tx, kept.release, lab, now=command.now)
            if not any(each.room == room and each.compatible == kept.release.compatible for each in terminals):
                raise LabSeatWrong
            rollout = Rollout(
                command.act,
                wanted.sha256,
                lab=wanted.lab,
                room=room,
                soak_h=wanted.soak_h,
                begun_at=command.now,
                begun_by=command.actor,
            )
            self.store.put(tx, rollout)
            data = {"rollout": rollout.id, "version": kept.release.version, "lab": rollout.lab, "room": rollout.room}
            self.journal.record(tx, BEGUN, data, actor=command.actor, now=command.now)
            return {"id": rollout.id}

        content = [wanted.sha256, wanted.lab, wanted.room, wanted.soak_h]
        with self.unit.begin() as tx:
            key = ActKey(command.act, command.actor, "rollout_begin", content)
            done: str = once(self.ledger, tx, key, now=command.now, do=do)["id"]
        return done

    def stop(self, command: Command, rollout: str) -> None:
        """Say no more to anybody; raises RolloutUnknown, RolloutNotSo."""
        self._change(command, rollout, STOPPED, {RolloutState.RUNNING}, _stopped)

    def go_on_again(self, command: Command, rollout: str) -> None:
        """Go on after a stop; whoever failed is told anew, unless left out. Raises RolloutUnknown, RolloutNotSo.

        While it goes on: the same for those that were tried often enough.
        """

        def after(tx: Transaction, found: Rollout) -> None:
            faulty = found.fault[0] if found.fault else ""
            for at in self.store.progress(tx, found.id).values():
                if (at.state in {"failed", "fallen-back"} or at.device == faulty) and not at.skipped:
                    self.store.forget_progress(tx, found.id, at.device)

        states = {RolloutState.RUNNING, RolloutState.STOPPED}
        change = lambda found: replace(found, state=RolloutState.RUNNING, fault=None)  # noqa: E731
        self._change(command, rollout, RESUMED, states, change, also=after)

    def hurry(self, command: Command, rollout: str) -> None:
        """Begin the next stage now that this one is ready; raises RolloutUnknown, RolloutNotSo."""

        def change(found: Rollout) -> Rollout:
            following = found.stage.next
            if found.ready_at is None or following is None:
                raise RolloutNotSo
            return replace(found, stage=following, ready_at=None)

        self._change(command, rollout, HURRIED, {RolloutState.RUNNING}, change)

    def skip(self, command: Command, rollout: str, device: DeviceId) -> None:
        """Leave one terminal out for good; raises RolloutUnknown, RolloutNotSo."""

        def after(tx: Transaction, found: Rollout) -> None:
            at = self.store.progress(tx, found.id).get(device) or Progress(device, self.new_update(), "", command.now)
            self.store.put_progress(tx, found.id, replace(at, skipped=True))

        states = {RolloutState.RUNNING, RolloutState.STOPPED}
        self._change(command, rollout, SKIPPED, states, lambda found: found, also=after, more={"device": device})

    def end(self, command: Command, rollout: str) -> None:
        """End it before everybody has it. Raises RolloutUnknown, RolloutNotSo.

        Who fetches it or has fetched it drops it; who has it installed starts from it the next time.
        """
        told: list[tuple[Progress, Release]] = []

        def after(tx: Transaction, found: Rollout) -> None:
            release, known = self._release(tx, found), self.store.progress(tx, found.id).values()
            told.extend((at, release) for at in known if at.said and not at.has_ended)

        change = lambda found: replace(found, state=RolloutState.ENDED, ended_at=command.now)  # noqa: E731
        states = {RolloutState.RUNNING, RolloutState.STOPPED}
        self._change(command, rollout, ENDED, states, change, also=after)
        for at, release in told:
            self._tell(at.device, at.update, "cancel", release)

    # What terminals say, and what comes next

    def heard(self, device: str, message: Updating) -> None:
        """A terminal says where it is; kept by the next look. Called by the distribution's thread."""
        self._heard.append((DeviceId(device), message))

    def go_on(self, *, now: dt.datetime) -> None:
        """Keep what was said, see what comes next, and say it."""
        said = [self._heard.popleft() for _ in range(len(self._heard))]
        terminals = self._known()
        self._drop_ended(said)
        with self.unit.read() as tx:
            if not self.store.active(tx):
                return
        loud = self.loud_rooms(now)
        words: list[tuple[Word, str, Release]] = []
        with self.unit.begin() as tx:
            self.store.hold(tx)
            for rollout in self.store.active(tx):
                release = self._release(tx, rollout)
                progress = self._kept(tx, rollout, said, now=now)
                outcome = look(rollout, release, terminals, progress, is_quiet=lambda room: room not in loud, now=now)
                self._follow(tx, rollout, outcome, now=now)
                for word in outcome.words:
                    at = told_of(progress.get(word.device), word, new=self.new_update, now=now)
                    self.store.put_progress(tx, rollout.id, at)
                    words.append((word, at.update, release))
        for word, update, release in words:
            self._tell(word.device, update, word.kind, release)

    def board(self, *, now: dt.datetime) -> list[dict[str, Any]]:
        """The newest roll-outs as IT sees them; who takes part in which is said of those that are not over."""
        terminals, loud = self._known(), self.loud_rooms(now)
        with self.unit.read() as tx:
            return [
                rollout_value(each, self._kept_release(tx, each), terminals, self.store.progress(tx, each.id), loud)
                for each in self.store.rollouts(tx, limit=SHOWN)
            ]

    def _known(self) -> Sequence[Terminal]:
        """The terminals, those that are off with what they last said; what is new of it is kept."""
        if self._images is None:
            with self.unit.read() as tx:
                self._images = self.store.images(tx)
        images, found, told = self._images, [], {}
        for each in self.terminals():
            before = images.get(each.device)
            if each.compatible is None:
                image, compatible = before or (each.image, None)
                found.append(replace(each, image=image, compatible=compatible))
                continue
            found.append(each)
            if before != (each.image, each.compatible):
                told[each.device] = each.image, each.compatible
        if told:
            # A whole house that comes back is one commit.
            with self.unit.begin() as tx:
                for device, (image, compatible) in told.items():
                    self.store.put_image(tx, device, image, compatible)
            images.update(told)
        return found

    def _drop_ended(self, said: Sequence[tuple[DeviceId, Updating]]) -> None:
        """Who still fetches for a roll-out that was ended was off when it was told to stop."""
        late = [(device, message) for device, message in said if message.state in {"fetching", "fetched"}]
        if not late:
            return
        with self.unit.read() as tx:
            over = [each for each in self.store.rollouts(tx, limit=SHOWN) if each.is_over]
            ended = [(self.store.progress(tx, each.id), self._release(tx, each)) for each in over]
        for device, message in late:
            for progress, release in ended:
                at = progress.get(device)
                if at is not None and at.update == message.update:
                    self._tell(device, at.update, "cancel", release)

    def _kept(
        self, tx: Transaction, rollout: Rollout, said: Sequence[tuple[DeviceId, Updating]], *, now: dt.datetime
    ) -> Mapping[DeviceId, Progress]:
        progress = self.store.progress(tx, rollout.id)
        for device, message in said:
            at = progress.get(device)
            after = at and heard_of(at, message.update, message.state, message.done, message.reason, now=now)
            if after is not None and after != at:
                self.store.put_progress(tx, rollout.id, after)
                progress[device] = after
        return progress

    def _follow(self, tx: Transaction, before: Rollout, outcome: Outcome, *, now: dt.datetime) -> None:
        after = outcome.rollout
        if after == before:
            return
        self.store.put(tx, after)
        if (after.state, after.stage) != (before.state, before.stage):
            device, reason = after.fault or ("", "")
            why = {"device": device, "reason": reason} if device else {}
            data = {"rollout": after.id, "stage": after.stage.value, "state": after.state.value, **why}
            self.journal.record(tx, MOVED, data, actor=_SYSTEM, now=now)

    def _tell(self, device: DeviceId, update: str, kind: str, release: Release) -> None:
        self.say(device, lambda head: Update(head, update, kind, release))

    def _must_fit(self, tx: Transaction, release: Release, lab: Terminal | None, *, now: dt.datetime) -> None:
        if now >= release.expires:
            raise BundleExpired(until=print_instant(release.expires))
        if lab is None or lab.compatible != release.compatible:
            raise LabSeatWrong
        for each in self.store.active(tx):
            if self._release(tx, each).compatible == release.compatible:
                raise RolloutGoesOn
        least = max((version_key(each) for each in self.store.floor(tx, release.compatible)), default=())
        if version_key(release.version) < least:
            raise ReleaseTooOld(minimum=".".join(str(each) for each in least))

    def _kept_release(self, tx: Transaction, rollout: Rollout) -> Kept:
        kept = self.store.release(tx, rollout.sha256)
        if kept is None:
            raise ReleaseUnknown
        return kept

    def _release(self, tx: Transaction, rollout: Rollout) -> Release:
        return self._kept_release(tx, rollout).release

    def _change(
        self,
        command: Command,
        rollout: str,
        kind: str,
        states: set[RolloutState],
        change: Callable[[Rollout], Rollout],
        *,
        also: Callable[[Transaction, Rollout], None] = lambda _tx, _found: None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        def do() -> dict[str, Any]:
            self.store.hold(tx)
            found = self.store.rollout(tx, rollout)
            if found is None:
                raise RolloutUnknown
            if found.state not in states:
                raise RolloutNotSo
            self.store.put(tx, change(found))
            also(tx, found)
            data = {"rollout": rollout, **(more or {})}
            self.journal.record(tx, kind, data, actor=command.actor, now=command.now)
            return {}

        with self.unit.begin() as tx:
            key = ActKey(command.act, command.actor, kind, [rollout, dict(more or {})])
            once(self.ledger, tx, key, now=command.now, do=do)


def _stopped(found: Rollout) -> Rollout:
    return replace(found, state=RolloutState.STOPPED, ready_at=None)


def heard_of(at: Progress, update: str, state: str, done: int, reason: str, *, now: dt.datetime) -> Progress:
    """Where a terminal is once it has said so; words of another roll-out, or of a try before, change nothing."""
    if at.update != update:
        return at
    return replace(at, state=state, done=done, reason=reason, heard_at=now)


def told_of(at: Progress | None, word: Word, *, new: Callable[[], str], now: dt.datetime) -> Progress:
    """Where a terminal is once it has been told ``word``."""
    if at is None:
        return Progress(word.device, new(), word.kind, now)
    if at.has_ended:
        return replace(
            at,
            update=new(),
            said=word.kind,
            said_at=now,
            state="",
            done=0,
            reason="",
            heard_at=None,
            tries=at.tries + 1,
        )
    return replace(at, said=word.kind, said_at=now)
