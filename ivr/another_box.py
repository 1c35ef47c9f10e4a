"""Another box, by its number and PIN, in the same call (key 7 of the main menu)."""

from __future__ import annotations

from callcontrol.ivr.arrival import arrive
from callcontrol.ivr.identify import Asked, by_number
from callcontrol.ivr.menu_table import Key
from callcontrol.ivr.visit import Goodbye, Place, Visit


async def open_another(visit: Visit, key: Key) -> Place:
    """The other box takes the place of this one; three wrong PINs end the call."""
    company = visit.services.directory.company(visit.box.company)
    asked = Asked(visit.call, visit.services, company, visit.box.language)
    box = await by_number(asked, "enter-box-number")
    if box is None:
        return Goodbye()
    visit.box = box
    return await arrive(visit)
