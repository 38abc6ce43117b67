"""Everything the seat refuses or cannot do, with a stable code and texts in ``web/locales``.

::

    EdgeError
    ├── SettingsWrong             settings-wrong
    ├── SeatRefusal               what a person at the page is told
    │   ├── BadRequest            seat-bad-request
    │   ├── NoSuchPath            seat-not-found
    │   ├── WrongHost             seat-wrong-host
    │   ├── WrongToken            seat-wrong-token
    │   ├── KioskOnly             seat-kiosk-only
    │   ├── TooManyScreens        seat-too-many-screens
    │   ├── SignInFirst           seat-sign-in-first
    │   ├── SeatLocked            session-locked
    │   ├── SignInRunning         seat-sign-in-running
    │   ├── SomebodySignedIn      seat-taken-by-person
    │   ├── Offline               offline
    │   ├── NotAMember            not-a-member
    │   ├── BadCredentials        bad-credentials
    │   ├── TooManyTries          too-many-tries
    │   ├── NoMeeting             no-meeting
    │   ├── ChallengeForeign      seat-challenge-foreign
    │   ├── ChallengeStale        seat-challenge-stale
    │   ├── TokenNeeded           seat-token-needed
    │   ├── TokenOther            seat-token-other
    │   ├── TokenBusy             seat-token-busy
    │   ├── CardAtWork            seat-card-at-work
    │   ├── StatementUnknown      seat-statement-unknown
    │   ├── StatementGone         seat-statement-gone
    │   ├── RoundNotHere          seat-round-not-here
    │   ├── RoundNotWaiting       seat-round-not-waiting
    │   ├── RoundFileAway         seat-round-file-away
    │   ├── RoundFileBroken       seat-round-file-broken
    │   ├── OfferLate             seat-offer-late
    │   ├── AnswerUnsure          seat-answer-unsure
    │   ├── NoSecretVote          seat-no-secret-vote
    │   ├── BallotExists          already-voted
    │   ├── BallotNotSigned       seat-ballot-not-signed
    │   ├── BallotLineForeign     seat-ballot-line-foreign
    │   ├── MarksNotReady         seat-marks-not-ready
    │   ├── MarksFull             marks-full
    │   ├── PaperNotHere          paper-not-here
    │   ├── PaperNotReady         paper-not-ready
    │   ├── PageNotDrawn          page-not-drawn
    │   ├── ServerRefused         (the code of the answer: the machine's or the server's)
    │   ├── CannotRestart         seat-cannot-restart
    │   ├── CannotPowerOff        seat-cannot-power-off
    │   ├── IsProgram             seat-is-program
    │   ├── NobodyHere            seat-nobody-here
    │   ├── ScreenInUse           seat-screen-in-use
    │   ├── KeptFree              seat-maintenance
    │   └── Stopping              seat-stopping
    ├── MeetingFault              why a meeting is not shown
    │   ├── AgentOutdated         agent-outdated
    │   └── LogBroken             log-broken
    ├── RecordDiffers             seat-record-differs
    ├── VaultError                what the store on disk cannot give or take
    │   ├── StoreClosed           seat-store-closed
    │   │   └── StoreBusy         seat-store-closed
    │   │       └── StoreHeld     seat-store-closed
    │   ├── StoreShut             seat-store-shut
    │   ├── StoreUnreadable       seat-store-unreadable
    │   │   └── SealBroken        seat-store-unreadable
    │   └── DiskFull              seat-disk-full
    └── EnrolmentError            what stands between the device and its certificate
        ├── ServerUnreachable     enrol-server-unreachable
        ├── SiteNotTrusted        site-not-trusted
        ├── ClockWrong            device-clock-wrong
        ├── BadServerAnswer       enrol-bad-answer
        ├── DeviceRefused         device-refused
        ├── DeviceRevoked         device-revoked
        ├── RenewalRefused        renewal-refused
        └── KeyUnusable           device-key-unusable

Rules: ``data`` holds JSON values for the text and never a secret. HTTP status: one table in ``edge/page/answers.py``.
"""

from __future__ import annotations

from typing import Any, ClassVar


class EdgeError(Exception):
    """Root of the package."""

    code: ClassVar[str] = "edge-error"

    def __init__(self, detail: str = "", **data: Any) -> None:
        super().__init__(detail or self.code)
        self.data: dict[str, Any] = data


class SettingsWrong(EdgeError):
    """All that is wrong with the settings, one line each in ``problems``."""

    code = "settings-wrong"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class SeatRefusal(EdgeError):
    """What a person at the page is told."""

    code = "seat-refused"


