"""Who is who: accounts, roles, passwords, sessions, the idle lock.

Rules: rights follow the person; nobody is two of system admin, security admin and auditor; the way of signing in stands
behind a port, so that a token can take the password's place.

Usage: ``identity.sign_in(username, password, source=address, now=now)``.
"""
