"""Messages as people write them: JSON → values, for the console's requests and the seats' acts alike.

Usage: ``new_notice(body(), sends=True)``.
"""

from __future__ import annotations

from server.notices.model import NewNotice
from wire.fields import Fields
from wire.notice_fold import MAX_PEOPLE, MAX_SECONDS, MAX_TEXT
from wire.notices import NoticeTo


def new_notice(fields: Fields, *, sends: bool | None = None) -> NewNotice:
    """A message as it is written; ``sends`` None: the writer says whether it goes at once. Raises BadField."""
    new = NewNotice(
        to=NoticeTo(fields.choice("to", frozenset(NoticeTo))),
        text=fields.text("text", limit=MAX_TEXT),
        people=fields.ids("people", "u", limit=MAX_PEOPLE) if fields.has("people") else (),
        seconds=fields.number("seconds", high=MAX_SECONDS) if fields.has("seconds") else 0,
        sends=fields.flag("send") if sends is None else sends,
    )
    fields.end()
    return new
