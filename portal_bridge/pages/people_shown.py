"""Who left a message or was in a call, as pages show it, and what the menu of the number offers. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from callcontrol import numbers
from callcontrol.changes import blocked
from callcontrol.changes.addressing import box_of, takes
from callcontrol.changes.check import call_problem
from callcontrol.directory.directory import Directory
from callcontrol.facts import Line, Presentation
from callcontrol.history import Peer
from callcontrol.message import MessageKind
from callcontrol.portal_bridge.api.people import name_of, shown
from callcontrol.portal_bridge.pages.words import Words


@dataclass(frozen=True, slots=True)
class Somebody:
    """The other party. ``number`` is None where there is nothing to call back."""

    label: str
    number: str | None = None
    name: str | None = None
    box: str | None = None
    """The number or extension of its mailbox in the company."""
    is_contact: bool = False
    is_blocked: bool | None = None
    """None: the line has no list of refused callers."""


def somebody(
    peer: Peer, line: Line, directory: Directory, words: Words, is_blocked: Callable[[str], bool]
) -> Somebody:
    """``peer`` as the owner of ``line`` sees it. ``is_blocked`` is ``blocked.blocked_by``, made once for many."""
    if peer.presentation is Presentation.ANONYMOUS:
        return Somebody(words.plain("withheld"))
    if peer.number is None:
        return Somebody(words.plain("unknown"))
    company = directory.company(line.company)
    number, name = shown(peer.number, company.country, masked=False), name_of(peer, line, directory)
    label = f"{name} - {number}" if name else number
    known = numbers.canonical(peer.number, company.country)
    if known is None or call_problem(number, line=line, directory=directory) in (
        "call_code",
        "call_impossible",
    ):
        return Somebody(label, name=name)  # a star code, or what an operator sent and nobody can dial
    box = box_of(directory, company, peer.number)
    reachable = box is not None and box.number != line.number and takes(box, MessageKind.VOICE)
    return Somebody(
        label,
        number,
        name,
        (box.extension or box.number) if box is not None and reachable else None,
        bool(directory.contacts(line).contacts_with(known)),
        is_blocked(known) if blocked.can_block(line) else None,
    )
