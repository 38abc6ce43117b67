"""The office's whole chain: from the request for a paper to the signed minutes, the notice, the task and the dossier.

Rules: as in `story.py`: only what people do and see, in Vietnamese, everybody at a screen of their own. Whoever signs
has a token; there is one PC with a bridge, so whoever goes takes theirs out, and their console locks. The secretary
writes the invitation by keyboard alone.

Usage::

    office = Office.at(room, browser, folder=tmp_path, look=examine, glance=examine.glance)
    for act in ACTS: act(office)
"""

from __future__ import annotations

from typing import Final

from tests.browser.main_job import office_after, office_before, office_day, office_letters
from tests.browser.main_job.office_cast import Office

__all__ = ["ACTS", "Office"]

ACTS: Final = (
    office_before.furnish,
    office_before.prepare,
    office_before.ask_for_the_paper,
    office_before.hand_in,
    office_before.send_back,
    office_before.approve,
    office_letters.invite,
    office_letters.answer,
    office_letters.decide,
    office_before.remark,
    office_day.sit_down,
    office_day.call_the_roll,
    office_day.open_it,
    office_day.speak,
    office_day.vote,
    office_day.conclude,
    office_day.close,
    office_after.write_minutes,
    office_letters.draft_notice,
    office_after.sign,
    office_letters.issue_notice,
    office_after.work,
    office_after.archive,
    office_after.stay_outside,
)
