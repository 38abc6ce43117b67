"""Papers asked from people with a deadline: asked, handed in, approved or returned, reminded, withdrawn (W137–W140).

Begin at ``model.py``; what is handed in takes the way of every paper (``server/papers/submission.py``).
"""
