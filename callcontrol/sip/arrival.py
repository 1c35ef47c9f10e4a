"""What the dialplan tells of a new channel, and who the caller is. Pure.

The caller of a line is the authenticated device, never a header. The caller of a trunk is read from
P-Asserted-Identity (where the trunk is trusted), From and Privacy (RFC 3261, 3323, 3325), in all the forms
that networks use (platform.md §6). A withheld number is dropped here and goes no further.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from callcontrol import numbers
from callcontrol.asterisk_conf.accounts import UNREADABLE, decode_stasis_args
from callcontrol.facts import Caller, Line, Presentation
from callcontrol.number_format import NumberFormat, as_sent, in_context, understood
from callcontrol.sip.address import Address, address, requested
from callcontrol.sip_account import line_of


class Origin(StrEnum):
    """Where a channel came in."""

    LINE = "line"
    TRUNK = "trunk"


@dataclass(frozen=True, slots=True)
class Arrival:
    """The arguments of ``Stasis()``, decoded. Headers are raw text, empty when absent; ``dialled`` is the request
    URI."""

    origin: Origin
    dialled: str
    endpoint: str
    remote_address: str
    from_header: str
    asserted: str
    """Every P-Asserted-Identity header, one a line; so are ``remote_party`` (Remote-Party-ID) and ``privacy``."""
    remote_party: str
    privacy: str
    diversions: tuple[str, ...]
    history: tuple[str, ...]
    sip_call_id: str
    presentation: str
    max_forwards: int | None = None
    """How many hops the call may still go (RFC 3261 §20.22); None when it does not say."""
    to: str = ""
    """The URI of a trunk's To header."""
    called_parties: tuple[str, ...] = ()
    """Every P-Called-Party-ID header (RFC 7315)."""


def read(args: Sequence[str]) -> Arrival:
    """Decode the arguments. Raises ValueError when they are not those of our dialplan."""
    given = decode_stasis_args(args)
    origin = Origin(given["kind"])
    return Arrival(
        origin,
        given["dialled"],
        line_of(given["endpoint"]) if origin is Origin.LINE else given["endpoint"],
        given["remote_addr"],
        given["from"],
        given["pai"],
        given["remote_party"],
        given["privacy"],
        tuple(filter(None, given["diversion"].split("\n"))),
        tuple(filter(None, given["history_info"].split("\n"))),
        given["call_id"],
        given["presentation"],
        int(given["max_forwards"]) if re.fullmatch(r"[0-9]{1,3}", given["max_forwards"]) else None,
        given["to"],
        tuple(part for header in given["called_party"].split("\n") for part in split_list(header)),
    )


_WITHHELD = {"id", "user", "header", "session", "full"}


def _withheld(arrival: Arrival) -> bool:
    """RFC 3323 §4.2 and 3325 §7: Privacy says so, or the From says it with its name; or ``privacy`` of a
    Remote-Party-ID."""
    wishes = {w.strip().lower() for w in re.split(r"[;,\n]", arrival.privacy)}
    sender = address(arrival.from_header)
    if wishes & _WITHHELD or "prohib" in arrival.presentation:
        return True
    if any(
        re.search(r"privacy\s*=\s*\"?(full|uri)", tail, re.I)
        for tail in map(_parameters, _remote_parties(arrival))
    ):
        return True
    return sender.host == "anonymous.invalid" or sender.user.lower() == "anonymous"


def outside_caller(
    arrival: Arrival, *, trusted: bool, spelling: NumberFormat = NumberFormat.AUTO, country: str = "FR"
) -> Caller:
    """The caller of a trunk call: the first usable identity of P-Asserted-Identity (RFC 3325: one or two values, sip
    and tel), Remote-Party-ID and From; the first two are believed only from a ``trusted`` trunk.

    Usable is a number that the trunk's ``spelling`` explains. Where none is, the first that has digits is shown as
    sent.
    """
    if _withheld(arrival):
        return Caller(Presentation.ANONYMOUS)
    asserted = (
        [address(v) for header in arrival.asserted.split("\n") for v in split_list(header)] if trusted else []
    )
    remote = [address(party) for party in _remote_parties(arrival)] if trusted else []
    sender = address(arrival.from_header)
    identities = [*asserted, *remote, sender]
    found = next(
        ((i, n) for i in identities if (n := _number(i, spelling, country)) and _is_callers(n, country)), None
    )
    if found is None:
        found = next(((i, n) for i in identities if (n := as_sent(i.user))), None)
    said = [found[0], *asserted, sender] if found else [*asserted, sender]
    name = next((identity.name for identity in said if identity.name), "")[:LONGEST_NAME] or None
    if found is None:
        return Caller(Presentation.UNAVAILABLE, name=name)
    return Caller(Presentation.SHOWN, found[1], name)


