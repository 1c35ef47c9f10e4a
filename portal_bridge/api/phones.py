"""How a registered phone is shown: by the address that it registered from, not by its whole SIP contact. Pure.

The rest of a contact (an internal user name, transport, the phone's own parameters) tells its user nothing.
"""

from __future__ import annotations

import re

_CONTACT = re.compile(r"sips?:(?:[^@]*@)?(\[[0-9A-Fa-f:.]+\]|[^\s;?>:\[\]]+)(:[0-9]{1,5})?", re.IGNORECASE)
_SCHEME = re.compile(r"sips?:", re.IGNORECASE)


def is_contact(target: str) -> bool:
    """Whether ``target`` is the SIP contact of a phone, and no telephone number."""
    return _SCHEME.match(target) is not None


def address_of(contact: str) -> str | None:
    """The host of a contact (RFC 3261 §19.1), with its port where it has one; None when there is none to be read."""
    found = _CONTACT.match(contact)
    return f"{found[1]}{found[2] or ''}" if found else None
