"""The room's server: meetings, papers, accounts, terminals, and the pages of chair, secretary, display and IT.

Rules: one folder per feature; inside it `routes | realtime | store` → `service` → `ports` → `model`. Never imports
`edge`; what both need is in `wire`.

Usage: `phonghop serve`.
"""
