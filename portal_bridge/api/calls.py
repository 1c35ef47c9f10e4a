"""``calls``: the history of a line (spec §10.3). Read only: the call side writes it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field, RootModel

from callcontrol.because import Because
from callcontrol.directory.directory import Directory
from callcontrol.errors import CallSideDown, NotFound
from callcontrol.facts import Line
from callcontrol.history import CallRecord, Direction, LegRecord
from callcontrol.portal_bridge.api.asked import Asked, reply
from callcontrol.portal_bridge.api.click_to_call import MadeCallOut, made_call_out
from callcontrol.portal_bridge.api.models import Items, Paging, ResponseBody
from callcontrol.portal_bridge.api.people import Party, party, shown
from callcontrol.portal_bridge.api.phones import address_of, is_contact
from callcontrol.portal_bridge.api.route import Reply, Route, Scope
from callcontrol.routing.explain import sentence

DirectionName = Literal["missed", "outgoing", "received", "rejected"]
_TAG = "Calls"
_NUMBERS = frozenset({"number", "target", "line"})
"""Parameters of a reason that are telephone numbers (``because.py``)."""


class CallsQuery(Paging):
    """Which calls."""

    direction: Annotated[DirectionName | None, Field(description="Only these.")] = None


class RuleOut(ResponseBody):
    """What decided the call (*Montrer la règle*)."""

    id: Annotated[str, Field(description="A rule's documented id, for example `voicemail.no_answer`.")]
    because: Annotated[str, Field(description="Why, in the line's language.")]


class LegOut(ResponseBody):
    """One attempt to reach a phone or an outside number."""

    kind: Annotated[Literal["device", "number"], Field(description="A phone of ours, or an outside number.")]
    target: Annotated[
        str | None,
        Field(
            description="Phone: the host and port that it was reached at. Number: as dialled in the country."
        ),
    ]
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    result: Annotated[
        str,
        Field(
            description="answered, busy, no_answer, refused, unreachable, cancelled or elsewhere; of a number outside "
            "also unknown_number or network_failure."
        ),
    ]
    sip_status: int | None


class CallOut(ResponseBody):
    """A call as this line saw it."""

    id: str
    state: Annotated[Literal["ended"], Field(description="The history tells of calls that are over.")] = (
        "ended"
    )
    chain: Annotated[
        str,
        Field(
            description="The id of the first of the calls that a transfer joined with this one, or of this."
        ),
    ]
    direction: DirectionName
    peer: Party
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime
    duration: Annotated[float, Field(description="Seconds of talk; 0 when nobody answered.")]
    rule: RuleOut
    message_id: Annotated[str | None, Field(description="The message left in this call.")]
    legs: list[LegOut]


class OneCallOut(RootModel[CallOut | MadeCallOut]):
    """A call of the history, or one that the platform makes now."""


def call_out(record: CallRecord, line: Line, directory: Directory, *, masked: bool) -> CallOut:
    """``record`` as the owner of the line sees it, or (masked) an administrator, who learns of no message either."""
    country = directory.company(line.company).country
    return CallOut(
        id=record.call,
        chain=record.chain,
        direction=record.direction.value,
        peer=party(record.peer, line, directory, masked=masked),
        started_at=record.started_at,
        answered_at=record.answered_at,
        ended_at=record.ended_at,
        duration=round(record.duration, 3),
        rule=rule_out(record.rule, line.language, country, masked=masked),
        message_id=None if masked else record.message,
        legs=[_leg_out(leg, country, masked=masked) for leg in record.legs],
    )


def _leg_out(leg: LegRecord, country: str, *, masked: bool) -> LegOut:
    phone = is_contact(leg.target)
    return LegOut(
        kind="device" if phone else "number",
        target=address_of(leg.target) if phone else shown(leg.target, country, masked=masked),
        started_at=leg.started_at,
        answered_at=leg.answered_at,
        ended_at=leg.ended_at,
        result=leg.result,
        sip_status=leg.sip_status,
    )


def rule_out(because: Because, language: str, country: str, *, masked: bool) -> RuleOut:
    """A reason in words."""
    if masked:
        hidden = tuple(
            (name, shown(value, country, masked=True) if name in _NUMBERS else value)
            for name, value in because.params
        )
        because = Because(because.rule, hidden)
    return RuleOut(id=because.rule, because=sentence(because, language, country))


async def list_calls(asked: Asked) -> web.Response:
    """List the calls, newest first.

    Two months are kept. An administrator sees peers with their last four digits masked.
    """
    query = asked.query(CallsQuery)
    direction = Direction(query.direction) if query.direction else None
    page = await asked.repositories.calls.page(asked.line.number, query.cursor, query.limit, direction)
    calls = [call_out(record, asked.line, asked.directory, masked=asked.masked) for record in page.items]
    return reply(Items[CallOut](items=calls, next=page.next))


async def get(asked: Asked) -> web.Response:
    """Show one call.

    One that `POST calls` made has its `state`, to the last, `ended`, and is in the history then.
    """
    call = asked.path("call")
    if not asked.masked:
        with suppress(NotFound, CallSideDown):
            return reply(made_call_out(await asked.services.call_side.made_call(asked.line.number, call)))
    record = await asked.repositories.calls.get(asked.line.number, call)
    return reply(call_out(record, asked.line, asked.directory, masked=asked.masked))


_EXAMPLE = {
    "id": "019ab5c4-0000-7000-8000-000000000002",
    "state": "ended",
    "chain": "019ab5c4-0000-7000-8000-000000000002",
    "direction": "missed",
    "peer": {"number": "0612345678", "name": "Nathalie", "presentation": "shown"},
    "started_at": "2026-11-22T09:30:00Z",
    "answered_at": None,
    "ended_at": "2026-11-22T09:31:10Z",
    "duration": 0.0,
    "rule": {"id": "voicemail.no_answer", "because": "Personne n’a répondu : l’appel va à la messagerie."},
    "message_id": "019ab5c4-0000-7000-8000-000000000003",
    "legs": [
        {
            "kind": "device",
            "target": "192.0.2.7:5060",
            "started_at": "2026-11-22T09:30:00Z",
            "answered_at": None,
            "ended_at": "2026-11-22T09:31:00Z",
            "result": "no_answer",
            "sip_status": None,
        }
    ],
}
ROUTES = (
    Route(
        "GET",
        "calls",
        list_calls,
        "list_calls",
        _TAG,
        Scope.LINE,
        (Reply(200, "A page of calls.", Items[CallOut], example={"items": [_EXAMPLE], "next": None}),),
        query=CallsQuery,
        problems=("bad-cursor",),
    ),
    Route(
        "GET",
        "calls/{call}",
        get,
        "get_call",
        _TAG,
        Scope.LINE,
        (Reply(200, "The call.", OneCallOut, example=_EXAMPLE),),
    ),
)
