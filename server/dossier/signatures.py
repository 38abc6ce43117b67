"""Whether a statement's signature holds, and whether its certificate was good: offline, with the anchors given.

Rules W65, G20, G31, G49: the CMS is the one form there is for the statement; the moment that counts is the one of the
event in the log, and what was known of the certificate then is judged for that moment. Without an anchor the signature
is right or wrong all the same; only who it leads to cannot be confirmed.

Usage: ``judge(said, cms, anchors=anchors, kept=kept, at=event.at, now=now)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from asn1crypto import x509

from server.dossier.anchors import Anchors
from server.signing.verdict import BREAKING
from server.trust import certificates, model, paths
from server.trust.errors import REFUSALS, CertificateRefused, CertificateUnreadable, RevocationUnknown
from server.trust.model import Facts, Kept
from server.trust.paths import Known
from wire import cades
from wire.errors import WireError
from wire.statement import Statement


class Judged(NamedTuple):
    """``code`` is why it is not right (empty: it is); ``broken``: it is wrong, not only unconfirmed."""

    facts: Facts | None
    code: str = ""
    broken: bool = False


def judge(
    said: Statement, cms: bytes, *, anchors: Anchors, kept: Sequence[Kept], at: dt.datetime, now: dt.datetime
) -> Judged:
    """The verdict on one statement; nothing is raised for what somebody may have put there."""
    facts: Facts | None = None
    try:
        parts = cades.check(said, cms)
        facts = certificates.read(parts.certificates[0])
        certificates.check_signature(facts, cades.to_sign(said, facts.der), parts.signature)
    except (WireError, CertificateUnreadable):
        return Judged(facts, "statement-form", broken=True)
    except certificates.SignatureWrong:
        return Judged(facts, "signature-wrong", broken=True)
    try:
        path = _judge(facts, parts.certificates[1:], anchors=anchors, kept=kept, at=at, now=now)
    except (CertificateRefused, RevocationUnknown, ValueError) as exc:
        code = exc.code if isinstance(exc, CertificateRefused | RevocationUnknown) else "certificate-refused"
        return Judged(facts, code, broken=code in BREAKING)
    # Nothing rides along: what is in the CMS is the path to the anchor.
    rides = set(parts.certificates) - set(path)
    return Judged(facts, "statement-form", broken=True) if rides else Judged(facts)


def _judge(
    facts: Facts, chain: Sequence[bytes], *, anchors: Anchors, kept: Sequence[Kept], at: dt.datetime, now: dt.datetime
) -> tuple[bytes, ...]:
    problem = model.problem_of(facts, now=at)
    if problem is not None:
        raise REFUSALS[problem.code](**problem.data)
    known = Known(anchors.known.anchors, (*anchors.known.others, *chain))
    context = paths.context(known, material=model.material(kept), moment=at, revocation="require", later=at < now)
    return paths.run_path(x509.Certificate.load(facts.der), context)
