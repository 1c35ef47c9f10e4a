"""The headers that every answer has, whoever made it. Pure."""

from __future__ import annotations

from collections.abc import MutableMapping

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "callcontrol",
}
DEFAULTS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
"""Unless a handler said something else."""


def add_to(headers: MutableMapping[str, str]) -> None:
    """Put them in."""
    headers.update(ALWAYS)
    for name, value in DEFAULTS.items():
        headers.setdefault(name, value)
