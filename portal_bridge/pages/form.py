"""A form as it was sent: urlencoded, of bounded size, in time; every value is text that can be kept. Never converts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from aiohttp import web

from callcontrol.portal_bridge import body
from callcontrol.portal_bridge.json_body import keepable
from callcontrol.portal_bridge.problems import Problem

MEDIA_TYPE = "application/x-www-form-urlencoded"
MOST_FIELDS = 5000


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form; what was not sent is empty."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def text(self, name: str) -> str:
        """A field, without the spaces around it."""
        return self.raw(name).strip()

    def raw(self, name: str) -> str:
        """A field as it was typed: a password."""
        return self.values.get(name, ("",))[0]

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return name in self.values

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a name, in the order of the page."""
        return self.values.get(name, ())


async def read(request: web.Request, largest: int) -> Form:
    """The form of a POST. Raises Problem: 415, 413, 408, 400."""
    if request.content_type != MEDIA_TYPE:
        raise Problem("unsupported-media-type", headers={"Accept": MEDIA_TYPE})
    raw = await body.whole(request, largest)
    try:
        pairs = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError:  # also UnicodeDecodeError
        raise Problem("malformed") from None
    values: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        if not (keepable(name) and keepable(value)):
            raise Problem("malformed")
        values[name] = (*values.get(name, ()), value.replace("\r\n", "\n"))
    return Form(values)
