"""Pages of papers: pictures, words, search and outline, made by PDFium in a process of its own.

Rules: PDFium reads files that strangers made, so it never runs in the process that holds the
session, the database or the card; its process has limits, is asked through pipes, and is started
anew when it dies. Papers are decrypted where they are read (``sealing.papers``): no plain text
touches a disk. Keys reach the process by pipe, never by argument or environment.

Usage::

    renderer = pages.renderer.Renderer()
    webp = renderer.render(document, 1, width=1200, mark="Đ/c A · 07 · 08:15 21/11/2026")
"""
