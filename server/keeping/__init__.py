"""How terminals are looked after: the light of their screens, maintenance, switching on. Begin at ``model.py``."""
