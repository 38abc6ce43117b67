"""Evidence of what was done: a file, through the checks of papers, kept sealed beside them.

Rules: PDF as for papers (P1): scripts and attachments taken out, a signed file untouched, a mark of a state secret
refused (P4). The file lies in ``data_dir/evidence`` under a key of its own; it is there before its line is, and gone
when the line does not come to be.

Usage::

    evidence.add("t-…", form.inbox, "bao-cao.pdf", text="", asked=asked)
    evidence.read("t-…", 4, asked=asked)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from sealing.papers import PaperReader, new_paper_key
from server.papers import model as papers
from server.papers.errors import PaperFileMissing, SecrecyMarkFound
from server.papers.files import PaperFiles
from server.papers.ports import FileCheck, Received
from server.papers.submission import Asked, Wrapping
from server.tasks import model
from server.tasks.errors import TaskFileUnknown, TaskFull, TaskUnknown
from server.tasks.model import Evidence, Move, Task
from server.tasks.rights import House, sides
from server.tasks.service import TaskService
from server.unit import Transaction
from wire import ids
from wire.ids import PaperId
from wire.records import Layout
from wire.topics import PaperVersion

_FIRST: Final = 1


@dataclass(frozen=True, slots=True)
class Proofs:
    """The files of all tasks."""

    tasks: TaskService
    files: PaperFiles
    check: FileCheck
    master: Wrapping

    def add(self, task: str, inbox: Received, file_name: str, *, text: str, asked: Asked) -> dict[str, Any]:
        """One more file; gives ``{number, pages, warnings}``.

        Raises what ``TaskService.change`` does, PaperRefused and its leaves, SecrecyMarkFound, TaskFull, DiskFull.
        """
        self._must_be_let(task, asked=asked)
        if not file_name or not inbox.upload.exists:
            raise PaperFileMissing
        papers.check_file_name(file_name)
        name = papers.clean_title("", file_name=file_name)
        checked = self.check.check(inbox)
        if checked.findings.mark is not None:
            raise SecrecyMarkFound(mark=checked.findings.mark)
        paper = PaperId(ids.new("p", self.tasks.tools.random(ids.RANDOM_BYTES)))
        version, key = PaperVersion(paper, _FIRST), new_paper_key()
        with checked.keep.reader() as plain:
            made = self.files.encrypt(plain, version, key=key)
        kept = Evidence(
            task,
            0,
            paper,
            name,
            checked.findings.pages,
            made.plain_bytes,
            made.plain_sha256,
            self.master.wrap(key),
        )

        def add(tx: Transaction, before: Task, _house: House) -> dict[str, Any]:
            if len(self.tasks.tools.store.files(tx, task)) >= model.MAX_FILES:
                raise TaskFull(most=model.MAX_FILES)
            more = {"name": name, "sha256": kept.sha256}
            line = self.tasks.write(tx, before, Move.FILE, asked=asked, text=text, more=more)
            self.tasks.tools.store.put_file(tx, replace(kept, number=line.number))
            return {"number": line.number, "pages": kept.pages, "warnings": checked.findings.warnings(), "paper": paper}

        try:
            content = {"name": name, "sha256": kept.sha256, "text": text}
            answer = self.tasks.change(task, Move.FILE, content, asked=asked, do=add)
        except BaseException:
            self._discard_unknown(version)
            raise
        if answer["paper"] != paper:
            self._discard_unknown(version)
        return {name: value for name, value in answer.items() if name != "paper"}

    def read(self, task: str, number: int, *, asked: Asked) -> tuple[Evidence, bytes]:
        """A file, for whoever may see the task; raises TaskUnknown, TaskFileUnknown."""
        seen = self.tasks.find(task)
        if not sides(seen, self.tasks.asker(asked), self.tasks.house(asked.now)):
            raise TaskUnknown
        with self.tasks.tools.unit.read() as tx:
            found = next((each for each in self.tasks.tools.store.files(tx, task) if each.number == number), None)
        if found is None:
            raise TaskFileUnknown
        version = PaperVersion(PaperId(found.paper), _FIRST)
        key = self.master.unwrap(found.wrapped_key)
        layout = Layout(found.plain_bytes)
        with (
            self.files.path(version).open("rb") as file,
            PaperReader(file, layout=layout, key=key, paper=version) as it,
        ):
            return found, it.readall()

    def sweep(self) -> int:
        """Remove what an interrupted upload left; how many files."""
        with self.tasks.tools.unit.read() as tx:
            known = self.tasks.tools.store.versions(tx)
        return self.files.sweep(known)

    def _must_be_let(self, task: str, *, asked: Asked) -> None:
        """Before a large file is looked into; an act that was done is answered as it was."""
        with self.tasks.tools.unit.read() as tx:
            done = self.tasks.tools.ledger.find(tx, asked.act) is not None
        if not done:
            self.tasks.must_be_let(task, Move.FILE, asked=asked)

    def _discard_unknown(self, version: PaperVersion) -> None:
        with self.tasks.tools.unit.read() as tx:
            known = version in self.tasks.tools.store.versions(tx)
        if not known:
            self.files.discard(version)
