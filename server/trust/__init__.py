"""Whom the house trusts: anchors, people's certificates, and whether they have been revoked.

Rules: an anchor is put in by the security administrator and by nobody else; a certificate belongs to a person because
that person proved its key and was enrolled by its fingerprint, never because of the name that stands in it.

Usage: `trust.standing(fingerprint, now=now)`.
"""
