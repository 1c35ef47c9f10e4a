"""``devices``: the phones of a line that are registered now (spec §1)."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import Field

from callcontrol.portal_bridge.api.asked import Asked, reply
from callcontrol.portal_bridge.api.models import Items, ResponseBody
from callcontrol.portal_bridge.api.phones import address_of
from callcontrol.portal_bridge.api.route import Reply, Route, Scope


class DeviceOut(ResponseBody):
    """A registered phone."""

    address: Annotated[str | None, Field(description="The host and port under which it is reached.")]
    user_agent: Annotated[str | None, Field(description="What the phone calls itself.")]


async def list_devices(asked: Asked) -> web.Response:
    """List the registered phones.

    Asked of the telephone system now; an empty list means that the line is unavailable.
    """
    found = await asked.services.call_side.devices(asked.line.number)
    devices = [
        DeviceOut(address=address_of(device.contact), user_agent=device.user_agent) for device in found
    ]
    return reply(Items[DeviceOut](items=devices, next=None))


ROUTES = (
    Route(
        "GET",
        "devices",
        list_devices,
        "list_devices",
        "Devices",
        Scope.LINE,
        (
            Reply(
                200,
                "The phones.",
                Items[DeviceOut],
                example={
                    "items": [{"address": "192.0.2.7:5060", "user_agent": "Yealink SIP-T46S"}],
                    "next": None,
                },
            ),
        ),
        asks_phones=True,
    ),
)
