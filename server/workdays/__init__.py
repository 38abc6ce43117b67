"""Days on which offices work, and the deadlines that count them. Begin reading at ``model.py``."""
