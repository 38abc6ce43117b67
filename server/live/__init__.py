"""Live screens: consoles and displays get what has changed, over Socket.IO, on a tick of 100 ms.

Rules M3, W44: a screen holds a number and sections; it is sent the sections that changed for it, from its number to the
newest; changes within a tick become one patch; a screen that cannot keep up gets fewer and larger patches and slows
nobody else.

Usage: ``hub.announce(meeting, events, before=before, after=after)``; ``hub.tick(now_s)``.
"""
