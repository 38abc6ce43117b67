"""Why a list of accounts is not taken as a whole. What is wrong in a row is no error: see ``model.Fault``.

::

    Unsupported
    └── RosterRefused
        ├── RosterBroken     roster-broken: neither CSV nor XLSX that can be read
        ├── RosterOldFormat  roster-old-format: .xls, or protected with a password
        ├── RosterEncoding   roster-encoding: CSV that is not UTF-8
        ├── RosterTooLong    roster-too-long
        ├── RosterHeadless   roster-headless: a column that is needed is missing
        └── RosterEmpty      roster-empty: no row below the head
    Conflict
    └── RosterChanged        roster-changed: the house is not any more what the preview was made of
    Unavailable
    └── RosterBusy           roster-busy
"""

from __future__ import annotations

from typing import Final

from server.errors import Conflict, Unavailable, Unsupported


class RosterRefused(Unsupported):
    """The file cannot be read as a list of accounts."""

    code = "roster-refused"


class RosterBroken(RosterRefused):
    """Not what it says to be, or larger inside than any list is."""

    code = "roster-broken"


class RosterOldFormat(RosterRefused):
    """A workbook in the old format, or an encrypted one: both look alike from outside."""

    code = "roster-old-format"


class RosterEncoding(RosterRefused):
    """Text in an old encoding, in which Vietnamese letters are not told apart for sure."""

    code = "roster-encoding"


class RosterTooLong(RosterRefused):
    """``data["most"]`` rows."""

    code = "roster-too-long"


class RosterHeadless(RosterRefused):
    """``data["missing"]``: the columns, as the template calls them."""

    code = "roster-headless"


class RosterEmpty(RosterRefused):
    """Nothing to take."""

    code = "roster-empty"


class RosterChanged(Conflict):
    """Units or accounts were changed after the preview: it has to be looked at again."""

    code = "roster-changed"


class RosterBusy(Unavailable):
    """Other lists are just being read."""

    code = "roster-busy"


#: What the reading process may answer.
REFUSALS: Final[dict[str, type[RosterRefused]]] = {
    each.code: each for each in (RosterBroken, RosterOldFormat, RosterEncoding, RosterTooLong, RosterEmpty)
}
