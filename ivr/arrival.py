"""A caller has shown that a box is its own: the tutorial once, the sentence that counts, new messages at once."""

from __future__ import annotations

from callcontrol.ivr import reading, tutorial, words
from callcontrol.ivr.menu_table import Node
from callcontrol.ivr.visit import Place, Visit
from callcontrol.journal import entries
from callcontrol.message import MessageKind


async def arrive(visit: Visit) -> Place:
    """Where the visit begins. Raises StoreDown."""
    visit.call.tell(entries.MenuOpened(visit.services.clock.now(), visit.box.number))
    if (end := await tutorial.offer(visit)) is not None:
        return end
    return await greet(visit)


async def greet(visit: Visit) -> Place:
    """Count what is in the box; with *lecture automatique* new ones are played at once."""
    messages = await visit.services.menu.boxes.all(visit.box.number, None)
    visit.say_next(*words.opening(messages, visit.box.language))
    access = visit.settings.inbox_access
    for node, kind, wanted in (
        (Node.MESSAGE, MessageKind.VOICE, access.autoplay_voice),
        (Node.FAX, MessageKind.FAX, access.autoplay_fax),
    ):
        if wanted and any(message.new and message.kind is kind for message in messages):
            before, visit.said_first = visit.said_first, ()
            await visit.say(*before)
            return await reading.begin(visit, node, kind, lambda message: message.new)
    return Node.MAIN
