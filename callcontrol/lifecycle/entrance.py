"""What a channel that enters means: who calls and which number, as the line or trunk that it comes from writes it."""

from __future__ import annotations

import structlog

from callcontrol import numbers
from callcontrol.call.services import CallServices
from callcontrol.facts import Caller
from callcontrol.number_format import NumberFormat
from callcontrol.routes import FromLine, FromTrunk
from callcontrol.sip import arrival as arrivals
from callcontrol.sip.arrival import Arrival, Origin
from callcontrol.sip.called import called_at_trunk

log = structlog.get_logger()


def caller_of(arrival: Arrival, services: CallServices) -> Caller | None:
    """Who calls; None when it is a line that was deleted a moment ago."""
    if arrival.origin is Origin.LINE:
        line = services.directory.line(arrival.endpoint)
        return None if line is None else arrivals.inside_caller(arrival, line)
    trunk = services.trunks.named(arrival.endpoint)
    services.trunks.heard(arrival.endpoint)
    trusted = trunk is not None and trunk.trusted
    return arrivals.outside_caller(arrival, trusted=trusted, spelling=_spelling(arrival, services))


def dialled_by(arrival: Arrival, services: CallServices) -> str:
    """What was dialled; of a trunk's call the number of ours that it means."""
    trunk = services.trunks.named(arrival.endpoint)
    if arrival.origin is Origin.LINE or trunk is None:
        return arrivals.called(arrival, _spelling(arrival, services))
    accounts = {trunk.contact, trunk.user or ""}
    is_ours = services.directory.has_number
    number = called_at_trunk(arrival, is_ours, accounts, trunk.number, trunk.number_format)
    if not is_ours(number):
        log.warning("trunk.calls_unknown_number", trunk=trunk.name, dialled=numbers.redact(number))
    return number


def diversions_of(arrival: Arrival, services: CallServices) -> tuple[str, ...]:
    """The numbers that it was forwarded by before it reached us."""
    if arrival.origin is Origin.LINE:
        return ()
    return arrivals.diverting_numbers(arrival, _spelling(arrival, services))


def route_of(arrival: Arrival) -> FromLine | FromTrunk:
    """How the call came to be."""
    return FromLine(arrival.endpoint) if arrival.origin is Origin.LINE else FromTrunk(arrival.endpoint)


def _spelling(arrival: Arrival, services: CallServices) -> NumberFormat:
    trunk = services.trunks.named(arrival.endpoint)
    return trunk.number_format if trunk is not None else NumberFormat.AUTO
