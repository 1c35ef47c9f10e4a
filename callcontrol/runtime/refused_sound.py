"""Calls that Asterisk refused with 488, since it takes no sound that the phone offers: what whoever set the phone up is
told. Pure.

Asterisk refuses them before its dialplan: neither the app nor the history hears of them, its log alone does (ADR 14).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from callcontrol import numbers
from callcontrol.sip_account import DTLS, line_of

_REFUSED = re.compile(rb"handle_incoming_sdp: +([0-9]{2,15}(?:-dtls)?): Couldn't negotiate stream")
_SAID = re.compile(r"^callcontrol: line (\S+): a call of its phone was refused \(488\)")
_AT_FIRST = (
    "this account takes plain sound and SDES. A phone that encrypts by DTLS alone needs `dtls` in the company file"
    f" and the user name NUMBER{DTLS}; RTP/AVPF and RTP/SAVPF must be off"
)
_AT_SECOND = (
    f"the account NUMBER{DTLS} takes DTLS alone, in the profile that `dtls` of its line names: `savp` is"
    " UDP/TLS/RTP/SAVP, `savpf` UDP/TLS/RTP/SAVPF. Another phone has the user name NUMBER"
)


def explained(line: bytes) -> bytes | None:
    """What is to be said behind this line of Asterisk's log; None: nothing. The number is redacted."""
    found = _REFUSED.search(line)
    if found is None:
        return None
    account = found[1].decode()
    number = line_of(account)
    why = _AT_FIRST if number == account else _AT_SECOND
    shown = numbers.redact(number)
    return (
        f"callcontrol: line {shown}: a call of its phone was refused (488): {why} (docs/phones.md)".encode()
    )


def refused_lines(log: Iterable[str]) -> dict[str, int]:
    """The lines (redacted) of whose phones calls were refused so, and how often."""
    found: dict[str, int] = {}
    for said in log:
        if match := _SAID.match(said):
            found[match[1]] = found.get(match[1], 0) + 1
    return found
