"""What becomes of what a line dials, or transfers to, by the facts of this moment."""

from __future__ import annotations

from callcontrol.call.call import Call
from callcontrol.call.services import CallServices
from callcontrol.facts import Line, LineState
from callcontrol.flows import costly
from callcontrol.routing.outgoing import decide_outgoing
from callcontrol.routing.steps import OutgoingStep


def decide(
    call: Call, services: CallServices, line: Line, dialled: str, *, withheld: bool = False
) -> OutgoingStep:
    """``call`` itself does not count; ``withheld``: the phone itself asked for privacy."""
    company = services.directory.company(line.company)
    state = LineState(
        calls=services.occupancy.calls_of(line.number, but=call.id),
        company_outside_calls=services.occupancy.outside_calls_of(company.id),
        costly=services.costly_today(line),
    )
    settings, directory = services.directory.settings(line.number), services.directory
    step = decide_outgoing(line, company, settings, state, dialled, directory, withheld_by_phone=withheld)
    costly.tell(services, line, step)
    return step
