"""How the other party of a call or message is shown: its number as dialled in the country, its name, masked if need be.

Pure. A name is looked up now: a contact that was renamed is shown by its new name, one that was removed by the name
that the call came with (spec §10.3).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from callcontrol import numbers
from callcontrol.directory.directory import Directory
from callcontrol.facts import Line, Presentation
from callcontrol.history import Peer
from callcontrol.portal_bridge.api.models import ResponseBody


class Party(ResponseBody):
    """The other party."""

    number: Annotated[
        str | None, Field(description="As dialled inside the country; null when it was withheld.")
    ]
    name: str | None
    presentation: Literal["shown", "anonymous", "unavailable"]


def shown(number: str, country: str, *, masked: bool) -> str:
    """A number in any spelling as it is dialled inside ``country``; masked: without its last four digits."""
    national = numbers.national(numbers.canonical(number, country) or number, country)
    return numbers.redact(national) if masked else national


def party(peer: Peer, line: Line, directory: Directory, *, masked: bool) -> Party:
    """``peer`` as the owner of ``line`` sees it, or (masked) an administrator: without name and last four digits."""
    country = directory.company(line.company).country
    number = shown(peer.number, country, masked=masked) if peer.number else None
    name = None if masked else name_of(peer, line, directory)
    return Party(number=number, name=name, presentation=peer.presentation.value)


def name_of(peer: Peer, line: Line, directory: Directory) -> str | None:
    """From the line's contacts, else the company's lines and groups, else the name that came with the call."""
    if peer.presentation is not Presentation.SHOWN or peer.number is None:
        return None
    if name := directory.contacts(line).name_of(peer.number):
        return name
    found = directory.account(peer.number)
    if found is not None and found.company == line.company:
        return found.name
    return peer.name
