"""What two phones that talk show of each other, where a transfer or a pickup has put somebody else there (spec §2.6).

Asterisk tells a phone in an UPDATE, or in a re-INVITE where the phone takes none, with P-Asserted-Identity (RFC 3325).
Nothing is told to a trunk, nor to a phone that shows it already; whoever hides its number stays hidden.
"""

from __future__ import annotations

import structlog

from callcontrol.call.call import Call
from callcontrol.call.leg import Leg
from callcontrol.call.party import Party
from callcontrol.call.services import CallServices
from callcontrol.errors import ChannelGone, PhoneSystemRefused
from callcontrol.facts import Caller, Line
from callcontrol.flows.who import called, guest_of, line_of
from callcontrol.journal.story import Story
from callcontrol.routing import presentation
from callcontrol.routing.presentation import Shown
from callcontrol.routing.steps import ForwardOutside
from callcontrol.sip import leg_identity

log = structlog.get_logger()


async def show_each_other(call: Call, services: CallServices, leg: Leg) -> None:
    """Tell the phones of ours among the caller and ``leg``, who talk, whom each talks with. Never fails for a phone."""
    if not (call.journal.story.transfers or leg.inbound):
        return  # they show what was dialled, and who called
    for party, other in ((call.caller, leg), (leg, call.caller)):
        line = services.directory.line(line_of(call, party.id) or "")
        if line is None or not party.alive:
            continue
        shown = _shown(call, services, line, party, other)
        if party.shows == shown:
            continue
        party.shows = shown
        try:
            await call.to_caller(call.phones.show(party.id, leg_identity.to_display(shown)))
        except (ChannelGone, PhoneSystemRefused) as error:
            log.info("display.not_told", call=call.id, error=str(error))


def _shown(call: Call, services: CallServices, line: Line, party: Party, other: Party) -> Shown:
    directory, story = services.directory, call.journal.story
    company = directory.company(line.company)
    caller = _who(call, services, line, other)
    shown = presentation.shown_caller(
        caller, directory.settings(line.number), directory.contacts(line.number), company
    )
    is_back = bool(story.way) and story.way[-1].back and party is not call.first
    return presentation.returned(shown, line.language) if is_back else shown


def _who(call: Call, services: CallServices, line: Line, other: Party) -> Caller:
    """A number outside that a line forwards to is its own affair: that line is shown."""
    forwarding = _forwarding(call.journal.story, other)
    return (
        guest_of(call, services, other.id, line).caller
        if forwarding is None
        else called(services, forwarding)
    )


def _forwarding(story: Story, other: Party) -> str | None:
    hop = next((hop for hop in story.hops if other.id in hop.legs), None)
    if hop is None or not isinstance(hop.step, ForwardOutside) or hop.step.because.rule == "transfer.outside":
        return None
    return hop.line
