"""Search over everything a person may see: meetings, items of agendas, papers with their text.

Begin at ``model.py``; ``index.py`` is the library's full-text search in memory, ``service.py`` keeps it true.
"""
