"""The agency whose room this is: how its documents name it. Begin reading at ``model.py``."""
