"""The second factor of accounts with a password: a code of six figures from the person's phone (TOTP, RFC 6238).

Rules I4: a code is good once and half a minute to either side; the secret lies in the database under the master key
alone; ten recovery codes, each good once, are kept as hashes; a wrong code counts as a wrong password does.

Usage: begin reading at ``service.py``; who has to have one is decided in ``server/identity/model.py``.
"""
