"""Measurements that a person starts (`make bench-distribution`); no part of the tests.

Rules: every yardstick carries the same bytes in the same run; what is printed is medians, the spread beside them, and
ratios. A figure that a machine of two processors cannot give is not given.

Usage: ``python -m tests.bench.distribution --quick``
"""
