"""Papers over the real broker: TLS, access list, kill -9 of broker, server and seats in the middle of it."""

from __future__ import annotations

import hashlib
import io
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from sealing.papers import PaperReader
from tests.support import pdfs
from tests.support.broker import Client
from tests.support.office import PASSWORD
from tests.support.poll import until
from tests.support.real_theatre import RealTheatre, ServerProcess
from tests.support.seat_twin import SeatTwin
from wire.records import Layout
from wire.topics import PaperVersion

MIB = 1024 * 1024


@pytest.fixture
def theatre(tmp_path: Path) -> Iterator[RealTheatre]:
    with RealTheatre(tmp_path) as theatre:
        yield theatre


def have_all(theatre: RealTheatre, paper: PaperVersion) -> None:
    until(lambda: all(seat.is_complete(paper) for seat in theatre.seats), timeout_s=60, what=f"all have {paper}")


def begun(theatre: RealTheatre, paper: PaperVersion, share: float) -> None:
    """Some seat has a part of the paper, and not all of it."""

    def part(seat: SeatTwin) -> bool:
        kept = seat.papers.get(paper)
        return kept is not None and len(kept.chunks) >= share * kept.manifest.layout.chunks

    until(lambda: any(part(seat) for seat in theatre.seats), every_s=0.001, timeout_s=30)


def is_right(seat: SeatTwin, paper: PaperVersion) -> bool:
    kept = seat.papers[paper]
    layout = Layout(kept.manifest.plain_bytes)
    with PaperReader(io.BytesIO(seat.ciphertext(paper)), layout=layout, key=kept.key, paper=paper) as reader:
        return hashlib.sha256(reader.read()).hexdigest() == kept.manifest.plain_sha256


def test_a_paper_reaches_three_seats_over_tls(theatre: RealTheatre) -> None:
    seats = [theatre.seat(number) for number in range(3)]
    meeting, paper = theatre.published(pdfs.large_pdf(8 * MIB))
    have_all(theatre, paper)
    assert all(is_right(seat, paper) for seat in seats)
    assert [seat.twice for seat in seats] == [0, 0, 0]
    theatre.chair.post(f"/api/meetings/{meeting}/open").done()
    theatre.chair.post(f"/api/meetings/{meeting}/close").done()
    until(lambda: len(theatre.office.services.meetings.state(meeting).recall.receipts) == 3)  # type: ignore[arg-type]
    assert not any(seat.papers for seat in seats)


def test_kill_9_of_the_broker_in_the_middle(theatre: RealTheatre) -> None:
    seats = [theatre.seat(number) for number in range(3)]
    _, paper = theatre.published(pdfs.large_pdf(24 * MIB))
    begun(theatre, paper, 0.1)
    theatre.process.stop(signal.SIGKILL)
    theatre.process.start()
    have_all(theatre, paper)
    assert all(is_right(seat, paper) for seat in seats)


def test_kill_9_of_a_seat_in_the_middle(theatre: RealTheatre) -> None:
    seats = [theatre.seat(number) for number in range(3)]
    _, paper = theatre.published(pdfs.large_pdf(24 * MIB))
    begun(theatre, paper, 0.3)
    seats[0].die()
    kept, before = len(seats[0].papers[paper].chunks), seats[0].received
    seats[0].live(theatre.connect)
    have_all(theatre, paper)
    lacking = seats[0].papers[paper].manifest.layout.chunks - kept
    assert seats[0].received - before <= lacking * 1.05 + 8, "at most five in a hundred again"
    assert seats[1].twice + seats[2].twice == 0


def test_kill_9_of_the_server_in_the_middle(tmp_path: Path) -> None:
    with RealTheatre(tmp_path, runs_server=False) as theatre:
        for number in range(3):
            theatre.seat(number)
        _, paper = theatre.published(pdfs.large_pdf(24 * MIB))
        server = ServerProcess(theatre)
        try:
            for share in (0.1, 0.4):
                server.start()
                begun(theatre, paper, share)
                server.kill()
            server.start()
            have_all(theatre, paper)
        finally:
            server.kill()
        assert all(is_right(seat, paper) for seat in theatre.seats)
        for seat in theatre.seats:
            assert seat.twice <= 3 * 128, "a window or two for each restart, not the paper"
            assert [fault for fault in seat.faults if "bad-chunk" in fault] == []


def is_pointed_at(theatre: RealTheatre, seat: SeatTwin, meeting: str, paper: PaperVersion) -> None:
    """W110: who presents at the seat points, and the room's seats, this one too, are told by the broker."""
    theatre.chair.post(f"/api/meetings/{meeting}/present", {"paper": paper.paper, "page": 2}).done()
    where = {"paper": paper.paper, "version": paper.version, "page": 2, "x": 7071, "y": 1414}

    def told() -> bool:
        # As a hand that moves: what is lost on the way is said again, and nothing is kept.
        seat.act(meeting, "point", where, person=theatre.office.people["chutri"])
        return bool(seat.points)

    until(told, every_s=0.1, what="the pointer is at the seat")
    (point, *_) = seat.points
    assert (point.meeting, point.person) == (meeting, theatre.office.people["chutri"])
    assert (point.place.paper, point.place.page, point.place.x, point.place.y) == (paper, 2, 7071, 1414)


def test_nothing_in_clear_passes_the_broker_or_lies_on_its_disk(tmp_path: Path) -> None:
    with RealTheatre(tmp_path) as theatre:
        down: list[bytes] = []
        tap = Client("tap", theatre.server_tls.context())
        tap.open(theatre.process.server_port)
        until(lambda: tap.is_connected)
        tap.subscribe("u/+/+")
        seat = theatre.seat(0)
        seat.overheard = down.append
        meeting, paper = theatre.published(pdfs.text_pdf(["Chỉ người trong phòng được đọc"], pages=3))
        have_all(theatre, paper)
        person = {"person": theatre.office.people["chutri"], "password": PASSWORD}
        act = seat.act(meeting, "sign_in", person, person=None)
        until(lambda: act in seat.acks)
        theatre.chair.post(f"/api/meetings/{meeting}/open").done()
        until(lambda: seat.state(meeting).phase == "open")
        is_pointed_at(theatre, seat, meeting, paper)
        up = [payload for _, payload in tap.messages]
        tap.close()
    assert len(up) > 5
    assert len(down) > 5
    passed = b"".join(up + down)
    for word in (b"%PDF", b"meeting_opened", "Họp thử".encode(), b"payload", b"chutri", b"7071", PASSWORD.encode()):
        assert word not in passed
    assert not (tmp_path / "mosquitto.db").exists(), "persistence is off"
