"""The full-text index: SQLite's FTS5 in memory, nothing of it on a disk (invariant 7).

Rules: words are folded before they come in, so the tokenizer only has to part them. Of each page the text itself is
kept beside the index, for excerpts and to take a page out again (the index holds no text: "contentless"). What stands
in a title counts eight times. For all threads.

Usage::

    index.put(entry, ["text of page 1", "text of page 2"])
    for hit in index.find(wanted.expression): index.text(hit)
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from pages.folding import by_letter, composed
from server.search.model import Entry

_TABLES: Final = """
PRAGMA temp_store = memory;
CREATE VIRTUAL TABLE words USING fts5(
    title, body, content='', prefix='2 3', tokenize="unicode61 remove_diacritics 0");
CREATE TABLE texts (row INTEGER PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL);
"""
_FIND: Final = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words, 8.0, 1.0), rowid"
#: The row of an entry's title and what is said about it.
COVER: Final = 0


class Hit(NamedTuple):
    """A page of an entry on which all words stand; page 0 is its title. ``row``: for :meth:`Index.text`."""

    entry: Entry
    page: int
    row: int


class Index:
    """All that can be found."""

    def __init__(self) -> None:
        self._lock: Final = threading.Lock()
        self._db: Final = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._db.executescript(_TABLES)
        self._rows: Final[dict[int, Hit]] = {}
        self._of: Final[dict[Entry, list[int]]] = {}
        self._next = 1
        self._letters = 0

    def __len__(self) -> int:
        """How many pages and titles there are."""
        return len(self._rows)

    def put(self, entry: Entry, pages: Sequence[str] = ()) -> None:
        """One more entry, or the same one with other pages."""
        self.drop(entry)
        for number, (title, body) in enumerate([(composed(entry.title), composed(entry.about)), *_bodies(pages)]):
            # Whoever looks for something waits for one page, not for a book.
            if title or body:
                with self._lock, self._db:
                    self._of.setdefault(entry, []).append(self._add(entry, number, title, body))

    def drop(self, entry: Entry) -> None:
        """It cannot be found any more; nothing happens when it could not before."""
        with self._lock:
            rows = self._of.pop(entry, [])
        for row in rows:
            with self._lock, self._db:
                self._take_out(row)

    def find(self, expression: str) -> list[Hit]:
        """All pages that match, the best first."""
        with self._lock:
            return [self._rows[row] for (row,) in self._db.execute(_FIND, (expression,))]

    def text(self, hit: Hit) -> str:
        """The page's own words, empty when it has gone since."""
        with self._lock:
            found = self._db.execute("SELECT body FROM texts WHERE row = ?", (hit.row,)).fetchone()
        return "" if found is None else str(found[0])

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            self._db.close()

    @property
    def letters(self) -> int:
        """How many letters are in it."""
        return self._letters

    def _add(self, entry: Entry, page: int, title: str, body: str) -> int:
        row, self._next = self._next, self._next + 1
        self._db.execute("BEGIN")
        self._db.execute("INSERT INTO texts VALUES (?, ?, ?)", (row, title, body))
        folded = (by_letter(title), by_letter(body))
        self._db.execute("INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)", (row, *folded))
        self._rows[row] = Hit(entry, page, row)
        self._letters += len(title) + len(body)
        return row

    def _take_out(self, row: int) -> None:
        self._db.execute("BEGIN")
        title, body = self._db.execute("SELECT title, body FROM texts WHERE row = ?", (row,)).fetchone()
        folded = (by_letter(title), by_letter(body))
        # A contentless table has to be told what it was given.
        delete = "INSERT INTO words (words, rowid, title, body) VALUES ('delete', ?, ?, ?)"
        self._db.execute(delete, (row, *folded))
        self._db.execute("DELETE FROM texts WHERE row = ?", (row,))
        del self._rows[row]
        self._letters -= len(title) + len(body)


def _bodies(pages: Sequence[str]) -> Iterator[tuple[str, str]]:
    return (("", text) for text in pages)
