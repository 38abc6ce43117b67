"""Finding and removing what makes a PDF act: scripts, launches, links to outside, embedded files, XFA (P1).

Rules: every object of the file is looked at, reachable by the page tree or not; what is removed is removed by its key,
whatever the object around it claims to be. ``find`` changes nothing – a signed file must stay as it is.

Usage::

    with pikepdf.open(path) as pdf:
        removed = scrub(pdf)
        pdf.save(target)

Source: ISO 32000-2, 12.6 (actions), 7.11.4 (embedded files), 12.7.8 (XFA forms), 13 (multimedia).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

import pikepdf

#: Actions that only move within the file.
_HARMLESS: Final = frozenset({"/GoTo", "/Named"})
_LINKS: Final = frozenset({"/URI", "/GoToR", "/SubmitForm", "/Thread"})
_SCRIPTS: Final = frozenset({"/JavaScript", "/Rendition"})
#: key → the kind of content it brings; the key alone decides.
_KEYS: Final = {
    "/JS": "script",
    "/JavaScript": "script",
    "/AA": "script",
    "/XFA": "form-program",
    "/EmbeddedFiles": "embedded-file",
    "/EF": "embedded-file",
    "/RF": "embedded-file",
    "/AF": "embedded-file",
    "/Collection": "embedded-file",
    "/RichMediaContent": "media",
    "/RichMediaSettings": "media",
    "/3DD": "media",
}
_ANNOTATIONS: Final = {
    "/FileAttachment": "embedded-file",
    "/RichMedia": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/Screen": "media",
    "/3D": "media",
}
#: Keys that hold an action.
_ACTIONS: Final = ("/A", "/OpenAction", "/PA", "/Next")
#: What a signed file may keep: pages are shown as pictures, on which a link does nothing.
INERT: Final = frozenset({"link"})

Container: TypeAlias = pikepdf.Dictionary | pikepdf.Stream
Remove: TypeAlias = Callable[[], None]


def find(pdf: pikepdf.Pdf) -> set[str]:
    """The kinds of active content in the file."""
    return {kind for kind, _ in _active(pdf)}


def scrub(pdf: pikepdf.Pdf) -> set[str]:
    """Remove all active content; the kinds that were there."""
    found = list(_active(pdf))
    for _, remove in found:
        remove()
    return {kind for kind, _ in found}


def is_signed(pdf: pikepdf.Pdf) -> bool:
    """Whether any object is a signature: a dictionary with /ByteRange and /Contents (ISO 32000-2, 12.8.1)."""
    return any("/ByteRange" in each and "/Contents" in each for each in _containers(pdf))


def _active(pdf: pikepdf.Pdf) -> Iterator[tuple[str, Remove]]:
    for each in _containers(pdf):
        for key in _KEYS.keys() & each.keys():
            yield _KEYS[key], _delete(each, key)
        for key in _ACTIONS:
            kind = _action_kind(each.get(key), chained=key == "/Next")
            if kind:
                yield kind, _delete(each, key)
        if isinstance(each, pikepdf.Stream) and "/F" in each:
            yield "embedded-file", _delete(each, "/F")  # a stream whose data lies in another file
        yield from _annotations(each)
    if "/URI" in pdf.Root:
        yield "link", _delete(pdf.Root, "/URI")


def _annotations(page: Container) -> Iterator[tuple[str, Remove]]:
    listed = page.get("/Annots")
    if not isinstance(listed, pikepdf.Array):
        return
    kinds = [_annotation_kind(entry) for entry in listed]
    found = {kind for kind in kinds if kind}
    kept = [entry for entry, kind in zip(listed, kinds, strict=True) if not kind]
    for kind in found:
        yield kind, lambda: page.__setitem__("/Annots", pikepdf.Array(kept))


def _annotation_kind(entry: object) -> str | None:
    if not isinstance(entry, pikepdf.Dictionary):
        return None
    return _ANNOTATIONS.get(str(entry.get("/Subtype", "")))


def _action_kind(action: object, *, chained: bool = False) -> str | None:
    """What an action does; None for no action, or one that moves within the file (a destination is an array)."""
    if chained and isinstance(action, pikepdf.Array):
        return next((kind for kind in map(_action_kind, action) if kind), None)
    if not isinstance(action, pikepdf.Dictionary) or "/S" not in action:
        return None
    name = str(action.S)
    if name in _HARMLESS:
        return None
    return "link" if name in _LINKS else "script" if name in _SCRIPTS else "launch"


def _delete(container: pikepdf.Object, key: str) -> Remove:
    def remove() -> None:
        if key in container:
            del container[key]

    return remove


def _containers(pdf: pikepdf.Pdf) -> Iterator[Container]:
    """Every dictionary and stream dictionary of the file, nested direct ones included."""
    pending: list[object] = [pdf.trailer]
    pending.extend(pdf.objects)
    while pending:
        each = pending.pop()
        if isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
            yield each
            pending.extend(value for _, value in each.items() if _is_direct(value))
        elif isinstance(each, pikepdf.Array):
            pending.extend(value for value in each if _is_direct(value))


def _is_direct(value: object) -> bool:
    return isinstance(value, pikepdf.Object) and not value.is_indirect
