"""The main job with files that nobody here made: upload, publication, every seat, every page, recall (P1, P2, P7).

Run by ``make test-real-files``: it fetches a dozen documentation packages (about 200 MB) and draws every page at every
seat, which takes minutes; without the fetched files it fetches them.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.demo import people
from tests.real_files.debian_papers import LARGE_BYTES, fetch
from tests.support.plain_meeting import make_meeting, upload
from tests.support.poll import until
from tests.support.room_process import RunningRoom, running_room

FOLDER = Path(os.environ.get("PHONGHOP_TEST_REAL_FILES", Path(__file__).resolve().parents[2] / "var" / "real-files"))
ITEM = "i-aaaaaaaaaaaaaaaa"
WIDTH = 480
WAIT_S = 600.0

pytestmark = [
    pytest.mark.timeout(3600),
    pytest.mark.skipif(
        not os.environ.get("PHONGHOP_TEST_REAL"), reason="minutes long and fetches packages: make test-real-files"
    ),
]


def test_P1_P2_P7_files_of_others_reach_every_seat_page_by_page_and_are_recalled(tmp_path: Path) -> None:
    files = fetch(FOLDER)
    assert len(files) == 12
    assert max(file.stat().st_size for file in files) >= LARGE_BYTES
    with running_room(tmp_path) as room:
        path = make_meeting(room, title="Phiên họp với tài liệu thật (demo)", items={ITEM: "Tài liệu"})
        pages = _publish(room, path, files)
        _every_seat_has_all(room, path, papers=len(files))
        _every_page_at_every_seat(room, pages)
        _recalled(room, path, papers=len(files), pages=sum(pages.values()))


def _publish(room: RunningRoom, path: str, files: list[Path]) -> dict[str, int]:
    """Paper id → number of pages."""
    secretary, chair = room.sign_in(people.SECRETARY), room.sign_in(people.CHAIR)
    papers = [upload(secretary, path, file, item=ITEM, title=file.stem) for file in files]
    chair.post(f"{path}/approve", {}, step="approve")
    for paper in papers:
        chair.post(f"{path}/papers/{paper}/approve", {}, step=f"approve {paper}")
    secretary.post(f"{path}/publish", {}, step="publish")
    chair.post(f"{path}/open", {}, step="open")
    return {paper["paper"]: paper["pages"] for paper in secretary.get(path)["sections"]["papers"]}


def _every_seat_has_all(room: RunningRoom, path: str, *, papers: int) -> None:
    secretary = room.sign_in(people.SECRETARY)

    def complete() -> bool:
        found = secretary.get(f"{path}/delivery")["papers"]
        return len(found) == papers and all(len(each["complete"]) == len(people.TERMINALS) for each in found)

    until(complete, timeout_s=WAIT_S, every_s=0.5, what="every paper at every seat")


def _every_page_at_every_seat(room: RunningRoom, pages: dict[str, int]) -> None:
    def read_all(index: int) -> int:
        page = room.touch_page(index)
        person = room.furnished.persons[(people.DEPUTY, people.DELEGATE, people.PRESENTER)[index].username]
        page.post("/api/sign-in", {"person": person, "password": people.PASSWORD.reveal().decode()})
        until(lambda: page.read()["seat"]["state"] == "signed_in", timeout_s=60, what="the person to be signed in")
        seen = 0
        for paper, count in pages.items():
            for number in range(1, count + 1):
                picture = page.picture(paper, 1, number, width=WIDTH)
                assert picture[:4] == b"RIFF"
                assert picture[8:12] == b"WEBP"
                seen += 1
                # Pages that are fetched are no sign of life.
                if seen % 25 == 0:
                    page.post("/api/touched", {})
        return seen

    with ThreadPoolExecutor(len(people.TERMINALS)) as pool:
        assert list(pool.map(read_all, range(len(people.TERMINALS)))) == [sum(pages.values())] * len(people.TERMINALS)


def _recalled(room: RunningRoom, path: str, *, papers: int, pages: int) -> None:
    chair = room.sign_in(people.CHAIR)
    chair.post(f"{path}/close", {}, step="close")
    until(
        lambda: len(chair.get(path)["sections"]["recall"]["receipts"]) == len(people.TERMINALS),
        timeout_s=60,
        what="a receipt of every seat",
    )
    receipts = chair.get(path)["sections"]["recall"]["receipts"]
    assert {(each["papers"], each["pages"]) for each in receipts} == {(papers, pages)}