def _number(of: Address, spelling: NumberFormat, country: str) -> str | None:
    return in_context(of.user, of.context, country) or understood(of.user, spelling, country)


def _is_callers(number: str, country: str) -> bool:
    """A short number that nobody can have is an account of the operator's, not a caller."""
    return number.startswith("+") or numbers.is_assigned_short(number, country)


def _remote_parties(arrival: Arrival) -> list[str]:
    """Of Remote-Party-ID (draft-ietf-sip-privacy-04) those that speak of the caller."""
    parties = [part for header in arrival.remote_party.split("\n") for part in split_list(header)]
    return [p for p in parties if not re.search(r"party\s*=\s*\"?(?!calling)\w", _parameters(p), re.I)]


def _parameters(entry: str) -> str:
    """The header parameters behind an address in angle brackets."""
    return entry.rpartition(">")[2]


def called(arrival: Arrival, spelling: NumberFormat = NumberFormat.AUTO, country: str = "FR") -> str:
    """What was dialled, cleaned (spec §2.1): from a trunk the number that it means, where it is understood; else the
    dialled string without separators, escapes and parameters."""
    target = requested(arrival.dialled)
    if number := in_context(target.user, target.context, country):
        return number
    if arrival.origin is Origin.TRUNK and (number := understood(target.user, spelling, country)):
        return number
    return numbers.dial_string(target.user)


def inside_caller(arrival: Arrival, line: Line) -> Caller:
    """The caller is ``line``; its device is known by the address that the request came from."""
    return Caller(
        Presentation.ANONYMOUS if _withheld(arrival) else Presentation.SHOWN,
        None if _withheld(arrival) else numbers.canonical(line.number),
        line.name,
        line.number,
        line.company,
        line.extension,
        arrival.remote_address or None,
    )


HIDDEN = "anonymous"
"""Stands for a number that forwarded the call and is withheld: it counts, and is told to nobody."""
LONGEST_NAME = 80
MOST_FORWARDS = 10
"""A counter in a header of a stranger is believed up to here: far past what is ever forwarded again."""


def diverting_numbers(
    arrival: Arrival, spelling: NumberFormat = NumberFormat.AUTO, country: str = "FR"
) -> tuple[str, ...]:
    """Numbers that forwarded this call before it reached us, oldest first; the longer of two lists wins."""
    if UNREADABLE in (*arrival.diversions, *arrival.history):
        return (HIDDEN,) * MOST_FORWARDS  # too long to be read whole: it is forwarded no further
    by_diversion = _by_diversion(arrival.diversions, spelling, country)
    by_history = _by_history(arrival.history, spelling, country)
    found = by_diversion if len(by_diversion) >= len(by_history) else by_history
    return tuple(found[:MOST_FORWARDS])


def _by_diversion(headers: Sequence[str], spelling: NumberFormat, country: str) -> list[str]:
    """RFC 5806: newest on top; ``counter`` says how often that number forwarded, ``privacy`` whether to tell."""
    found: list[str] = []
    for entry in reversed([part for header in headers for part in split_list(header)]):
        by = address(entry)
        parameters = _parameters(entry).lower()
        private = re.search(r"privacy\s*=\s*\"?(?!off\b)\w", parameters)
        counter = re.search(r"counter\s*=\s*(\d{1,3})", parameters)
        times = min(int(counter[1]), MOST_FORWARDS) if counter else 1
        if by.user:
            found += [HIDDEN if private else _number(by, spelling, country) or by.user] * max(times, 1)
    return found


def _by_history(headers: Sequence[str], spelling: NumberFormat, country: str) -> list[str]:
    """RFC 7044: every target in turn. An entry forwarded the call when the next one says so (``cause``), or is
    another number; a mere change of host did not."""
    targets = [part for header in headers for part in split_list(header)]
    spelt = [_number(each, spelling, country) or each.user for each in map(address, targets)]
    found: list[str] = []
    for here, after, number, following in zip(targets, targets[1:], spelt, spelt[1:], strict=False):
        if number and (re.search(r"[;?&]cause=", after, re.I) or number != following):
            found.append(HIDDEN if re.search(r"privacy=(?!none)", here, re.I) else number)
    return found


def split_list(header: str) -> list[str]:
    """The entries of a comma-separated header; commas inside quotes or angle brackets do not count."""
    parts, depth, quoted, start = [], 0, False, 0
    for index, sign in enumerate(header):
        if sign == '"' and (index == 0 or header[index - 1] != "\\"):
            quoted = not quoted
        elif not quoted and sign in "<>":
            depth += 1 if sign == "<" else -1
        elif sign == "," and not quoted and depth <= 0:
            parts.append(header[start:index])
            start = index + 1
    return [part.strip() for part in (*parts, header[start:]) if part.strip()]
