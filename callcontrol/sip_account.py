"""The SIP accounts of a line: its number, and its number with ``-dtls`` for phones that encrypt by DTLS alone. Pure.

An endpoint of Asterisk 22 speaks SDES or DTLS, never both: so the second kind of phone has an endpoint of its own.
"""

from __future__ import annotations

import re

DTLS = "-dtls"


def dtls_account(line: str) -> str:
    """The user name of the line's account for phones that speak DTLS alone."""
    return f"{line}{DTLS}"


def line_of(account: str) -> str:
    """The line that an account is one of; the name of anything else (a trunk) stays as it is."""
    found = re.fullmatch(rf"([0-9]+){DTLS}", account, re.ASCII)
    return found[1] if found else account
