"""Secret slips: a ballot is given by name and handed in without one (docs/adr/0056).

Begin reading at :mod:`server.consultations.secret.urn`; keys lie in ``keys.py``, use cases in ``service.py``.
"""
