"""Rooms and the seats in them.

Rules: a seat is a place with a label, not a device; which terminal stands there, the fleet knows.

Usage: ``rooms.create_room("Phòng họp 1", [NewSeat("A1", 120, 300)], actor=actor, act=act, now=now)``.
"""
