"""Who really calls: what the proxy on this machine says of the address, and nobody else's word for it.

Rules: ``X-Forwarded-*`` counts only when the connection comes over the loopback, where the proxy is; from anywhere
else it is taken off, so that nobody chooses the address under which tries and requests are counted.

Usage: ``app.wsgi_app = behind_proxy(app.wsgi_app)``.
"""

from __future__ import annotations

import ipaddress
from typing import Any, Final

from werkzeug.middleware.proxy_fix import ProxyFix

_HEADERS: Final = ("FOR", "PROTO", "HOST", "PORT", "PREFIX", "SERVER")


def behind_proxy(inner: Any) -> Any:
    """The WSGI application ``inner``, for a server behind one proxy on the same machine."""
    trusting = ProxyFix(inner, x_for=1, x_proto=1, x_host=1)

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        if is_loopback(environ.get("REMOTE_ADDR", "")):
            return trusting(environ, start_response)
        for name in _HEADERS:
            environ.pop(f"HTTP_X_FORWARDED_{name}", None)
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
