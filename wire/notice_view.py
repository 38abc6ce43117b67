"""Messages as screens read them (W44, W96).

Rules: chair and secretary see all of them and who has read them; others see what was sent to them, and whether they
have said that they read it.

Usage: ``[section(each) for each in state.notices]``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from wire.fields import print_instant
from wire.notices import Notice, NoticeState, NoticeTo


def section(notice: Notice) -> dict[str, Any]:
    """One entry of the section ``notices``."""
    return {
        "notice": notice.notice,
        "to": notice.to.value,
        "text": notice.text,
        "people": list(notice.people),
        "seconds": notice.seconds,
        "by": notice.by,
        "state": notice.state.value,
        "sent_at": _moment(notice.sent_at),
        "ends_at": _moment(notice.ends_at),
        "read": [{"person": person, "at": print_instant(at)} for person, at in notice.read],
    }


def visible(notices: Iterable[Notice], person: str) -> tuple[Notice, ...]:
    """Those sent to a member, as they see them: without the others."""
    return tuple(
        replace(each, people=(person,), read=tuple(line for line in each.read if line[0] == person))
        for each in notices
        if each.state is NoticeState.SENT and each.to is NoticeTo.SEATS and person in each.people
    )


def _moment(value: dt.datetime | None) -> str | None:
    return None if value is None else print_instant(value)
