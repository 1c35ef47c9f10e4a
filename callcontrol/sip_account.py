"""The SIP accounts of a line: its number, and its number with ``-dtls`` for phones that encrypt by DTLS alone. Pure.

An endpoint of Asterisk 22 speaks SDES or DTLS, never both: so the second kind of phone has an endpoint of its own. And
it offers sound in one profile, plain or encrypted: phones that take nothing but encrypted sound are called by ``SDES``.
"""

from __future__ import annotations

import re

DTLS = "-dtls"
SDES = "phones.sdes"
"""The endpoint that offers ``RTP/SAVP`` alone: no account, nobody can be it. Its name cannot be a trunk's."""


SOUND_REFUSED = frozenset({415, 488, 606})
"""Nothing in our offer suits the phone (RFC 3261 §21.4.13, §21.4.26, §21.6.4)."""


def dtls_account(line: str) -> str:
    """The user name of the line's account for phones that speak DTLS alone."""
    return f"{line}{DTLS}"


def line_of(account: str) -> str:
    """The line that an account is one of; the name of anything else (a trunk) stays as it is."""
    found = re.fullmatch(rf"([0-9]+){DTLS}", account, re.ASCII)
    return found[1] if found else account
