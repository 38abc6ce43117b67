"""Reports over meetings that are over: how many, who came, who spoke, what was voted, what was not printed.

Usage: ``server.assembly.reports.build(services)``.
"""
