"""The voice menu for callers from outside: by the company's access number, or by ``*`` in a greeting (spec §6)."""

from __future__ import annotations

from callcontrol.call.call import Call
from callcontrol.call.services import CallServices
from callcontrol.facts import Company
from callcontrol.ivr import menu
from callcontrol.journal import entries


def company_of(call: Call, services: CallServices) -> Company | None:
    """The company whose access number was called; as the story says, where it says so."""
    story, directory = call.journal.story, services.directory
    if story.menu.access is not None:
        return directory.company(story.menu.access)
    return directory.company_of_access(story.dialled)


async def from_outside(call: Call, services: CallServices, company: Company) -> None:
    """Somebody outside called the access number: any box of the company, by number and PIN."""
    if call.journal.story.menu.access is None:
        call.tell(entries.AccessReached(services.clock.now(), company.id))
    await menu.from_outside(call, services, company)
