"""How a device becomes this site's: its key is made here, IT approves it by twelve digits, certificates are renewed.

Rules: shaped like EST (RFC 7030), as docs/API.md has it. The only thing believed at first is the SHA-256 of the site's
CA; everything else is checked against it. The key never leaves the device.

Usage: ``Enroller(…).run()`` in a thread of its own.
"""
