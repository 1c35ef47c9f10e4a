"""``trunks``: the ways to the outside, and how each of them stands, for an administrator (spec §10.9)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field

from callcontrol.live import TrunkNow
from callcontrol.portal_bridge.api.asked import Asked, reply
from callcontrol.portal_bridge.api.models import Items, ResponseBody
from callcontrol.portal_bridge.api.route import Reply, Route, Scope


class RefusalOut(ResponseBody):
    """A registration that failed."""

    at: datetime
    status: Annotated[int | None, Field(description="SIP's; null when there was no answer at all.")]


class TrunkOut(ResponseBody):
    """A trunk of this installation."""

    name: str
    state: Annotated[
        Literal["alive", "dead", "unknown"],
        Field(description="`dead`: calls go round it while another lives."),
    ]
    since: Annotated[datetime | None, Field(description="Since when `state` is so.")]
    reachable: Annotated[
        bool | None, Field(description="Whether it answers OPTIONS; null: it is not asked, or not yet.")
    ]
    registration: Annotated[
        Literal["none", "trying", "registered", "refused"],
        Field(description="`none`: it needs none. `refused` (or not answered) is tried again and again."),
    ]
    registration_since: datetime | None
    last_refusal: RefusalOut | None
    unresolved: Annotated[list[str], Field(description="Its host names that have no address now.")]
    certificate: Annotated[
        str | None, Field(description="Over TLS: why its certificate is not accepted, in words; null: it is.")
    ]


def shown(trunk: TrunkNow) -> TrunkOut:
    """A trunk as API and health check show it."""
    last = trunk.last_refusal
    return TrunkOut.model_validate(
        {
            "name": trunk.name,
            "state": trunk.state,
            "since": trunk.since,
            "reachable": trunk.reachable,
            "registration": trunk.registration.value,
            "registration_since": trunk.registration_since,
            "last_refusal": None if last is None else RefusalOut(at=last.at, status=last.status),
            "unresolved": list(trunk.unresolved),
            "certificate": trunk.certificate,
        }
    )


async def list_trunks(asked: Asked) -> web.Response:
    """List the trunks and how they stand.

    In the order in which calls try them. They belong to the installation, not to a company.
    """
    now = await asked.services.call_side.now()
    return reply(Items[TrunkOut](items=[shown(trunk) for trunk in now.trunks], next=None))


ROUTES = (
    Route(
        "GET",
        "trunks",
        list_trunks,
        "list_trunks",
        "Company",
        Scope.ADMINISTRATOR,
        (
            Reply(
                200,
                "The trunks.",
                Items[TrunkOut],
                example={
                    "items": [
                        {
                            "name": "operator",
                            "state": "alive",
                            "since": "2026-11-22T08:00:00Z",
                            "reachable": True,
                            "registration": "registered",
                            "registration_since": "2026-11-22T08:00:00Z",
                            "last_refusal": {"at": "2026-11-22T07:58:30Z", "status": 403},
                            "unresolved": [],
                            "certificate": None,
                        }
                    ],
                    "next": None,
                },
            ),
        ),
    ),
)
