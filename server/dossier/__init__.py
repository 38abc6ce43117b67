"""A meeting's dossier: everything somebody needs to check it without this server, and the check.

Rules G48, G49 (docs/SIGNING.md): written by ``service``, read and judged by ``verifying`` in a process without network.

Usage: ``services.dossiers.export(meeting, actor, now=now)``; ``phonghop verify dossier.zip --anchors DIR``.
"""
