"""The house that a computer with the image belongs to: real server, broker and proxy here, one person with a token.

Usage::

    with image_house(folder) as house:
        house.provision(disk_image); house.devices(); house.admit()
        house.meet(); house.delivered(); house.close()
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.demo import people
from deploy.demo.tokens.authority import Authority
from deploy.softtoken.card import Card
from deploy.softtoken.contents import load
from firmware_scripts import provision
from tests.image.computer import HOST
from tests.support.room_process import FAST, RunningRoom, running_room
from tests.support.token_room import hold_meeting
from tests.support.vote_room import RULE

SERIAL: Final = "QEMU-01"
#: Against leaks within a processor the kernel changes its page table at each call, and QEMU then forgets all it has
#: translated addresses to: most of a start. The imitated processor has no such leaks.
PLAIN: Final = "mitigations=off"
#: QEMU keeps what it has translated by its place in memory, too: with programs at the same places each time a start
#: takes a quarter less.
PLACED: Final = "norandmaps"
#: The seat says on its serial console what its journal holds, and the kernel what it was told.
TOLD: Final = (
    "console=ttyS0,115200",
    "loglevel=6",
    PLAIN,
    PLACED,
    "systemd.journald.forward_to_console=1",
    "systemd.journald.max_level_console=info",
)
#: Who sits there: the demo's meeting has this person at the first terminal.
WHO: Final = people.DEPUTY


@dataclass
class House:
    """``card`` is the token of :data:`WHO`; ``meeting`` the one that goes on."""

    room: RunningRoom
    folder: Path
    card: Card
    meeting: str = ""

    def provision(self, image: Path, *, updates_ca: Path | None = None, words: Sequence[str] = TOLD) -> None:
        """Say to an image which house it belongs to, and whose updates it takes; ``words`` are the kernel's."""
        ports = self.room.room.ports
        provision.provision(
            image,
            server=f"https://{HOST}:{ports.https}",
            ca_sha256=self.room.room.ca_sha256(),
            serial=SERIAL,
            updates_ca=updates_ca,
            kernel_words=" ".join(words),
        )

    def devices(self) -> list[dict[str, Any]]:
        """What IT sees."""
        with self.room.sign_in(people.IT) as operator:
            found: list[dict[str, Any]] = operator.get("/api/devices")["devices"]
            return found

    def is_online(self) -> bool:
        """Whether the one device is there."""
        return bool(self.devices()[0]["online"])

    def admit(self) -> None:
        """As IT with the code in hand: to the first terminal's seat."""
        (device,) = self.devices()
        seat = self.room.furnished.seats[people.TERMINALS[0]]
        with self.room.sign_in(people.IT) as operator:
            operator.post(f"/api/devices/{device['id']}/approve", {"code": device["code"], "seat": seat}, step="")

    def meet(self) -> None:
        """A meeting with one paper is open."""
        desk = self.folder / "desk"
        desk.mkdir(exist_ok=True)
        self.meeting = hold_meeting(self.room, desk)

    def delivered(self) -> bool:
        """Whether the paper is at the seat, by the seat's signed report."""
        with self.room.sign_in(people.SECRETARY) as secretary:
            papers = secretary.get(f"/api/meetings/{self.meeting}/delivery")["papers"]
        return bool(papers) and all(len(paper["complete"]) == 1 for paper in papers)

    def ask(self, question: str) -> str:
        """As the chair: an item begins, and a named vote on it; the vote."""
        path = f"/api/meetings/{self.meeting}"
        with self.room.sign_in(people.CHAIR) as chair:
            item = chair.get(path)["sections"]["agenda"][0]["item"]
            chair.post(f"{path}/items/{item}/start", {}, step="")
            body = {"item": item, "kind": "named", "question": question, "template": "approve", "rule": RULE}
            vote = str(chair.post(f"{path}/votes", body, step="")["vote"])
            chair.post(f"{path}/votes/{vote}/open", {}, step="")
        return vote

    def counted(self, vote: str) -> dict[str, Any]:
        """As the chair: it is over; what ``phonghop recount`` would be given."""
        path = f"/api/meetings/{self.meeting}/votes/{vote}"
        with self.room.sign_in(people.CHAIR) as chair:
            chair.post(f"{path}/close", {}, step="")
            chair.post(f"{path}/announce", {}, step="")
            found: dict[str, Any] = chair.get(f"{path}/bundle")
        return found

    def has_voted(self, vote: str) -> bool:
        """Whether the one person at the seat has."""
        with self.room.sign_in(people.CHAIR) as chair:
            votes = chair.get(f"/api/meetings/{self.meeting}")["sections"]["votes"]
        return bool(next(each for each in votes if each["vote"] == vote)["turnout"]["cast"])

    def believe(self, authority: Path) -> None:
        """Whose releases the house takes."""
        shutil.copy(authority, self.room.room.folder.path("server") / "update-ca.pem")

    def roll_out(self, bundle: Path) -> str:
        """As IT: the release is uploaded, and begins at the one device; the roll-out's id."""
        with self.room.sign_in(people.IT) as operator:
            operator.timeout_s = 600.0  # it is judged to its last byte before it is answered
            taken = operator.bring(f"/api/updates/releases?name={bundle.name}", bundle)
            wanted = {"release": taken["sha256"], "lab": self.devices()[0]["id"], "soak_h": 0}
            return str(operator.post("/api/updates/rollouts", wanted, step="")["id"])

    def rollout(self) -> dict[str, Any]:
        """The newest roll-out as IT sees it."""
        with self.room.sign_in(people.IT) as operator:
            found: dict[str, Any] = operator.get("/api/updates")["rollouts"][0]
            return found

    def step(self) -> str:
        """Where the one device is with it."""
        return str(self.rollout()["terminals"][0]["step"])

    def given_before(self, given: x509.Certificate, *, age: dt.timedelta) -> x509.Certificate:
        """A certificate of this house as if it had been given so long ago: all else is the same."""
        pki = self.room.room.folder.path("server") / "pki"
        key = serialization.load_pem_private_key((pki / "ca.key").read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        builder = (
            x509.CertificateBuilder()
            .subject_name(given.subject)
            .issuer_name(given.issuer)
            .public_key(given.public_key())
            .serial_number(given.serial_number)
            .not_valid_before(given.not_valid_before_utc - age)
            .not_valid_after(given.not_valid_after_utc - age)
        )
        for extension in given.extensions:
            builder = builder.add_extension(extension.value, critical=extension.critical)
        return builder.sign(key, hashes.SHA256())

    def wipe(self) -> None:
        """As IT: the one device leaves the house, and destroys what it keeps."""
        (device,) = self.devices()
        said = {"label": device["seat_label"], "reason": "thử xóa", "sure": True}
        with self.room.sign_in(people.IT) as operator:
            operator.post(f"/api/devices/{device['id']}/wipe", said, step="")

    def close(self) -> None:
        """The meeting is over: its papers are recalled."""
        with self.room.sign_in(people.CHAIR) as chair:
            chair.post(f"/api/meetings/{self.meeting}/close", {}, step="")

    def recalled(self) -> bool:
        """Whether the seat has signed that nothing is left."""
        with self.room.sign_in(people.SECRETARY) as secretary:
            recall = secretary.get(f"/api/meetings/{self.meeting}/delivery")["recall"]
        return bool(recall and recall["expected"]) and recall["confirmed"] == recall["expected"]


@contextmanager
def image_house(folder: Path) -> Iterator[House]:
    """The house, below ``folder``; gone at the end."""
    outside = {"public_hosts": f"localhost {HOST}", "mqtt_seat_host": HOST}
    now = dt.datetime.now(dt.UTC)
    tokens = folder / "tokens"
    tokens.mkdir(mode=0o700)
    authority = Authority.load_or_create(tokens, now=now)
    card = Card(load(authority.card_file(WHO.username, WHO.name, now=now)))
    with running_room(folder, seats=0, server={**FAST, **outside}) as room:
        room.room.admin_batch(
            ("anchor", "add", str(authority.certificate_file)),
            ("anchor", "crl", str(authority.list_file)),
            ("certificate", "add", WHO.username, str(authority.login_certificate(WHO.username))),
            ("certificate", "add", WHO.username, str(authority.document_certificate(WHO.username))),
        )
        yield House(room, folder, card)
