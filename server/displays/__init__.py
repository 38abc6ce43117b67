"""The room's big screen: IT makes a link, the screen opens it once and may see what its room shows.

Rules: a link and the session it opens are random; the database keeps their hashes only. A display is nobody: it reads
the meetings of one room as a display may, and changes nothing.

Usage: `link = displays.make_link(room, by=actor.label, replace=False, now=now)`.
"""
