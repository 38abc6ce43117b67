"""Meetings in the calendars people have: a file of one meeting, and an address of one's own that can be taken back.

Begin at ``model.py``; ``service.py`` keeps the addresses.
"""
