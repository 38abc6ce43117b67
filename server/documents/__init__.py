"""Documents in the layout of the state's offices: values in, PDF/A out (NĐ 30/2020, Phụ lục I–III).

Begin reading at ``model.py``; ``layout.typ`` is the layout itself.
"""
