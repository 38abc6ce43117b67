"""People's private marks on papers: kept as they came, in boxes that nothing here opens (P8, W98–W103).

Rules: docs/adr/0022.

Usage: ``MarksService(unit, store, meetings, master=…, random=…)``.
"""
