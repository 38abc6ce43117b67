"""What is refused about tasks.

::

    ServerError
    ├── NotFound
    │   ├── TaskUnknown             task-unknown: there is none, or none that one may see
    │   └── TaskFileUnknown         task-file-unknown
    ├── NotAllowed
    │   └── NotTheirTask            task-not-theirs: who asks sees the task, and this is for somebody else
    ├── Malformed
    │   ├── TaskDayWrong            task-day-wrong: a deadline before today, or none at all
    │   ├── TaskNamedWrong          task-named-wrong: the head names somebody who is not of the unit
    │   ├── TaskPartyWrong          task-party-wrong: nobody of that name can answer for a task
    │   └── TaskTwice               task-party-twice: somebody leads and takes part
    └── Conflict
        ├── TaskStageWrong          task-stage-wrong: the table knows no such move from there
        ├── TaskChanged             task-changed: somebody wrote it anew, or reported again
        ├── TaskNoExtension         task-no-extension: no extension is asked for, or another one
        ├── TaskExtensionWaits      task-extension-waits: the one before is not decided yet
        ├── TaskMeetingCancelled    task-meeting-cancelled: nothing is given in a meeting that was called off
        ├── TaskFull                task-full: as many files or lines as a task may have
        └── NothingLeftOver         task-nothing-left: none of the tasks is open, or all stand in the agenda
"""

from __future__ import annotations

from server.errors import Conflict, Malformed, NotAllowed, NotFound


class TaskUnknown(NotFound):
    """There is no such task, or who asks has no part in it."""

    code = "task-unknown"


class TaskFileUnknown(NotFound):
    """The task has no such file."""

    code = "task-file-unknown"


class NotTheirTask(NotAllowed):
    """Who asks may read the task, and may not do this."""

    code = "task-not-theirs"


class TaskDayWrong(Malformed):
    """A deadline is today or later, and an extension later than the deadline."""

    code = "task-day-wrong"


class TaskPartyWrong(Malformed):
    """``data["name"]`` has no account that is in use, or is a unit that is closed or has no head."""

    code = "task-party-wrong"


class TaskNamedWrong(Malformed):
    """``data["name"]`` is not in the unit that leads or below it, or has no account that is in use."""

    code = "task-named-wrong"


class TaskTwice(Malformed):
    """Somebody leads a task and takes part in it, or takes part twice."""

    code = "task-party-twice"


class TaskStageWrong(Conflict):
    """The task stands at ``data["stage"]``."""

    code = "task-stage-wrong"


class TaskChanged(Conflict):
    """Somebody wrote it anew; ``data["task"]`` is what is kept now, ``data["revision"]`` its number."""

    code = "task-changed"


class TaskNoExtension(Conflict):
    """There is no such request to decide."""

    code = "task-no-extension"


class TaskExtensionWaits(Conflict):
    """One request at a time; it is to be decided first."""

    code = "task-extension-waits"


class TaskMeetingCancelled(Conflict):
    """The meeting was cancelled: what is to be done is given outside it."""

    code = "task-meeting-cancelled"


class TaskFull(Conflict):
    """``data["most"]`` are there already."""

    code = "task-full"


class NothingLeftOver(Conflict):
    """There is nothing to take into the agenda."""

    code = "task-nothing-left"
