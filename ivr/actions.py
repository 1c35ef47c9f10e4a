"""What each key of the table does, and what each node does before its menu is said: names to coroutines, no more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from callcontrol.ivr import another_box, greetings, options, reading, reminders, sending
from callcontrol.ivr.menu_table import Does, Key, Node
from callcontrol.ivr.visit import Place, Visit
from callcontrol.message import MessageKind

Action = Callable[[Visit, Key], Awaitable[Place]]
"""Does it, and says where that leads."""


async def go(visit: Visit, key: Key) -> Place:
    """Nothing but where it leads."""
    return key.then


async def messages(visit: Visit, key: Key) -> Place:
    return await reading.begin(visit, key.then, MessageKind.VOICE)


async def faxes(visit: Visit, key: Key) -> Place:
    return await reading.begin(visit, key.then, MessageKind.FAX)


async def deleted(visit: Visit, key: Key) -> Place:
    return await reading.begin(visit, key.then, None)


LEADS: Mapping[Node, Callable[[Visit], Awaitable[None]]] = MappingProxyType(
    {
        Node.MESSAGE: reading.present,
        Node.FAX: reading.present,
        Node.DELETED: reading.present,
        Node.GREETINGS: greetings.tell_which,
        Node.ABSENCE: greetings.tell_absence,
        Node.VARIANT: greetings.tell_variant,
        Node.OPTIONS: options.tell_options,
        Node.PLAYBACK: options.tell_playback,
    }
)

ACTIONS: Mapping[Does, Action] = MappingProxyType(
    {
        Does.MESSAGES: messages,
        Does.SEND: sending.send,
        Does.GREETINGS: go,
        Does.SETTINGS: go,
        Does.FAXES: faxes,
        Does.DELETED: deleted,
        Does.ANOTHER_BOX: another_box.open_another,
        Does.REMINDERS: reminders.enter,
        Does.SET_ONE_TIME: reminders.one_time,
        Does.SET_REGULAR: reminders.regular,
        Does.HEAR_REMINDERS: reminders.hear,
        Does.CANCEL_REMINDERS: reminders.cancel,
        Does.AGAIN: reading.again,
        Does.KEEP: reading.keep,
        Does.DELETE: reading.delete,
        Does.REPLY: sending.reply,
        Does.FORWARD: sending.forward,
        Does.KEEP_AS_NEW: reading.keep_as_new,
        Does.BACK: reading.back,
        Does.PAUSE: reading.pause,
        Does.ON: reading.stay,
        Does.NEXT: reading.next_one,
        Does.REPLY_BY_VOICE: sending.reply_by_voice,
        Does.CALL_SENDER: sending.call_sender,
        Does.CALL: sending.call,
        Does.INTRODUCE: sending.introduce,
        Does.FORWARD_NOW: sending.forward_now,
        Does.ACCEPT: sending.accept,
        Does.LISTEN_DRAFT: sending.listen,
        Does.RECORD_AGAIN: sending.record_again,
        Does.RESTORE: reading.restore,
        Does.PURGE: reading.purge,
        Does.ASK_PURGE_ALL: go,
        Does.PURGE_ALL: reading.purge_all,
        Does.ABSENCE: greetings.kind,
        Does.PERSONAL: greetings.kind,
        Does.NAME: greetings.kind,
        Does.NUMBER: greetings.kind,
        Does.SYSTEM: greetings.kind,
        Does.USE_GREETING: greetings.use,
        Does.LISTEN_GREETING: greetings.hear,
        Does.RECORD_GREETING: greetings.own_recording,
        Does.ACCEPT_MESSAGES: greetings.accept_messages,
        Does.BUSY: greetings.variant,
        Does.OUTSIDE_HOURS: greetings.variant,
        Does.INTERNAL: greetings.variant,
        Does.SWITCH: greetings.switch,
        Does.LISTEN_OWN: greetings.listen,
        Does.RECORD_OWN: greetings.record,
        Does.KEEP_OWN: greetings.keep,
        Does.DELETE_OWN: greetings.delete,
        Does.PIN: options.pin,
        Does.RECORD_NAME: greetings.own_name,
        Does.HOURS: go,
        Does.OPTIONS: go,
        Does.HEAR_HOURS: options.hear_hours,
        Does.CHANGE_HOURS: options.change_hours,
        Does.HOLIDAYS: options.holidays,
        Does.PIN_OPTION: options.switch,
        Does.QUICK_LOGIN: options.switch,
        Does.AUTOPLAY_VOICE: options.switch,
        Does.AUTOPLAY_FAX: options.switch,
        Does.PLAYBACK: go,
        Does.PLAY_BOTH: options.parts,
        Does.PLAY_MESSAGE: options.parts,
        Does.PLAY_DETAILS: options.parts,
    }
)
"""Every key but those that the walk obeys itself (up, wait, help)."""
