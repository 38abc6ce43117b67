"""Accounts from a list: a CSV or XLSX file is read apart, judged row by row, shown, and taken in one commit.

Begin reading at ``model.py``; docs/adr/0037 says why it is as it is.
"""
