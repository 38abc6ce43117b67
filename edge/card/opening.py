"""Opens whatever token is in a reader: PIV first, then the vendors' modules in their order.

Rules: PIV needs nobody's driver and an exclusive handle, so it is asked first; a card that is no PIV card is handed to
the modules. The reason told at last is the most useful one: that a module is missing only when none was found.

Usage: `token = open_token(context, reader, modules=candidates(None))`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edge.card.errors import CardAbsent, CardError, ForeignCard, ModuleError
from edge.card.pcsc import Context
from edge.card.piv_token import open_piv
from edge.card.pkcs11.module import ModuleProcess
from edge.card.pkcs11.pkcs11_token import open_pkcs11
from edge.card.token import Token


def open_token(context: Context, reader: str, *, modules: Sequence[Path] = ()) -> Token:
    """The token in ``reader``; raises ForeignCard when nothing here can speak with it, or a ReaderError.

    The caller closes it before ``context``.
    """
    try:
        token = open_piv(context.connect(reader))
        if token.certificates:
            return token
        # A token may answer as PIV and keep its certificates where only its own module looks.
        token.close()
        if not modules:
            return open_piv(context.connect(reader))
    except ForeignCard:
        if not modules:
            raise
    return _by_module(context, reader, modules)


def _by_module(context: Context, reader: str, modules: Sequence[Path]) -> Token:
    reason: CardError = ForeignCard("no module knows this card")
    for path in modules:
        try:
            token = open_pkcs11(ModuleProcess(path), reader=reader, reset=lambda: context.reset_card(reader))
            if token.certificates:
                return token
            token.close()
        except (CardAbsent, ForeignCard):
            continue
        except ModuleError as exc:
            reason = exc
    raise reason
