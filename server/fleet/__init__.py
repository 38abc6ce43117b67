"""The terminals: enrolment, approval, seats, revocation; what the broker lets them do; the links of room displays.

Rules: a device is its public key; a seat has at most one device; the database decides, the broker's access list and
revocation list follow from it (`broker.Warden`), and a revoked device's live session ends within seconds.

Usage: `service.enrol(request, now=now)`, `service.approve(actor, device, seat=seat, code=code, now=now)`.
"""
