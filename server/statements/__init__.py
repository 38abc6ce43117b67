"""Signed acts: what people declare with their token, verified before it counts and kept beside the event it makes.

Rules W62–W65 (wire/README.md), G43–G49 (docs/SIGNING.md).

Usage: ``services.statements.perform(meeting, deed, signed, doing=…)``.
"""
