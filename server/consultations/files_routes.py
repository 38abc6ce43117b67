"""HTTP of a slip's papers and of the documents that are made of a closed one.

Rules: as the papers of meetings: the form is read straight into the intake, pages carry the reader's name and the time
(P6) and are never kept by a browser.

Usage: ``app.register_blueprint(blueprint(FileDesk(papers, showing, office, people, intake, renderer, clock)))``.
"""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from pages.model import Document
from pages.renderer import Renderer
from server.attendance.table import HOUSE
from server.clock import Clock
from server.consultations import printed, tables
from server.consultations.papers import NewPaper, SlipPapers
from server.consultations.ports import Office, People
from server.consultations.routes import ONE, slip_id
from server.consultations.showing import Showing
from server.consultations.tools import Asked
from server.documents.model import Document as OfficeDocument
from server.identity.model import Role
from server.letters.press import Press
from server.papers.intake import Intake
from server.papers.routes import page_width, paper_id, received
from server.spreadsheets import XLSX
from server.web import act_id, actor, allow, answer, body

_VERSION: Final = f"{ONE}/papers/<paper>/<int:version>"
#: Pixels across a page of a preview.
_SHOWN: Final = 960


@dataclass(frozen=True, slots=True)
class FileDesk:
    """What the views work with."""

    papers: SlipPapers
    showing: Showing
    office: Office
    press: Press
    people: People
    intake: Intake
    renderer: Renderer
    clock: Clock

    def asked(self, *, reads: bool = True) -> Asked:
        """Who calls."""
        return Asked(actor(), "" if reads else act_id(), self.clock.now())

    def document(self, slip: str, paper: str, version: int) -> Document:
        """A paper for the renderer."""
        return self.papers.document(slip_id(slip), paper_id(paper), version, asked=self.asked())

    def summary(self, slip: str, now: dt.datetime) -> OfficeDocument:
        """The document of a closed slip; raises AgencyUnknown."""
        whole = self.showing.whole(slip_id(slip), asked=self.asked())
        leader = self.people.person(whole.slip.wording.leader)
        return printed.document(whole, self.office.house(), leader=leader, now=now)


def blueprint(desk: FileDesk) -> Blueprint:
    """All of them."""
    routes = Blueprint("consultation_files", __name__)
    _taking(routes, desk)
    _reading(routes, desk)
    _making(routes, desk)
    return routes


def _taking(routes: Blueprint, desk: FileDesk) -> None:
    @routes.post(f"{ONE}/papers")
    @allow(Role.SECRETARY)
    def add_consultation_paper(consultation: str) -> ResponseReturnValue:
        with received(desk.intake) as form:
            new = NewPaper(
                form.fields.get("kind", ""),
                form.fields.get("title", ""),
                form.fields.get("secrecy", ""),
                form.file_name,
            )
            return answer(desk.papers.take(slip_id(consultation), new, form.inbox, asked=desk.asked(reads=False)), 201)

    @routes.delete(f"{ONE}/papers/<paper>")
    @allow(Role.SECRETARY)
    def drop_consultation_paper(consultation: str, paper: str) -> ResponseReturnValue:
        body().end()
        return answer(desk.papers.drop(slip_id(consultation), paper_id(paper), asked=desk.asked(reads=False)))


def _reading(routes: Blueprint, desk: FileDesk) -> None:
    @routes.get(f"{_VERSION}/pages/<int:page>")
    @allow(signed_in=True)
    def consultation_page(consultation: str, paper: str, version: int, page: int) -> ResponseReturnValue:
        found = desk.document(consultation, paper, version)
        mark = f"{actor().name} · {desk.clock.now().astimezone(HOUSE):%H:%M %d/%m/%Y}"
        picture = desk.renderer.render(found, page, width=page_width(), mark=mark)
        return Response(picture, mimetype="image/webp", headers={"Cache-Control": "private, no-store"})

    @routes.get(f"{_VERSION}/text/<int:page>")
    @allow(signed_in=True)
    def consultation_text(consultation: str, paper: str, version: int, page: int) -> ResponseReturnValue:
        text = desk.renderer.text(desk.document(consultation, paper, version), page)
        words = [[word.x0, word.y0, word.x1, word.y1, word.text] for word in text.words]
        return answer({"width": text.width, "height": text.height, "words": words})

    @routes.get(f"{_VERSION}/search")
    @allow(signed_in=True)
    def search_consultation_paper(consultation: str, paper: str, version: int) -> ResponseReturnValue:
        hits = desk.renderer.search(desk.document(consultation, paper, version), request.args.get("q", ""))
        return answer({"hits": [{"page": hit.page, "count": hit.count, "excerpt": hit.excerpt} for hit in hits]})

    @routes.get(f"{_VERSION}/outline")
    @allow(signed_in=True)
    def consultation_outline(consultation: str, paper: str, version: int) -> ResponseReturnValue:
        outline = desk.renderer.outline(desk.document(consultation, paper, version))
        entries = [{"title": each.title, "page": each.page, "level": each.level} for each in outline.entries]
        return answer({"sizes": [list(size) for size in outline.sizes], "outline": entries})


def _making(routes: Blueprint, desk: FileDesk) -> None:
    @routes.get(f"{ONE}/summary.pdf")
    @allow(signed_in=True)
    def consultation_summary(consultation: str) -> ResponseReturnValue:
        now = desk.clock.now()
        pdf = desk.office.print(desk.summary(consultation, now), at=now)
        return _file(pdf, "application/pdf", f"tong-hop-y-kien-{consultation}.pdf")

    @routes.get(f"{ONE}/summary/pages")
    @allow(signed_in=True)
    def summary_pages(consultation: str) -> ResponseReturnValue:
        now = desk.clock.now()
        found = desk.press.pictures(desk.summary(consultation, now), at=now, width=_SHOWN)
        return answer({"pages": [base64.b64encode(picture).decode("ascii") for picture in found]})

    @routes.get(f"{ONE}/answers.csv")
    @allow(signed_in=True)
    def answers_csv(consultation: str) -> ResponseReturnValue:
        whole = desk.showing.whole(slip_id(consultation), asked=desk.asked())
        return _file(tables.csv_of(whole), "text/csv", f"y-kien-{consultation}.csv")

    @routes.get(f"{ONE}/answers.xlsx")
    @allow(signed_in=True)
    def answers_xlsx(consultation: str) -> ResponseReturnValue:
        whole = desk.showing.whole(slip_id(consultation), asked=desk.asked())
        return _file(tables.xlsx_of(whole), XLSX, f"y-kien-{consultation}.xlsx")


def _file(data: bytes, mimetype: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(data, mimetype=mimetype, headers=headers)
