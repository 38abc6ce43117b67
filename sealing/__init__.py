"""The contract's cryptography: what ``wire`` describes, done with the library ``cryptography``.

Rules: no clock, no socket, no file but the ones handed in; every error is a
:class:`wire.errors.WireError`; keys travel as :class:`wire.secret.Secret` and are never printed.
Nothing is invented here: HPKE (RFC 9180), AES key wrap (RFC 3394), Ed25519 (RFC 8032), ECDSA
(FIPS 186-5), HKDF (RFC 5869), AES-256-GCM (SP 800-38D) and Cobblestone-256 (C2SP
chunked-encryption).

Usage::

    frame = sealing.boxes.seal_box(data, to=key.public, topic=topic)
"""
