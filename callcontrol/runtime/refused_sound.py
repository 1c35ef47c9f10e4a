"""Calls that Asterisk refused with 488, since it takes no sound that the phone or trunk offers: what whoever set it up
is told. Pure.

Asterisk refuses them before its dialplan: neither the app nor the history hears of them, its log alone does (ADR 14).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from callcontrol import numbers
from callcontrol.sip_account import DTLS, line_of

_REFUSED = re.compile(
    rb"\[[^]]*\] ERROR\[\d+\](?:\[[^]]*\])?: res_pjsip_session\.c:\d+ handle_incoming_sdp: +"
    rb"([A-Za-z0-9._-]{1,80}): Couldn't negotiate stream"
)
_SAID = re.compile(
    r"^callcontrol: (?:line )?((?:trunk )?\S+): a call of (?:its phone|it) was refused \(488\)"
)
_AT_FIRST = (
    "this account takes plain sound and SDES. A phone that encrypts by DTLS alone needs `dtls` in the company file"
    f" and the user name NUMBER{DTLS}; RTP/AVPF and RTP/SAVPF must be off"
)
_AT_SECOND = (
    f"the account NUMBER{DTLS} takes DTLS alone, in the profile that `dtls` of its line names: `savp` is"
    " UDP/TLS/RTP/SAVP, `savpf` UDP/TLS/RTP/SAVPF. Another phone has the user name NUMBER"
)

_AT_TRUNK = (
    "encrypted sound is taken from it where its key `srtp` is true or `required` (SDES), plain sound where that is not"
    " `required`; DTLS and the profiles with feedback (RTP/AVPF, RTP/SAVPF) are not"
)


def explained(line: bytes) -> bytes | None:
    """What is to be said behind this line of Asterisk's log; None: nothing. The number is redacted."""
    found = _REFUSED.match(line)
    if found is None:
        return None
    account = found[1].decode()
    number = line_of(account)
    if not number.isdigit():
        return f"callcontrol: trunk {account}: a call of it was refused (488): {_AT_TRUNK} (docs/interop.md)".encode()
    why = _AT_FIRST if number == account else _AT_SECOND
    shown = numbers.redact(number)
    return (
        f"callcontrol: line {shown}: a call of its phone was refused (488): {why} (docs/phones.md)".encode()
    )


def refused_lines(log: Iterable[str]) -> dict[str, int]:
    """The lines (redacted) of whose phones calls were refused so, and the trunks (``trunk NAME``), and how often."""
    found: dict[str, int] = {}
    for said in log:
        if match := _SAID.match(said):
            found[match[1]] = found.get(match[1], 0) + 1
    return found
