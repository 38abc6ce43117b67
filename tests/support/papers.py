"""Uploads as a browser makes them.

Usage::

    paper = upload(secretary, meeting, pdfs.text_pdf(), item=item_of(secretary, meeting)).done()["paper"]
"""

from __future__ import annotations

import io
from typing import Any

from tests.support.office import Browser, Reply, fresh_id


def upload(
    browser: Browser,
    meeting: str,
    data: bytes | None,
    *,
    item: str,
    name: str = "Báo cáo.pdf",
    act: str | None = None,
    paper: str | None = None,
    **fields: Any,
) -> Reply:
    """Post a form; ``data`` None sends no file, ``paper`` makes it a further version."""
    form: dict[str, Any] = {"item": item, "title": "", "secrecy": "normal", **fields}
    if data is not None:
        form["file"] = (io.BytesIO(data), name)
    path = f"/api/meetings/{meeting}/papers" + ("" if paper is None else f"/{paper}/versions")
    headers = {"X-CSRF-Token": browser.csrf, "Idempotency-Key": act or fresh_id("a")}
    return Reply.of(browser.client.post(path, data=form, headers=headers, content_type="multipart/form-data"))


def items_of(browser: Browser, meeting: str) -> list[str]:
    """The agenda's items."""
    agenda = browser.get(f"/api/meetings/{meeting}").done()["sections"]["agenda"]
    return [entry["item"] for entry in agenda]


def published(
    secretary: Browser, chair: Browser, meeting: str, data: bytes, *, item: str | None = None
) -> tuple[str, int]:
    """Upload, approve and publish one paper; its id and version."""
    made = upload(secretary, meeting, data, item=item or items_of(secretary, meeting)[0]).done()
    chair.post(f"/api/meetings/{meeting}/papers/{made['paper']}/approve").done()
    secretary.post(f"/api/meetings/{meeting}/publish").done()
    return made["paper"], made["version"]
