"""The bridge on a person's PC: the same agent as a seat's, small, so that a browser's console can use the USB token.

Rules G50–G57 (docs/SIGNING.md, docs/adr/0012-bridge.md): it listens on the loopback alone, talks to servers that its
person has paired, and to nobody else; it connects to nothing. The PIN and what is signed are shown on its own pages,
never on a page of the server. Nothing is signed that the paired server has not asked for, and the person not seen.

Usage: ``phonghop token run``, as a service of the person who sits there.
"""
