"""What meetings are made from: types with their defaults, saved templates, earlier meetings; one or a series of drafts.

Begin at ``model.py``; ``series.py`` counts the days.
"""
