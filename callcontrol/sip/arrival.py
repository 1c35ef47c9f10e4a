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
from callcontrol.asterisk_conf.accounts import decode_stasis_args
from callcontrol.facts import Caller, Line, Presentation


class Origin(StrEnum):
    """Where a channel came in."""

    LINE = "line"
    TRUNK = "trunk"


@dataclass(frozen=True, slots=True)
class Arrival:
    """The arguments of ``Stasis()``, decoded. Headers are raw text, empty when absent."""

    origin: Origin
    dialled: str
    endpoint: str
    remote_address: str
    from_header: str
    asserted: str
    privacy: str
    diversions: tuple[str, ...]
    history: tuple[str, ...]
    sip_call_id: str
    presentation: str
    max_forwards: int | None = None
    """How many hops the call may still go (RFC 3261 §20.22); None when it does not say."""


def read(args: Sequence[str]) -> Arrival:
    """Decode the arguments. Raises ValueError when they are not those of our dialplan."""
    given = decode_stasis_args(args)
    return Arrival(
        Origin(given["kind"]),
        given["dialled"],
        given["endpoint"],
        given["remote_addr"],
        given["from"],
        given["pai"],
        given["privacy"],
        tuple(filter(None, given["diversion"].split("\n"))),
        tuple(filter(None, given["history_info"].split("\n"))),
        given["call_id"],
        given["presentation"],
        int(given["max_forwards"]) if re.fullmatch(r"[0-9]{1,3}", given["max_forwards"]) else None,
    )


_ADDRESS = re.compile(
    r'^\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^<"]*?))\s*<?\s*(?:sips?|tel):(?P<rest>[^>\s]*)', re.I
)


@dataclass(frozen=True, slots=True)
class Address:
    """A name-addr of RFC 3261 §25.1, as far as we need it. ``user`` and ``host`` are empty when absent."""

    name: str
    user: str
    host: str


def address(header: str) -> Address:
    """The parts of a From-like header; all empty for one that is none."""
    header = " ".join(header.split())  # a run of blanks would cost the pattern its cube in time
    found = _ADDRESS.match(header)
    if found is None:
        return Address("", "", "")
    name = found["quoted"] if found["quoted"] is not None else (found["bare"] or "")
    user, at, host = found["rest"].partition("@")
    if not at:  # tel:+33… has no host, sip:host no user
        user, host = ("", user) if header.lower().find("tel:") < 0 else (user, "")
    # A user may have parameters and a password of its own (RFC 3261 §19.1.1), a host a port and parameters.
    user, host = re.split(r"[;:]", user)[0], re.split(r"[;:?]", host)[0]
    return Address(re.sub(r"\\(.)", r"\1", name).strip(), user, host.lower())


_WITHHELD = {"id", "user", "header", "session", "full"}


def _withheld(arrival: Arrival) -> bool:
    """RFC 3323 §4.2 and 3325 §7: Privacy says so, or the From says it with its name."""
    wishes = {w.strip().lower() for w in re.split(r"[;,]", arrival.privacy)}
    sender = address(arrival.from_header)
    if wishes & _WITHHELD or "prohib" in arrival.presentation:
        return True
    return sender.host == "anonymous.invalid" or sender.user.lower() == "anonymous"


def outside_caller(arrival: Arrival, *, trusted: bool, country: str = "FR") -> Caller:
    """The caller of a trunk call. P-Asserted-Identity is believed only from a ``trusted`` trunk."""
    if _withheld(arrival):
        return Caller(Presentation.ANONYMOUS)
    sender = address(arrival.from_header)
    asserted = address(arrival.asserted) if trusted and arrival.asserted else None
    user = asserted.user if asserted is not None and asserted.user else sender.user
    name = (asserted.name if asserted is not None and asserted.name else sender.name) or None
    number = numbers.canonical(user, country) if user else None
    if number is None:
        return Caller(Presentation.UNAVAILABLE, name=None if name is None else name[:80])
    return Caller(Presentation.SHOWN, number, None if name is None else name[:80])


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
MOST_FORWARDS = 10
"""A counter in a header of a stranger is believed up to here: far past what is ever forwarded again."""


def diverting_numbers(arrival: Arrival, country: str = "FR") -> tuple[str, ...]:
    """Numbers that forwarded this call before it reached us, oldest first; the longer of two lists wins."""
    by_diversion = _by_diversion(arrival.diversions, country)
    by_history = _by_history(arrival.history, country)
    found = by_diversion if len(by_diversion) >= len(by_history) else by_history
    return tuple(found[:MOST_FORWARDS])


def _by_diversion(headers: Sequence[str], country: str) -> list[str]:
    """RFC 5806: newest on top; ``counter`` says how often that number forwarded, ``privacy`` whether to tell."""
    found: list[str] = []
    for entry in reversed([part for header in headers for part in split_list(header)]):
        user = address(entry).user
        parameters = entry.rpartition(">")[2].lower()
        private = re.search(r"privacy\s*=\s*\"?(?!off\b)\w", parameters)
        counter = re.search(r"counter\s*=\s*(\d{1,3})", parameters)
        times = min(int(counter[1]), MOST_FORWARDS) if counter else 1
        if user:
            found += [HIDDEN if private else numbers.canonical(user, country) or user] * max(times, 1)
    return found


def _by_history(headers: Sequence[str], country: str) -> list[str]:
    """RFC 7044: every target in turn. An entry forwarded the call when the next one says so (``cause``), or is
    another number; a mere change of host did not."""
    targets = [part for header in headers for part in split_list(header)]
    users = [address(part).user for part in targets]
    spelt = [numbers.canonical(user, country) or user for user in users]
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
