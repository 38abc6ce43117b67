"""Speaking (S1–S5): who asks for the floor, who has it, for how long, and what was handed in in writing.

Rules: ``model`` decides, ``service`` appends to the meeting's log, ``clock`` ends turns where the house wants that.

Usage: ``services.speaking.ask(meeting, Asking("i-…", "u-…", SpeechKind.SPEECH), ask=...)``.
"""
