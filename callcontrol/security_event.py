"""What Asterisk's security log tells of a SIP password that was tried, as much of it as may be kept.

Pure. The line itself (``res_security_log``) holds a challenge and its response, by which the password could be guessed
at leisure, and the whole number: it is never written anywhere. Whoever sends a request chooses its Call-ID, challenge
and response; none of them can hold a comma before the address, so that what stands first is Asterisk's own.
"""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import dataclass

from callcontrol import numbers
from callcontrol.sip_account import line_of

MARK = b"] SECURITY["
"""Stands in every line of the security log and in no other before its text."""
WRONG = frozenset({"ChallengeResponseFailed", "InvalidPassword"})
"""A password was tried, and was wrong. The challenge is bound to the address: nobody can make it seem another's."""
RIGHT = "SuccessfulAuth"
REFUSED = "FailedACL"
"""Nothing is taken from there."""
DULL = frozenset({"ChallengeSent", RIGHT})
"""What every call does; not kept in the log."""

_LINE = re.compile(
    r"\[(?P<at>[^\]]{8,40})\] SECURITY\[\d+\].*?"
    r'SecurityEvent="(?P<event>\w+)",EventTV="[^"]*",Severity="\w+",Service="\w+",EventVersion="\w+",'
    r'AccountID="(?P<account>[^",]*)",SessionID="[^,]*",LocalAddress="[^",]*",'
    r'RemoteAddress="IPV[46]/(?P<transport>\w+)/(?P<address>[0-9A-Fa-f:.]+)/\d+"'
)


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """``account`` is a SIP account of a line or a trunk's name, "" when it is none of ours; ``address`` an IP
    address."""

    at: str
    event: str
    account: str
    address: str
    transport: str = "UDP"


def parse(line: str) -> SecurityEvent | None:
    """The event of a line; None when it is none, or not one of SIP."""
    found = _LINE.search(line)
    if found is None:
        return None
    try:
        address = str(ipaddress.ip_address(found["address"]))
    except ValueError:
        return None
    account = found["account"] if re.fullmatch(r"[\w-]{1,64}", found["account"], re.ASCII) else ""
    return SecurityEvent(found["at"], found["event"], account, address, found["transport"])


def shown(event: SecurityEvent) -> str:
    """The line that is kept of it: read by people and by fail2ban (docs/fail2ban)."""
    account = numbers.redact(line_of(event.account)) or "unknown"
    return f"{event.at} {event.event} account={account} address={event.address} transport={event.transport}"


def to_datagram(event: SecurityEvent) -> bytes:
    """As the supervisor, who reads Asterisk's log, tells the calls."""
    return json.dumps([event.at, event.event, event.account, event.address, event.transport]).encode()


def from_datagram(data: bytes) -> SecurityEvent | None:
    """The inverse; None for anything else."""
    try:
        fields = json.loads(data)
    except ValueError:
        return None
    good = isinstance(fields, list) and len(fields) == 5 and all(isinstance(each, str) for each in fields)
    return SecurityEvent(*fields) if good else None


def source(address: str) -> str:
    """What is counted as one address: an IPv4 address (also one mapped into IPv6), or the /64 of an IPv6 address, since
    everybody has more of those than tries. What is no address stays as it is."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    mapped = getattr(found, "ipv4_mapped", None)
    if mapped is not None:
        return str(mapped)
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)
