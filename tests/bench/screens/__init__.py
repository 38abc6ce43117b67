"""What people in front of screens wait for, measured in a real browser on a real room (`make bench-screens`).

Rules: a moment counts when the picture is painted, not when it has arrived; what is compared runs interleaved in the
same room; every part is bounded in number and in time. Medians and 95th percentiles, with the number of samples.

Usage: ``python -m tests.bench.screens --quick``
"""
