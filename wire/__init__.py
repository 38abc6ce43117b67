"""The contract: what travels between server, seat and browser.

Rules: standard library only, and no clock, socket, thread or randomness: those are handed in. `wire/README.md` is the
specification, and tests cite its rule numbers.

Usage: `from wire import topics`.
"""
