"""Who a party of a call is: which line of ours its channel belongs to, and whom the others see in it."""

from __future__ import annotations

from callcontrol import numbers
from callcontrol.call.call import Call
from callcontrol.call.services import CallServices
from callcontrol.facts import Caller, Guest, Line, Presentation


def line_of(call: Call, channel: str) -> str | None:
    """The line of ours whose channel it is, as we know it; never as somebody says."""
    story = call.journal.story
    for transfer_before in reversed(story.transfers):
        if transfer_before.guest.channel == channel:
            return transfer_before.guest.caller.line
    leg = call.legs.get(channel)
    return story.caller.line if leg is None else leg.line


def guest_of(call: Call, services: CallServices, channel: str, line: Line) -> Guest:
    """A party of ``call`` as the one that ``line`` transfers."""
    story = call.journal.story
    for transfer_before in reversed(story.transfers):
        if transfer_before.guest.channel == channel:
            return transfer_before.guest
    leg = call.legs.get(channel)
    if leg is None:
        first = story.hops[0].company if story.hops else None
        return Guest(channel, story.seen, story.caller.company or first or line.company)
    if leg.line is not None:
        return Guest(channel, called(services, leg.line), line.company)
    payer = next((hop.line for hop in story.hops if leg.id in hop.legs), story.caller.line) or line.number
    paying = services.directory.account(payer)
    company = line.company if paying is None else paying.company
    return Guest(channel, Caller(Presentation.SHOWN, leg.target), company, payer)


def called(services: CallServices, number: str) -> Caller:
    """A line that was called, as a caller: hidden where it hides its calls."""
    line = services.directory.line(number)
    if line is None:  # deleted while it talks
        return Caller(Presentation.UNAVAILABLE)
    if services.directory.settings(number).call_settings.hide_number:
        return Caller(Presentation.ANONYMOUS, line=number, company=line.company, extension=line.extension)
    return Caller(
        Presentation.SHOWN, numbers.canonical(number), line.name, number, line.company, line.extension
    )
