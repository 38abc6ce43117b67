"""A USB token in software: a PIV card of our own behind Debian's ``vpcd`` and the real ``pcscd``.

A development part, for the demonstration and the tests. Its keys lie in a file and in memory, where any program of the
machine can take them: it is never installed on a terminal, and no package for one contains it
(``tests/architecture/test_softtoken_stays_out.py``). Written from SP 800-73-4 and ISO/IEC 7816-4 without the code of
``edge/card``, so that the two can disagree.
"""
