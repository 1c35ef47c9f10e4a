"""Key 9 of the main menu: reminders, by the dialogues of their star codes (spec §6, §8)."""

from __future__ import annotations

from callcontrol.changes.reminders import has_phone
from callcontrol.codes import reminders as dialogues
from callcontrol.codes.keypad import Keypad
from callcontrol.ivr.menu_table import Key
from callcontrol.ivr.visit import Place, Visit


async def enter(visit: Visit, key: Key) -> Place:
    if not has_phone(visit.box):
        visit.say_next("service-unavailable")
        return visit.node
    if not visit.settings.notifications.reminders_enabled:
        visit.say_next("reminders-off")
        return visit.node
    return key.then


async def one_time(visit: Visit, key: Key) -> Place:
    await dialogues.set_once(_keypad(visit))
    return key.then


async def regular(visit: Visit, key: Key) -> Place:
    await dialogues.set_regular(_keypad(visit))
    return key.then


async def hear(visit: Visit, key: Key) -> Place:
    await dialogues.check_every(_keypad(visit))
    return key.then


async def cancel(visit: Visit, key: Key) -> Place:
    await dialogues.cancel_every(_keypad(visit))
    return key.then


def _keypad(visit: Visit) -> Keypad:
    return Keypad(visit.call, visit.services, visit.box)
