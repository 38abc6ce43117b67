"""What can be wrong with a bundle, a release or a roll-out.

Tree (all are :class:`server.errors.ServerError`)::

    Unsupported: BundleBroken, BundleUnsigned, BundleAltered, BundleForeign
    TooLarge: BundleTooLarge
    NotFound: ReleaseUnknown, RolloutUnknown
    Unavailable: StorageFull, ReleaseBusy
    Conflict: NoUpdateAuthority, BundleExpired, ReleaseKnown, ReleaseInUse, ReleaseTooOld,
              RolloutGoesOn, RolloutNotSo, LabSeatWrong

Usage: ``raise BundleUnsigned``
"""

from __future__ import annotations

from server.errors import Conflict, NotFound, TooLarge, Unavailable, Unsupported


class NoUpdateAuthority(Conflict):
    """The house has not said whose images it takes: ``file`` is not there."""

    code = "update-authority-missing"


class BundleTooLarge(TooLarge):
    """More than ``limit_mib``."""

    code = "bundle-too-large"


class BundleBroken(Unsupported):
    """No bundle, or not the whole of it."""

    code = "bundle-broken"


class BundleUnsigned(Unsupported):
    """Not signed by whom the house trusts with images."""

    code = "bundle-unsigned"


class BundleAltered(Unsupported):
    """What is in it is not what was signed."""

    code = "bundle-altered"


class BundleForeign(Unsupported):
    """A good bundle that says nothing we can use: ``field`` is missing or wrong."""

    code = "bundle-foreign"


class BundleExpired(Conflict):
    """It was to be installed until ``until``."""

    code = "bundle-expired"


class ReleaseKnown(Conflict):
    """``version`` for the same machines is here already, with other bytes."""

    code = "release-known"


class ReleaseUnknown(NotFound):
    """No such release."""

    code = "release-unknown"


class ReleaseInUse(Conflict):
    """A roll-out of it goes on."""

    code = "release-in-use"


class ReleaseTooOld(Conflict):
    """Terminals have run one that forbids everything below ``minimum``."""

    code = "release-too-old"


class RolloutUnknown(NotFound):
    """No such roll-out."""

    code = "rollout-unknown"


class RolloutGoesOn(Conflict):
    """Another one for the same machines has not ended."""

    code = "rollout-goes-on"


class RolloutNotSo(Conflict):
    """It is not in a state for that."""

    code = "rollout-not-so"


class LabSeatWrong(Conflict):
    """The first terminal takes no such image, or has no seat."""

    code = "lab-seat-wrong"


class StorageFull(Unavailable):
    """No room for it on the server's disk."""

    code = "release-disk-full"


class ReleaseBusy(Unavailable):
    """As many fetch it as may at one time; ask again after ``wait_s``."""

    code = "release-busy"