class BadRequest(SeatRefusal):
    """The page sent something that cannot be read."""

    code = "seat-bad-request"


class NoSuchPath(SeatRefusal):
    """Nothing is served under this address."""

    code = "seat-not-found"


class WrongHost(SeatRefusal):
    """The request was addressed to another name than this seat's (DNS rebinding)."""

    code = "seat-wrong-host"


class WrongToken(SeatRefusal):
    """The page is of an earlier start, or is not the seat's page."""

    code = "seat-wrong-token"


class KioskOnly(SeatRefusal):
    """The request does not come from the browser that this terminal's screen runs."""

    code = "seat-kiosk-only"


class TooManyScreens(SeatRefusal):
    """More live pages than one seat has screens."""

    code = "seat-too-many-screens"


class SignInFirst(SeatRefusal):
    """Nobody is signed in at this seat."""

    code = "seat-sign-in-first"


class SeatLocked(SeatRefusal):
    """The seat is locked: the password is asked again before anything is shown."""

    code = "session-locked"


class SignInRunning(SeatRefusal):
    """A sign-in is being asked of the server."""

    code = "seat-sign-in-running"


class SomebodySignedIn(SeatRefusal):
    """Somebody else is signed in here; they sign out first."""

    code = "seat-taken-by-person"


class Offline(SeatRefusal):
    """This needs the server, and the server cannot be reached."""

    code = "offline"


class NoSecretVote(SeatRefusal):
    """No secret vote is open here that asks for this answer."""

    code = "seat-no-secret-vote"


class BallotExists(SeatRefusal):
    """The person has a ballot here already, which is signed, or says something else."""

    code = "already-voted"


class BallotNotSigned(SeatRefusal):
    """What came from the server is no signature of the ballot."""

    code = "seat-ballot-not-signed"


class BallotLineForeign(SeatRefusal):
    """The log says something else of this seat's ballot than what was asked for (W81)."""

    code = "seat-ballot-line-foreign"


class NotAMember(SeatRefusal):
    """The person is not a member of the meeting shown."""

    code = "not-a-member"


class BadCredentials(SeatRefusal):
    """Name or password is wrong."""

    code = "bad-credentials"


class TooManyTries(SeatRefusal):
    """Too many wrong passwords; ``data["wait_s"]`` says how long to wait."""

    code = "too-many-tries"


class NoMeeting(SeatRefusal):
    """No meeting is shown at this seat."""

    code = "no-meeting"


class ChallengeForeign(SeatRefusal):
    """The challenge names another server, device, seat or meeting: nothing is signed (W57)."""

    code = "seat-challenge-foreign"


class ChallengeStale(SeatRefusal):
    """The challenge is over, or is good for longer than any may be (W57)."""

    code = "seat-challenge-stale"


class TokenNeeded(SeatRefusal):
    """Who signed in with a token opens the lock with the same token."""

    code = "seat-token-needed"


class TokenOther(SeatRefusal):
    """Without the server only the token that signed in here is taken."""

    code = "seat-token-other"


class TokenBusy(SeatRefusal):
    """The token is still being read, or no longer usable: plug it in again."""

    code = "seat-token-busy"


class CardAtWork(SeatRefusal):
    """The token is signing something already."""

    code = "seat-card-at-work"


class StatementUnknown(SeatRefusal):
    """Nothing of this kind is declared with a token here, or not by this person, or not now."""

    code = "seat-statement-unknown"


class StatementGone(SeatRefusal):
    """The statement that was shown is not there any longer: it has to be read again."""

    code = "seat-statement-gone"


class RoundNotHere(SeatRefusal):
    """No such round waits for the person who is signed in here."""

    code = "seat-round-not-here"


class RoundNotWaiting(SeatRefusal):
    """The round is over, or the person has signed, or it is not their turn."""

    code = "seat-round-not-waiting"


class RoundFileAway(SeatRefusal):
    """The file is not here yet, or is another one than was read: somebody has signed meanwhile."""

    code = "seat-round-file-away"


class RoundFileBroken(SeatRefusal):
    """What came is not the file that was announced."""

    code = "seat-round-file-broken"


class OfferLate(SeatRefusal):
    """The turn came when its time was over."""

    code = "seat-offer-late"


class AnswerUnsure(SeatRefusal):
    """The card has signed, and nobody knows whether the server has taken it: the list will say."""

    code = "seat-answer-unsure"


