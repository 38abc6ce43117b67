"""The minutes of a meeting (biên bản): drafted from the record, edited together, commented, signed, frozen.

Begin reading at ``facts.py``, then ``document.py``; rules BB1 … of docs/MINUTES.md.
"""
