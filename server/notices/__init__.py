"""Messages of whoever leads: to the wall with a countdown, to one, some or all seats (F2).

Usage: ``services.notices.prepare(meeting, NewNotice(...), ask=...)``.
"""