class MarksNotReady(SeatRefusal):
    """The key of the person's marks has not come from the server yet."""

    code = "seat-marks-not-ready"


class MarksFull(SeatRefusal):
    """There are too many marks, or too large ones; ``data`` has ``most``."""

    code = "marks-full"


class PaperNotHere(SeatRefusal):
    """No such paper for this person at this seat."""

    code = "paper-not-here"


class PaperNotReady(SeatRefusal):
    """The paper is still on its way; ``data`` has ``have`` and ``chunks``."""

    code = "paper-not-ready"


class PageNotDrawn(SeatRefusal):
    """The page could not be drawn."""

    code = "page-not-drawn"


class ServerRefused(SeatRefusal):
    """The machine or the server said no; ``code`` is theirs."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code, **data)
        self.code = code  # type: ignore[misc]  # the one error whose code comes from elsewhere


class CannotRestart(SeatRefusal):
    """Nobody at this machine may start it again."""

    code = "seat-cannot-restart"


class CannotPowerOff(SeatRefusal):
    """Nobody at this machine may switch it off."""

    code = "seat-cannot-power-off"


class IsProgram(SeatRefusal):
    """This seat is a program on somebody's computer: there is no machine of its own to switch off or start again."""

    code = "seat-is-program"


class NobodyHere(SeatRefusal):
    """Nobody is signed in here: there is nothing to lock."""

    code = "seat-nobody-here"


class ScreenInUse(SeatRefusal):
    """Somebody is or may soon be in front of this screen: it stays lit."""

    code = "seat-screen-in-use"


class KeptFree(SeatRefusal):
    """This place is under maintenance: nobody signs in here."""

    code = "seat-maintenance"


class Stopping(SeatRefusal):
    """The agent is on its way down."""

    code = "seat-stopping"


class MeetingFault(EdgeError):
    """Why a meeting is not shown."""

    code = "meeting-fault"


class AgentOutdated(MeetingFault):
    """The log holds a kind of event that this version does not know (W05)."""

    code = "agent-outdated"


class LogBroken(MeetingFault):
    """The server's log does not follow the one kept here (W41)."""

    code = "log-broken"


class RecordDiffers(EdgeError):
    """The server's record does not go on from the one this seat has seen (W75)."""

    code = "seat-record-differs"


class VaultError(EdgeError):
    """What the store on disk cannot give or take."""

    code = "vault-error"


class StoreClosed(VaultError):
    """The store's key has not come from the server yet."""

    code = "seat-store-closed"


class StoreBusy(StoreClosed):
    """The store is being opened, made or left just now: asked again, it answers."""


class StoreHeld(StoreBusy):
    """The store is destroyed, and could not be left: its key is in the kernel until the machine starts again."""


class StoreShut(VaultError):
    """The server's key does not open the store; what it keeps stays until IT has decided.

    ``data``: ``asked``, the question, and ``why``, one of :data:`wire.messages.machine.SHUT`.
    """

    code = "seat-store-shut"


class StoreUnreadable(VaultError):
    """The disk gives nothing now, or not what was written: what lies there stays as it is."""

    code = "seat-store-unreadable"


class SealBroken(StoreUnreadable):
    """The disk gave a sealed file, and it is changed, cut, or sealed under another key: it will never open."""


class DiskFull(VaultError):
    """Nothing more can be kept; what is kept stays."""

    code = "seat-disk-full"


class EnrolmentError(EdgeError):
    """What stands between the device and its certificate."""

    code = "enrol-error"


class ServerUnreachable(EnrolmentError):
    """No answer from the server; asked again later."""

    code = "enrol-server-unreachable"


class SiteNotTrusted(EnrolmentError):
    """What answers is not the site whose fingerprint this device was given."""

    code = "site-not-trusted"


class ClockWrong(EnrolmentError):
    """A certificate of this site that is not valid at the time this device believes it is."""

    code = "device-clock-wrong"


class BadServerAnswer(EnrolmentError):
    """An answer that the protocol does not contain."""

    code = "enrol-bad-answer"


class DeviceRefused(EnrolmentError):
    """IT refused this device."""

    code = "device-refused"


class DeviceRevoked(EnrolmentError):
    """IT revoked this device: it keeps nothing."""

    code = "device-revoked"


class RenewalRefused(EnrolmentError):
    """The server gives no next certificate for this request."""

    code = "renewal-refused"


class KeyUnusable(EnrolmentError):
    """The device's key file is there and cannot be used."""

    code = "device-key-unusable"
