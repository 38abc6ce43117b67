"""Written consultation between meetings (phiếu lấy ý kiến): slips, their answers, what they come to.

Rules C1–C12 (docs/CONSULTATIONS.md), W160–W162 (wire/README.md).

Usage: ``services.consultations.create(wording, asked=…)``.
"""
