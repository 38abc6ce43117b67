"""What is refused about reports.

::

    ServerError
    ├── NotAllowed
    │   └── ReportNotTheirs         report-not-theirs: who asks leads nothing that is counted, or not this unit
    └── Malformed
        └── ReportPeriodWrong       report-period-wrong: no two days in order within the years that are kept
"""

from __future__ import annotations

from server.errors import Malformed, NotAllowed


class ReportNotTheirs(NotAllowed):
    """Reports are for who leads: the house, a unit, a meeting; and for secretaries and auditors."""

    code = "report-not-theirs"


class ReportPeriodWrong(Malformed):
    """The period has no first or last day, or they are the wrong way round."""

    code = "report-period-wrong"
