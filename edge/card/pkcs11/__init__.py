"""Vendors' tokens through their PKCS#11 modules, each in a process of its own (docs/adr/0009-tokens.md).

Rules: a vendor's module is somebody else's C code: it may hang, crash, start threads and write to the terminal. It is
loaded by ``child`` alone, which the seat's agent starts, times and ends.
"""
