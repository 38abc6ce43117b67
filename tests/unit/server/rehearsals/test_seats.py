"""What a rehearsal leaves at the seats: nothing, with or without a connection (M5)."""

from __future__ import annotations

from pathlib import Path

from server.distribution.store import SqlLinkStore
from tests.support import pdfs
from tests.support.poll import until
from tests.support.theatre import Theatre
from wire.ids import PaperId
from wire.topics import PaperVersion


def test_M5_seats_forget_keys_and_papers_and_hear_of_the_meeting_again(tmp_path: Path) -> None:
    with Theatre(tmp_path) as theatre:
        seat, away = theatre.seat(0), theatre.seat(1)
        meeting, paper = theatre.published(pdfs.text_pdf(["Tờ trình"]))
        chair = theatre.chair
        copy = chair.post(f"/api/meetings/{meeting}/rehearsal", {"leads": False}).done()["rehearsal"]
        papers = chair.get(f"/api/meetings/{copy}").body["sections"]["papers"]
        copied = PaperVersion(PaperId(papers[0]["paper"]), 1)
        until(lambda: all(each.is_complete(paper, copied) for each in (seat, away)))
        away.die()
        chair.post(f"/api/meetings/{copy}/open").done()
        chair.post(f"/api/meetings/{meeting}/rehearsal/end").done()
        until(lambda: seat.wish is not None and [each.meeting for each in seat.wish.hold] == [meeting])
        assert seat.wish is not None
        # Not recalled with a receipt that stays: it is no part of what the seat may hold any more (W27).
        assert seat.wish.recall == ()
        assert seat.is_complete(paper)
        # Whoever was away is told so with the first word it hears.
        away.live(theatre.connect)
        until(lambda: away.wish is not None and [each.meeting for each in away.wish.hold] == [meeting])
        # Whatever was said of what is gone, other deliveries are still written down.
        later = theatre.publish(meeting, pdfs.text_pdf(["Dự thảo"]))
        until(lambda: len(_delivered(theatre, later)) == 2)


def _delivered(theatre: Theatre, paper: PaperVersion) -> list[str]:
    with theatre.office.services.database.read() as tx:
        return list(map(str, SqlLinkStore().deliveries(tx, paper)))
