"""The channel variables that give a leg its SIP identity and headers. Pure (platform.md §6).

From, P-Asserted-Identity and Privacy of a leg come from CONNECTEDLINE; Diversion (RFC 5806), History-Info
(RFC 7044) and Alert-Info are added as headers. Whatever reaches a header is cleaned here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import assert_never

from callcontrol import numbers
from callcontrol.facts import Presentation
from callcontrol.number_format import NumberFormat, spelt
from callcontrol.routing.presentation import Presented, Shown
from callcontrol.routing.steps import DiversionReason
from callcontrol.sip.arrival import HIDDEN

Variables = dict[str, str]

DISTINCTIVE_RING = "<http://127.0.0.1>;info=Bellcore-dr2"
"""Read by Yealink ("Bellcore-dr2" and ``info=``) and by the common softphones (spec §9.4)."""

_CAUSES = {
    DiversionReason.UNCONDITIONAL: 302,
    DiversionReason.USER_BUSY: 486,
    DiversionReason.NO_ANSWER: 408,
    DiversionReason.UNAVAILABLE: 503,
    DiversionReason.DO_NOT_DISTURB: 486,
    DiversionReason.DEFLECTION: 480,
    DiversionReason.TIME_OF_DAY: 404,
    DiversionReason.UNKNOWN: 302,
}
"""RFC 4458 causes, used in History-Info."""


@dataclass(frozen=True, slots=True)
class Diversion:
    """One forward on the way: who forwarded, in any spelling, and why."""

    number: str
    reason: DiversionReason


def clean(text: str, longest: int = 80) -> str:
    """Text that can stand inside a quoted string of a header, and inside Asterisk's function arguments."""
    return re.sub(r'[\x00-\x1f\x7f"\\<>;,|${}\[\]]', " ", text).strip()[:longest]


def to_device(shown: Shown) -> Variables:
    """CONNECTEDLINE of a leg to a device: what its screen shows."""
    match shown.presentation:
        case Presentation.SHOWN:
            return _shown(shown.number or "", shown.name)
        case Presentation.ANONYMOUS:
            # A name from the line's own contacts is the user's and stays (spec §3). Asterisk hides a name together
            # with its number, so this one stands beside a word in the number's place.
            return _shown("anonymous", shown.name) if shown.name else _HIDDEN
        case Presentation.UNAVAILABLE:
            return _shown("unavailable", shown.name)
        case _:
            assert_never(shown.presentation)


def to_display(shown: Shown) -> Variables:
    """As ``to_device``, of a phone that talks: Asterisk tells it nothing of a hidden number, so a word stands there."""
    return (
        _shown("anonymous", shown.name) if shown.presentation is Presentation.ANONYMOUS else to_device(shown)
    )


def to_trunk(presented: Presented, *, trusted: bool, spelling: NumberFormat = NumberFormat.AUTO) -> Variables:
    """CONNECTEDLINE of a leg to a trunk, which wants numbers in ``spelling``.

    The number of a hidden caller goes only to a ``trusted`` trunk (P-Asserted-Identity with Privacy: id); in an
    INVITE to another one there is no number at all.
    """
    number = spelt(presented.number, spelling)
    if not presented.withheld:
        return _shown(number, presented.name)
    return {"CONNECTEDLINE(num,i)": number, **_HIDDEN} if trusted else _HIDDEN


def hides(variables: Mapping[str, str]) -> bool:
    """Whether a leg with these variables hides its number."""
    return variables.get("CONNECTEDLINE(num-pres,i)") == "prohib"


_HIDDEN: Variables = {"CONNECTEDLINE(num-pres,i)": "prohib", "CONNECTEDLINE(name-pres,i)": "prohib"}


def _shown(number: str, name: str | None) -> Variables:
    return {
        "CONNECTEDLINE(name,i)": clean(name or ""),
        "CONNECTEDLINE(name-pres,i)": "allowed",
        "CONNECTEDLINE(num,i)": number,
        "CONNECTEDLINE(num-pres,i)": "allowed",
    }


def alert(distinctive: bool) -> Variables:
    """Alert-Info, only for the distinctive ring."""
    return {"PJSIP_HEADER(add,Alert-Info)": DISTINCTIVE_RING} if distinctive else {}


MOST_HOPS = 70
"""RFC 3261 §8.1.1.6: what a call begins with that says nothing of it."""


def one_hop_less(max_forwards: int | None) -> Variables:
    """Max-Forwards of a leg: a back-to-back user agent takes the caller's over and counts it down (RFC 7332 §4), so
    that a loop through networks that drop every other trace ends by itself."""
    if max_forwards is None:
        return {}
    return {"PJSIP_HEADER(add,Max-Forwards)": str(max(0, min(max_forwards, MOST_HOPS) - 1))}


def _user(number: str, spelling: NumberFormat) -> str:
    known = numbers.canonical(number)
    return spelt(known, spelling) if known else re.sub(r"[^0-9A-Za-z+*#._-]", "", number)[:40] or "unknown"


def diverted(
    path: Sequence[Diversion], target: str, host: str, spelling: NumberFormat = NumberFormat.AUTO
) -> Variables:
    """Diversion (newest first) and History-Info (oldest first) of a forwarded call, numbers in ``spelling``.

    Numbers of earlier forwards came in headers of strangers: they are cleaned to what a user part may be.
    """
    if not path:
        return {}
    path = [replace(d, number=_user(d.number, spelling)) for d in path]
    target = _user(target, spelling)
    newest_first = [_diversion(d, len(list(same)), host) for d, same in groupby(reversed(path))]
    entries = [f"<{_uri(path[0].number, host)}>;index=1"]
    index = "1"
    for forward, reached in zip(path, [*(d.number for d in path[1:]), target], strict=True):
        index += ".1"
        entries.append(f"<{_uri(reached, host)};cause={_CAUSES[forward.reason]}>;index={index}")
    return {
        "PJSIP_HEADER(add,Diversion)": ", ".join(newest_first),
        "PJSIP_HEADER(add,History-Info)": ", ".join(entries),
    }


def _uri(number: str, host: str) -> str:
    """A withheld number has its own address (RFC 3323 §4.1)."""
    return f"sip:{HIDDEN}@anonymous.invalid" if number == HIDDEN else f"sip:{number}@{host}"


def _diversion(by: Diversion, times: int, host: str) -> str:
    privacy = "full" if by.number == HIDDEN else "off"
    return f"<{_uri(by.number, host)}>;reason={by.reason};counter={times};privacy={privacy};screen=yes"
