"""Meetings: the log of each, what may be written to it, and who is told.

Rules M1–M4: every change is an event; a command is checked by ``model.py`` against the folded state, appended with the
next number, committed, and only then announced, in the log's order.

Usage: ``meetings.open_meeting(meeting, actor=actor, act=act, now=now)``.
"""
