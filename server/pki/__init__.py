"""The site's own certificate authority: who may connect, and how a seat recognises the server.

Rules: everything here takes `now` and bytes; only `files` and `site` touch the disk. Private keys lie in files of mode
0600 and never in an exception or a log line. Devices get certificates for 30 days, for the key they made themselves.

Usage: `site = SitePki.load_or_create(folder, names=SiteNames("Phòng họp", ("localhost",)), now=now)`.
"""
