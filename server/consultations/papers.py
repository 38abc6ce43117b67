"""The papers of a slip: taken in, kept encrypted, read page by page (P1, P4, P6).

Rules C2: a file passes the check that meeting papers pass, and lies on the disk under a key of its own (``PaperFiles``,
in a folder of its own); of a state secret nothing is taken. Papers are added and dropped while the slip is a draft:
what was submitted is what the leader approves. A file goes only when nobody knows of it: where the outcome of
a commit is not known, it stays for ``sweep``.

Usage: ``papers.take(slip, NewPaper(kind, title, secrecy, file_name), inbox, asked=asked)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pages.model import Document
from sealing.papers import new_paper_key
from server.consultations import model
from server.consultations.model import Move, Paper
from server.consultations.showing import Showing
from server.consultations.tools import Asked, Desk, Tools
from server.idempotency.service import once
from server.keys.master import MasterKey
from server.papers import model as paper_model
from server.papers.checker import Checker
from server.papers.errors import PaperFileMissing, PaperUnknown, SecrecyMarkFound, SecrecyRefused
from server.papers.files import PaperFiles
from server.papers.intake import Inbox
from wire import ids
from wire.errors import BadField
from wire.ids import PaperId
from wire.topics import PaperVersion

KINDS: Final = frozenset({"submission", "paper"})


@dataclass(frozen=True, slots=True)
class NewPaper:
    """What comes with a file."""

    kind: str
    title: str
    secrecy: str
    file_name: str


@dataclass(frozen=True, slots=True)
class SlipPapers:
    """The files of all slips."""

    tools: Tools
    showing: Showing
    files: PaperFiles
    check: Checker
    master: MasterKey

    @property
    def desk(self) -> Desk:
        """Finds."""
        return Desk(self.tools)

    def sweep(self) -> int:
        """Remove what an interrupted upload left; how many files."""
        with self.tools.unit.read() as tx:
            known = {_version(paper) for paper in self.tools.store.paper_ids(tx)}
        return self.files.sweep(known)

    def take(self, slip: str, new: NewPaper, inbox: Inbox, *, asked: Asked) -> dict[str, Any]:
        """Gives ``{paper, pages, warnings}``; raises PaperRefused and its leaves, SecrecyRefused, DiskFull."""
        secrecy = paper_model.chosen_secrecy(new.secrecy)
        if not paper_model.keeps_content(secrecy):
            raise SecrecyRefused
        if new.kind not in KINDS:
            raise BadField("form.kind", f"is none of {', '.join(sorted(KINDS))}")
        if not new.file_name or not inbox.upload.exists:
            raise PaperFileMissing
        paper_model.check_file_name(new.file_name)
        title = paper_model.clean_title(new.title, file_name=new.file_name)
        self._must_be_draft(slip, asked)
        checked = self.check.check(inbox)
        if checked.findings.mark is not None:
            raise SecrecyMarkFound(mark=checked.findings.mark)
        key, name = new_paper_key(), ids.new("p", self.tools.random(ids.RANDOM_BYTES))
        with checked.keep.reader() as plain:
            made = self.files.encrypt(plain, _version(name), key=key)
        paper = Paper(
            name,
            slip,
            0,
            new.kind,
            title,
            secrecy.value,
            checked.findings.pages,
            made.plain_bytes,
            made.plain_sha256,
            self.master.wrap(key),
        )
        try:
            answer = self._keep(paper, checked.findings.warnings(), asked)
        except BaseException:
            self._discard_unknown(name)
            raise
        if answer["paper"] != name:
            self.files.discard(_version(name))  # the same act again
        return answer

    def drop(self, slip: str, paper: str, *, asked: Asked) -> dict[str, Any]:
        """A file less; raises PaperUnknown, ConsultationStageWrong."""
        with self.tools.unit.begin() as tx:
            found = self.desk.led(tx, slip, asked.actor)

            def write() -> dict[str, Any]:
                model.move(found.stage, Move.EDIT)
                if paper not in {each.id for each in self.tools.store.papers(tx, slip)}:
                    raise PaperUnknown(paper=paper)
                self.tools.store.drop_paper(tx, paper)
                self.desk.note(tx, "paper_dropped", slip, asked, paper=paper)
                return {}

            done = once(
                self.tools.ledger, tx, asked.key("drop_paper", {"slip": slip, "paper": paper}), now=asked.now, do=write
            )
        self.files.discard(_version(paper))
        return done

    def document(self, slip: str, paper: str, version: int, *, asked: Asked) -> Document:
        """For the renderer; raises ConsultationUnknown, PaperUnknown."""
        with self.tools.unit.read() as tx:
            self.showing.readable(tx, slip, asked.actor)
            found = next((each for each in self.tools.store.papers(tx, slip) if each.id == paper), None)
        if found is None or version != 1:
            raise PaperUnknown(paper=paper)
        name = _version(paper)
        return Document(self.files.path(name), found.plain_bytes, name, self.master.unwrap(found.wrapped_key))

    def _discard_unknown(self, paper: str) -> None:
        """Unless the commit was done although its answer was lost; what cannot be looked up stays."""
        with self.tools.unit.read() as tx:
            known = paper in self.tools.store.paper_ids(tx)
        if not known:
            self.files.discard(_version(paper))

    def _must_be_draft(self, slip: str, asked: Asked) -> None:
        """Before a large file is looked into; an act that was done is answered as it was."""
        with self.tools.unit.read() as tx:
            if self.tools.ledger.find(tx, asked.act) is None:
                found = self.desk.found(tx, slip)
                model.move(found.stage, Move.EDIT)

    def _keep(self, paper: Paper, warnings: list[str], asked: Asked) -> dict[str, Any]:
        with self.tools.unit.begin() as tx:
            found = self.desk.led(tx, paper.slip, asked.actor)

            def write() -> dict[str, Any]:
                model.move(found.stage, Move.EDIT)
                there = self.tools.store.papers(tx, paper.slip)
                numbered = Paper(**{**_fields(paper), "ordinal": max((each.ordinal for each in there), default=0) + 1})
                self.tools.store.add_paper(tx, numbered)
                told = {"paper": paper.id, "title": paper.title, "sha256": paper.plain_sha256}
                self.desk.note(tx, "paper_added", paper.slip, asked, **told)
                return {"paper": paper.id, "pages": paper.pages, "warnings": warnings}

            content = {"slip": paper.slip, "kind": paper.kind, "title": paper.title, "sha256": paper.plain_sha256}
            return once(self.tools.ledger, tx, asked.key("add_paper", content), now=asked.now, do=write)


def _version(paper: str) -> PaperVersion:
    return PaperVersion(PaperId(paper), 1)


def _fields(paper: Paper) -> dict[str, Any]:
    return {name: getattr(paper, name) for name in Paper.__slots__}
