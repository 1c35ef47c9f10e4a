"""``explain``: what would happen if somebody called now, step by step, with the reason of each (spec §10.3).

Asks the same ``decide`` as a real call, with the live state of every line that the call would come to; assumes that
nobody answers, so that the whole chain is told.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from aiohttp import web
from pydantic import Field

from callcontrol.facts import IncomingCall
from callcontrol.history import Peer
from callcontrol.portal_bridge.api.asked import Asked, reply
from callcontrol.portal_bridge.api.calls import RuleOut, rule_out
from callcontrol.portal_bridge.api.models import Instant, Query, ResponseBody
from callcontrol.portal_bridge.api.people import Party, party, shown
from callcontrol.portal_bridge.api.route import Reply, Route, Scope
from callcontrol.portal_bridge.story import Action, parts, story
from callcontrol.routing.imagine import imagined_caller
from callcontrol.routing.steps import Explained
from callcontrol.settings.fields import OneLine


class ExplainQuery(Query):
    """Who calls, and when."""

    caller: Annotated[
        OneLine,
        Field(
            alias="from",
            min_length=1,
            max_length=40,
            description="A number in any spelling, an extension, `anonymous` or `unavailable`.",
            examples=["0612345678"],
        ),
    ]
    at: Annotated[Instant | None, Field(description="The moment of the call; none: now.")] = None


class StepOut(ResponseBody):
    """One step of the call."""

    at: Annotated[
        datetime, Field(description="When it would begin: every ring before it lasted its whole time.")
    ]
    line: Annotated[str, Field(description="The line that the call is at.")]
    action: Action
    target: Annotated[str | None, Field(description="Forward: the number or line that it goes to.")]
    seconds: Annotated[float | None, Field(description="Ring and outside forward: for at most so long.")]
    devices: Annotated[int | None, Field(description="Ring: how many phones.")]
    mailbox: Annotated[str | None, Field(description="Voicemail: whose.")]
    rule: RuleOut


class Explanation(ResponseBody):
    """The story of a call that was not made. Phones are taken to ring unanswered."""

    line: str
    caller: Annotated[Party, Field(alias="from")]
    at: datetime
    steps: list[StepOut]


async def get(asked: Asked) -> web.Response:
    """Tell what would happen if somebody called, and why.

    By the settings, the phones registered and the calls under way now; each step has the reason that a real call would
    have in the history. Phones are taken to ring unanswered, so that the whole chain is told.
    """
    query = asked.query(ExplainQuery)
    caller = imagined_caller(query.caller, asked.company, asked.directory)
    if caller is None:
        raise asked.wrong("from", "no_caller", "bad-parameter")
    at = query.at or asked.services.clock.now()
    call = IncomingCall(caller, first_line=asked.line.number)
    explained = await story(asked.services.call_side, asked.services.directory, call, at)
    peer = Peer(caller.presentation, caller.number, caller.name)
    return reply(
        Explanation(
            **{"from": party(peer, asked.line, asked.directory, masked=asked.masked)},
            line=asked.line.number,
            at=at,
            steps=[_step_out(each, asked) for each in explained],
        )
    )


def _step_out(explained: Explained, asked: Asked) -> StepOut:
    step, country = explained.step, asked.company.country
    action, target, seconds, devices, mailbox = parts(step)
    if target is not None:
        target = shown(target, country, masked=asked.masked)
    return StepOut(
        at=explained.at,
        line=explained.line,
        action=action,
        target=target,
        seconds=seconds,
        devices=devices,
        mailbox=mailbox,
        rule=rule_out(step.because, asked.line.language, country, masked=asked.masked),
    )


ROUTES = (
    Route(
        "GET",
        "explain",
        get,
        "explain_call",
        "Calls",
        Scope.LINE,
        (
            Reply(
                200,
                "The story.",
                Explanation,
                example={
                    "line": "0222969569",
                    "from": {"number": "0612345678", "name": None, "presentation": "shown"},
                    "at": "2026-11-22T09:30:00Z",
                    "steps": [
                        {
                            "at": "2026-11-22T09:30:00Z",
                            "line": "0222969569",
                            "action": "ring",
                            "target": None,
                            "seconds": 60,
                            "devices": 1,
                            "mailbox": None,
                            "rule": {
                                "id": "ring.default",
                                "because": "Les téléphones de la ligne sonnent pendant 60 s au plus.",
                            },
                        }
                    ],
                },
            ),
        ),
        query=ExplainQuery,
        asks_phones=True,
    ),
)
