"""The tree of the house's units: departments, divisions, offices, who heads them and who belongs to them.

Begin reading at ``model.py``; docs/adr/0037 says why it is as it is.
"""
