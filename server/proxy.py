"""Who really calls: what the proxy on this machine says of the address, and nobody else's word for it.

Rules: ``X-Forwarded-*`` and ``X-Phonghop-Client-*`` count only when the connection comes over the loopback, where the
proxy is; from anywhere else they are taken off, so that nobody chooses the address under which tries and requests are
counted, or the certificate that a terminal is said to have shown.

Usage: ``app.wsgi_app = behind_proxy(app.wsgi_app)``.
"""

from __future__ import annotations

import ipaddress
from typing import Any, Final

from werkzeug.middleware.proxy_fix import ProxyFix

_HEADERS: Final = tuple(f"HTTP_X_FORWARDED_{name}" for name in ("FOR", "PROTO", "HOST", "PORT", "PREFIX", "SERVER"))
#: What the proxy says of a terminal's certificate (deploy/nginx).
_CLIENT: Final = ("HTTP_X_PHONGHOP_CLIENT_VERIFIED", "HTTP_X_PHONGHOP_CLIENT_SERIAL")


def behind_proxy(inner: Any) -> Any:
    """The WSGI application ``inner``, for a server behind one proxy on the same machine."""
    trusting = ProxyFix(inner, x_for=1, x_proto=1, x_host=1)

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        if is_loopback(environ.get("REMOTE_ADDR", "")):
            return trusting(environ, start_response)
        for name in (*_HEADERS, *_CLIENT):
            environ.pop(name, None)
        return inner(environ, start_response)

    return application


def is_loopback(address: str) -> bool:
    """Whether a connection from ``address`` began on this machine."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return bool((mapped or found).is_loopback)
