"""What can go wrong between a paper and its picture.

::

    PagesError
    ├── RenderFailed       render-failed       the process crashed, hung, or PDFium gave up
    ├── PaperUnreadable    paper-unreadable    not a PDF that opens
    ├── PaperIncomplete    paper-incomplete    chunks are missing or damaged, or the key is another's
    ├── NoSuchPage         no-such-page
    └── RendererClosed     renderer-closed     asked after close()
"""

from __future__ import annotations

from typing import ClassVar, Final


class PagesError(Exception):
    """Root of the package; ``code`` is stable and names a text in the catalogues."""

    code: ClassVar[str] = "pages-error"


class RenderFailed(PagesError):
    """The process crashed, took too long, or PDFium could not draw this page."""

    code = "render-failed"


class PaperUnreadable(PagesError):
    """The file does not open as a PDF."""

    code = "paper-unreadable"


class PaperIncomplete(PagesError):
    """A part that is needed here is missing or damaged, or the key is not this paper's."""

    code = "paper-incomplete"


class NoSuchPage(PagesError):
    """The paper has fewer pages."""

    code = "no-such-page"


class RendererClosed(PagesError):
    """The renderer was closed."""

    code = "renderer-closed"


#: What the process may answer, by code; anything else it says is a :class:`RenderFailed`.
BY_CODE: Final[dict[str, type[PagesError]]] = {
    kind.code: kind for kind in (RenderFailed, PaperUnreadable, PaperIncomplete, NoSuchPage)
}
