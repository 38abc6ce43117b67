"""The meeting's papers in its dossier: for those who may read them, as the files that were given out (D8)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from server.documents.errors import PrinterFailed
from server.dossier import metadata, packing, papers
from server.dossier.anchors import Anchors
from server.dossier.checking import Checking
from server.dossier.findings import Findings
from server.dossier.layout import CONTENTS, INDEX, METADATA, Index
from server.dossier.packing import Streamed, packed
from server.dossier.reading import open_archive
from server.dossier.verifying import verify
from server.verify import read_log
from tests.support.office import Browser, Office
from tests.support.papers import items_of, published, upload
from tests.support.pdfs import text_pdf
from tests.unit.server.archive.test_archive import AGENCY, words
from wire.errors import BadField
from wire.events import Event
from wire.ids import MeetingId
from wire.state import Visibility


@dataclass(frozen=True)
class Held:
    """A meeting that is over: of one paper two versions were given out, another is in an item that is hidden."""

    office: Office
    meeting: str
    twice: str
    hidden: str

    @property
    def path(self) -> str:
        return f"/api/meetings/{self.meeting}/dossier"

    def taken(self, username: str, query: str = "") -> dict[str, bytes]:
        return open_archive(self.office.sign_in(username).get(self.path + query).raw.data)


def _hidden(secretary: Browser, meeting: str) -> str:
    """The second item, seen by those who lead alone."""
    about = secretary.get(f"/api/meetings/{meeting}").done()
    items = [dict(each) for each in about["sections"]["agenda"]]
    kept = ("item", "parent", "title", "minutes", "visibility", "presenter")
    items[1]["visibility"] = Visibility.HIDDEN.value
    agenda = {"items": [{name: each[name] for name in kept} for each in items], "expected_seq": about["seq"]}
    secretary.put(f"/api/meetings/{meeting}/agenda", agenda).done()
    return str(items[1]["item"])


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    office = Office(tmp_path_factory.mktemp("papers"))
    office.sign_in("hethong").put("/api/agency", AGENCY).done()
    meeting = office.meeting("open")
    secretary, chair = office.sign_in("thuky"), office.sign_in("chutri")
    hidden = _hidden(secretary, meeting)
    twice, _ = published(secretary, chair, meeting, text_pdf(["Bản đầu"]))
    item = items_of(secretary, meeting)[0]
    upload(secretary, meeting, text_pdf(["Bản hai"]), item=item, paper=twice).done()
    chair.post(f"/api/meetings/{meeting}/papers/{twice}/approve").done()
    secretary.post(f"/api/meetings/{meeting}/publish").done()
    inside, _ = published(secretary, chair, meeting, text_pdf(["Phần kín"]), item=hidden)
    upload(secretary, meeting, text_pdf(["Chưa ai duyệt"]), item=item).done()
    stub = upload(secretary, meeting, None, item=item, title="Chuyên án (demo)", secrecy="secret").done()["paper"]
    chair.post(f"/api/meetings/{meeting}/papers/{stub}/approve").done()
    chair.post(f"/api/meetings/{meeting}/close").done()
    secretary.post(f"/api/meetings/{meeting}/archive", {"years": 5}).done()
    yield Held(office, meeting, twice, inside)
    office.services.close()


def events_of(files: Mapping[str, bytes]) -> list[Event]:
    return read_log(files["events.json"]).events


def checked(files: Mapping[str, bytes], *, without: Mapping[str, str] | None) -> list[tuple[str, str]]:
    found = Findings()
    papers.check(files, events_of(files), without, found)
    return found.codes


def names(files: Mapping[str, bytes]) -> set[str]:
    return {name for name in files if name.startswith("papers/")}


def bare(text: str) -> str:
    """Without what a narrow column breaks lines at."""
    return re.sub(r"\W", "", text)


def test_D8_who_reads_the_papers_has_every_version_that_was_given_out_as_it_was(held: Held) -> None:
    for username in ("thuky", "chutri"):
        files = held.taken(username)
        assert names(files) == {
            f"papers/{held.twice}.1.pdf",
            f"papers/{held.twice}.2.pdf",
            f"papers/{held.hidden}.1.pdf",
        }
        assert "Bản hai" in words(files[f"papers/{held.twice}.2.pdf"])
        by_log = {
            f"papers/{each.data['paper']}.{each.data['version']}.pdf": each.data["plain_sha256"]
            for each in events_of(files)
            if each.kind == "paper_submitted"
        }
        assert all(hashlib.sha256(files[name]).hexdigest() == by_log[name] for name in names(files))
        found = Findings()
        verify(files, Checking(Anchors(), dt.datetime.now(dt.UTC)), found)
        assert ("right", "papers") in found.codes
        assert "wrong" not in {mark for mark, _ in found.codes}, found.text()


def test_D8_an_auditor_has_the_hashes_and_the_reason_and_no_page_of_any_paper(held: Held) -> None:
    files = held.taken("kiemtoan", "?papers=yes&reason=Xem")
    assert names(files) == set()
    assert set((Index.read(files[INDEX]).without or {}).values()) == {"reader"}
    root = ET.fromstring(files[METADATA])  # noqa: S314 - our own file
    lines = [each for each in root.findall("Documents/Document") if each.findtext("TypeName") == "Tài liệu họp"]
    assert [each.findtext("File") for each in lines] == [""] * len(lines)
    assert "không có quyền đọc" in words(files[CONTENTS])
    found = Findings()
    verify(files, Checking(Anchors(), dt.datetime.now(dt.UTC)), found)
    assert ("right", "papers-without-reader") in found.codes
    assert "3 tài liệu họp không kèm tệp" in found.text()
    reply = held.office.sign_in("daibieu").get(held.path)
    assert reply.status == 403, "who reads papers does not thereby take dossiers"


def test_D8_who_may_read_may_leave_the_papers_out(held: Held) -> None:
    reply = held.office.sign_in("thuky").get(held.path + "?papers=no")
    files = open_archive(reply.raw.data)
    assert reply.raw.headers["Dossier-Without"] == "asked"
    assert (names(files), set((Index.read(files[INDEX]).without or {}).values())) == (set(), {"asked"})
    assert checked(files, without=Index.read(files[INDEX]).without) == [("right", "papers-without-asked")]


def test_D8_who_runs_the_server_has_no_paper(held: Held) -> None:
    taken = held.office.services.dossiers.take(held.meeting, None, now=held.office.clock.now())  # type: ignore[arg-type]
    assert set(taken.without.values()) == {"reader"}
    assert names(open_archive(b"".join(taken.pieces))) == set()


def test_D1_D2_the_lists_name_each_version_what_became_of_it_and_the_stub(held: Held) -> None:
    files = held.taken("thuky")
    root = ET.fromstring(files[METADATA])  # noqa: S314 - our own file
    lines = {each.findtext("File", ""): each for each in root.findall("Documents/Document")}
    first = lines[f"papers/{held.twice}.1.pdf"]
    assert (first.findtext("PageAmount"), first.findtext("Description")) == ("1", "Đã thay bằng bản 2")
    assert str(first.findtext("Subject")).endswith("(bản 1)")
    assert lines[f"papers/{held.twice}.2.pdf"].findtext("Description", "") == ""
    stub = lines[""]
    assert (stub.findtext("Subject"), stub.findtext("SHA256")) == ("Chuyên án (demo)", "")
    assert stub.findtext("Description") == "Tài liệu mật: không lưu trên hệ thống"
    assert root.findtext("PageTotal") == "3"
    text = bare(words(files[CONTENTS]))
    for said in (f"{held.twice}.1.pdf", f"{held.hidden}.1.pdf", "Đã thay bằng bản 2", "không lưu trên hệ thống"):
        assert bare(said) in text, said
    (filed,) = held.office.sign_in("thuky").get("/api/archive").done()["dossiers"]
    assert (filed["documents"], filed["pages"]) == (5, 3), "counted whoever takes it"
    found = Findings()
    metadata.check(files, events_of(files), found)
    assert found.codes == [("right", "metadata")]
    without = {name: data for name, data in files.items() if name != f"papers/{held.hidden}.1.pdf"}
    found = Findings()
    metadata.check(without, events_of(files), found)
    assert found.codes == [("wrong", "metadata-differs")]


def _log_of_one_paper(*fates: str) -> list[Event]:
    """Events of a paper that is given out anew under the next number each time; ``fates``: kinds without ``paper_``."""
    paper, version, log = "p-" + "b" * 16, 0, list[Event]()

    def add(kind: str, **data: Any) -> None:
        last = log[-1] if log else None
        told, now = {"paper": paper, **data}, dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
        meeting = MeetingId("m-" + "a" * 16)
        log.append(Event.after(last, meeting=meeting, at=now, actor="system", kind=f"paper_{kind}", data=told))

    for fate in fates:
        if fate == "published":
            version += 1
            about = {"version": version, "title": "Báo cáo", "owner": "u-" + "c" * 16, "pages": 1}
            add("submitted", **about, size_bytes=9, plain_sha256="ab" * 32)
            add("published", version=version)
        else:
            add(fate)
    return log


@pytest.mark.parametrize(
    ("fates", "recalled"),
    [
        (("published", "recalled"), [True]),
        (("published", "recalled", "published"), [True, False]),
        (("published", "published", "recalled"), [False, True]),
        (("published", "recalled", "published", "recalled"), [True, True]),
    ],
)
def test_D8_what_is_given_out_after_a_recall_is_not_recalled(fates: tuple[str, ...], recalled: list[bool]) -> None:
    assert [each.recalled for each in papers.published(_log_of_one_paper(*fates))] == recalled


def test_G49_a_paper_that_is_another_missing_or_more_is_named_though_the_index_was_mended(held: Held) -> None:
    files = held.taken("thuky")
    name = f"papers/{held.twice}.1.pdf"
    changed = bytearray(files[name])
    changed[len(changed) // 2] ^= 1
    assert checked({**files, name: bytes(changed)}, without={}) == [("wrong", "paper-differs"), ("right", "papers")]
    missing = {each: data for each, data in files.items() if each != name}
    assert checked(missing, without={}) == [("wrong", "paper-missing"), ("right", "papers")]
    strange = f"papers/{held.twice}.3.pdf"
    assert ("wrong", "paper-unknown") in checked({**files, strange: b"%PDF-"}, without={})
    assert checked({each: files[each] for each in files if each not in names(files)}, without=None) == [], "of old"


def test_D8_a_paper_that_is_spoilt_on_the_disk_is_left_out_and_told(held: Held) -> None:
    services = held.office.services
    path = services.paper_files._folder / f"{held.hidden}.1.ct"  # noqa: SLF001 - a disk that rots
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    try:
        reply = held.office.sign_in("chutri").get(held.path)
    finally:
        path.write_bytes(whole)
    assert reply.raw.headers["Dossier-Without"] == "unreadable"
    files = open_archive(reply.raw.data)
    assert Index.read(files[INDEX]).without == {f"papers/{held.hidden}.1.pdf": "unreadable"}
    found = checked(files, without=Index.read(files[INDEX]).without)
    assert found == [("right", "papers"), ("unsure", "papers-without-unreadable")]


def test_D8_without_a_printer_the_dossier_comes_and_says_what_it_lacks(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_words: Any, **_more: Any) -> bytes:
        raise PrinterFailed

    monkeypatch.setattr(type(held.office.services.agency), "print", fails)
    reply = held.office.sign_in("chutri").get(held.path)
    files = open_archive(reply.raw.data)
    assert reply.raw.headers["Dossier-Without"] == "printer"
    assert (CONTENTS in files, METADATA in files, len(names(files))) == (False, True, 3)
    found = Findings()
    verify(files, Checking(Anchors(), dt.datetime.now(dt.UTC)), found)
    assert ("unsure", "contents-not-made") in found.codes
    assert "wrong" not in {mark for mark, _ in found.codes}, found.text()


def test_G48_what_is_streamed_is_read_as_it_is_written() -> None:
    begun: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(100):
            begun.append(number)
            yield bytes(10_000)

    out = packed({"events.json": b"{}"}, [Streamed("papers/p-aaaaaaaaaaaaaaaa.1.pdf", 1_000_000, pieces)])
    ahead = 0
    whole = b""
    for written in out:
        whole += written
        ahead = max(ahead, len(begun) * 10_000 - len(whole))
    assert ahead <= 50_000, "what was read and not yet written"
    assert open_archive(whole)["papers/p-aaaaaaaaaaaaaaaa.1.pdf"] == bytes(1_000_000)


def test_G48_a_file_near_two_gibibytes_is_begun_as_a_large_one(monkeypatch: pytest.MonkeyPatch) -> None:
    # Both borders, as far from each other as they are, for files that a test can hold.
    monkeypatch.setattr(packing, "LARGE", packing.LARGE * 1000 // 2**31)
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)
    for size in (499, 999, 1000):
        assert b"".join(packed({}, [_streamed(bytes(size))]))


def _streamed(data: bytes) -> Streamed:
    return Streamed("papers/p-aaaaaaaaaaaaaaaa.1.pdf", len(data), lambda: iter([data]))


def test_G48_an_index_that_says_a_file_is_there_and_is_not_is_refused(held: Held) -> None:
    index = Index.read(held.taken("thuky")[INDEX])
    both = dataclasses.replace(index, without={f"papers/{held.twice}.1.pdf": "asked"}).encode()
    with pytest.raises(BadField):
        Index.read(both)
