"""Signing in at a seat with a USB token: challenges, and what a signed one proves (W53–W56, I1).

Rules: whoever holds the key of an enrolled certificate is the person it is enrolled for; the name in a certificate is
never asked. No PIN and no password comes here.

Usage: `tokens.give(device, seat, meeting=meeting)`, then `tokens.prove(data, device=device, …)`.
"""
