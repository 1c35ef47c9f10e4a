"""The walk through the voice menu: at each node say the menu, take a key, do what the table says, go where it leads.

It knows no node by name; ``menu_table`` says what there is and ``actions`` how it is done. A caller whose app died
begins again at the main menu.
"""

from __future__ import annotations

import structlog

from callcontrol.dialogue.ask import Digits, Question, Silence, ask
from callcontrol.errors import (
    NotFound,
    NotInForce,
    Overtaken,
    SettingsInvalid,
    StoreDown,
    TooMany,
    UnusableSound,
    VersionConflict,
)
from callcontrol.ivr import drafts
from callcontrol.ivr.actions import ACTIONS, LEADS
from callcontrol.ivr.menu_table import MENUS, Does, Key, Node, key_at, offered
from callcontrol.ivr.visit import TRIES, Goodbye, MenuEnd, Place, Visit

log = structlog.get_logger()


async def walk(visit: Visit, begin: Node = Node.MAIN) -> MenuEnd:
    """From ``begin`` until the caller leaves the menu. Raises ``CallerHungUp``."""
    place: Place = begin
    while isinstance(place, Node):
        visit.enter(place)
        key = await choose(visit)
        place = await visit.goodbye() if key is None else await perform(visit, key)
    return place


async def choose(visit: Visit) -> Key | None:
    """A key of the present node; None after three wrong ones or silences in a row.

    What is typed ahead is taken before anything is said; a key that is pressed stops what is being said.
    """
    node = visit.node
    if (lead := LEADS.get(node)) is not None:
        await lead(visit)
    before, visit.said_first = visit.said_first, ()
    said, missed, seconds = (*before, *offered(node)), 0, Question(()).first_seconds
    while missed < TRIES:
        match await ask(visit.call, Question(visit.media(*said), first_seconds=seconds)):
            case Digits(digits=pressed):
                key = key_at(node, pressed)
                if key is None:
                    said, missed = ("invalid-choice", *offered(node)), missed + 1
                elif key.does is Does.HELP:
                    said, missed = (MENUS[node].help, "help-everywhere", *offered(node)), 0
                elif key.does is Does.WAIT:
                    said, missed = offered(node), 0
                    await visit.wait()
                else:
                    return key
            case Silence():
                said, missed = offered(node), missed + 1
            case _:
                return None
    return None


async def perform(visit: Visit, key: Key) -> Place:
    """Do what the key does; where that leads. What cannot be kept is told, and nothing is changed."""
    if key.does is Does.UP:
        return await leave(visit)
    try:
        return await ACTIONS[key.does](visit, key)
    except NotFound:  # somebody else deleted it meanwhile
        visit.say_next("message-gone")
        return Node.MAIN
    except (UnusableSound, TooMany) as error:
        log.info("menu.recording_refused", call=visit.call.id, error=repr(error))
        await drafts.drop(visit)
        visit.say_next("recording-too-short" if isinstance(error, UnusableSound) else "not-saved-try-later")
        return visit.node
    except (StoreDown, NotInForce, Overtaken, VersionConflict, SettingsInvalid) as error:
        log.warning("menu.not_done", call=visit.call.id, does=key.does.name, error=str(error))
        visit.say_next("not-saved-try-later")
        return Node.MAIN


async def leave(visit: Visit) -> Place:
    """One level up; from the top out of the menu, politely."""
    if visit.recording is not None:
        await drafts.drop(visit)
        visit.say_next("recording-discarded")
    place = visit.up()
    return await visit.goodbye("goodbye") if isinstance(place, Goodbye) else place
