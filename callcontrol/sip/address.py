"""Addresses in SIP headers and request URIs: a name, a user, a host. Pure.

A user part may be a telephone number with parameters of its own (RFC 3966, RFC 4694: ``;npdi``, ``;rn=``, ``;cic=``,
``;isub=``, ``;ext=``), in ``sip:`` and in ``tel:`` URIs (RFC 3261 §19.1.6). They belong to networks and tell nothing of
whom is called, but for ``;phone-context=``: where a local number is valid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

_ADDRESS = re.compile(
    r'^\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^<"]*?))\s*<?\s*(?P<scheme>sips?|tel):(?P<rest>[^>\s]*)',
    re.I,
)
_CONTEXT = re.compile(r";phone-context=([^;@>?]*)", re.I)


@dataclass(frozen=True, slots=True)
class Address:
    """A name-addr or addr-spec of RFC 3261 §25.1, as far as we need it; what is absent is empty. ``user`` is without
    parameters, password and escapes; ``context`` is its ``phone-context`` when that is the beginning of a global
    number (``+33``)."""

    name: str
    user: str
    host: str
    context: str = ""


def address(header: str) -> Address:
    """The parts of a From-like header; all empty for one that is none."""
    header = " ".join(header.split())  # a run of blanks would cost the pattern its cube in time
    found = _ADDRESS.match(header)
    if found is None:
        return Address("", "", "")
    name = found["quoted"] if found["quoted"] is not None else (found["bare"] or "")
    user, at, host = found["rest"].partition("@")
    if not at:  # tel:+33… has no host, sip:host no user
        user, host = (user, "") if found["scheme"].lower() == "tel" else ("", user)
    host = re.split(r"[;:?]", host)[0].lower()
    return Address(re.sub(r"\\(.)", r"\1", name).strip(), plain(user), host, _context(user))


def requested(uri: str) -> Address:
    """The address that a request URI names. A text without a scheme is a user part alone."""
    scheme = uri[:5].lower()
    return address(
        uri if scheme.startswith(("sip:", "sips:", "tel:")) else f"tel:{'%20'.join(uri.split(' '))}"
    )


def plain(user: str) -> str:
    """A user part without its parameters and password (RFC 3261 §19.1.1), its escapes undone once (§19.1.2), and
    without what cannot be printed."""
    bare = unquote(re.split(r"[;:]", user)[0], errors="replace")
    return "".join(sign for sign in bare if sign.isprintable() or sign.isspace())


def _context(user: str) -> str:
    """Only a global prefix says anything about the number; a domain is the network's own affair."""
    found = _CONTEXT.search(user)
    context = unquote(found[1]) if found else ""
    return context if context.startswith("+") else ""
