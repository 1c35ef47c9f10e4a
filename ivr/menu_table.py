"""The whole voice menu of ``*318`` as one table: where a caller is, which key does what, which prompt offers it.

Pure. What the walk obeys, the help page (``docs/voice-menu.md``) shows and the tests visit is this table (spec §6).
It must never hold how something is done: ``actions`` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType


class Node(Enum):
    """Where a caller is in the menu."""

    MAIN = "main"
    MESSAGE = "message"
    REPLY = "reply"
    CONFIRM_CALL = "confirm-call"
    INTRODUCTION = "introduction"
    RECORDED = "recorded"
    FAX = "fax"
    DELETED = "deleted"
    PURGE_ALL = "purge-all"
    GREETINGS = "greetings"
    ABSENCE = "greeting-absence"
    PERSONAL = "greeting-personal"
    NAME = "greeting-name"
    NUMBER = "greeting-number"
    SYSTEM = "greeting-system"
    VARIANT = "greeting-variant"
    OWN_RECORDING = "own-recording"
    SETTINGS = "settings"
    HOURS = "business-hours"
    OPTIONS = "options"
    PLAYBACK = "playback"
    REMINDERS = "reminders"


class Does(Enum):
    """What a key does, in words for the help page."""

    UP = "one level up; at the top: leave"
    WAIT = "wait 30 s, then say the menu again"
    HELP = "help, then say the menu again"
    MESSAGES = "the messages: urgent, new, kept, oldest first in each"
    SEND = "ask for the recipients, record a message"
    GREETINGS = "the greetings"
    SETTINGS = "the settings"
    FAXES = "the faxes: new, kept, oldest first in each"
    DELETED = "the deleted messages"
    ANOTHER_BOX = "ask for a number and its PIN, then that box"
    REMINDERS = "the reminders"
    AGAIN = "play it again"
    KEEP = "keep it, and the next one"
    DELETE = "delete it, and the next one"
    REPLY = "reply"
    FORWARD = "ask for the boxes to forward it to"
    KEEP_AS_NEW = "keep it as new, and the next one"
    BACK = "back 5 s"
    PAUSE = "pause, or go on; after its end: wait 30 s"
    ON = "on 5 s"
    NEXT = "from the details to the message, from the message to the next one"
    REPLY_BY_VOICE = "record a reply"
    CALL_SENDER = "say the sender's number, if it may be called"
    CALL = "call the sender"
    INTRODUCE = "record an introduction"
    FORWARD_NOW = "forward it without an introduction"
    ACCEPT = "send it"
    LISTEN_DRAFT = "play what was recorded"
    RECORD_AGAIN = "record it again"
    RESTORE = "restore it, and the next one"
    PURGE = "erase it for good, and the next one"
    ASK_PURGE_ALL = "ask whether all shall be erased"
    PURGE_ALL = "erase all deleted messages for good"
    ABSENCE = "the extended absence greeting"
    PERSONAL = "the personal greeting"
    NAME = "the greeting with the name"
    NUMBER = "the greeting with the number"
    SYSTEM = "the system's greeting"
    USE_GREETING = "use this greeting from now on"
    LISTEN_GREETING = "play this greeting"
    RECORD_GREETING = "the recording of this greeting"
    ACCEPT_MESSAGES = "accept messages during the absence, or not"
    BUSY = "the variant for when I am on the phone"
    OUTSIDE_HOURS = "the variant outside business hours"
    INTERNAL = "the variant for internal callers"
    SWITCH = "switch this variant on or off"
    LISTEN_OWN = "play it: what was just recorded, else what is kept"
    RECORD_OWN = "record it"
    KEEP_OWN = "keep what was recorded"
    DELETE_OWN = "drop what was recorded; where nothing was, delete what is kept"
    PIN = "ask twice for a new PIN"
    RECORD_NAME = "the recording of the name"
    HOURS = "the business hours"
    OPTIONS = "the options"
    HEAR_HOURS = "say the business hours"
    CHANGE_HOURS = "ask for a day and its hours"
    HOLIDAYS = "closed on public holidays, or not"
    PIN_OPTION = "ask for the PIN on my own phone, or not"
    QUICK_LOGIN = "quick log-in on or off"
    AUTOPLAY_VOICE = "play new messages at once, or not"
    AUTOPLAY_FAX = "tell new faxes at once, or not"
    PLAYBACK = "what is said of a message"
    PLAY_BOTH = "the details and the message"
    PLAY_MESSAGE = "the message only"
    PLAY_DETAILS = "the details only"
    SET_ONE_TIME = "ask for a time of today, set a reminder"
    SET_REGULAR = "ask for a time and days, set a reminder"
    HEAR_REMINDERS = "say the reminders"
    CANCEL_REMINDERS = "cancel all reminders"


@dataclass(frozen=True, slots=True)
class Key:
    """One key at one node. ``then`` is where it leads as a rule; what comes of it may lead elsewhere.

    ``prompt`` offers it; keys of one sentence share theirs. Those that are not ``said`` are told by the help alone.
    """

    key: str
    prompt: str
    does: Does
    then: Node
    said: bool = True


@dataclass(frozen=True, slots=True)
class Menu:
    """What is offered at one node, in the order in which it is said. ``help`` is what ``0`` says first."""

    help: str
    keys: tuple[Key, ...]


def _everywhere(node: Node, own: tuple[Key, ...]) -> tuple[Key, ...]:
    """The node's own keys, and those that hold everywhere unless it has another meaning for them."""
    up = Key("*", "press-star-to-leave" if node is Node.MAIN else "press-star-to-go-back", Does.UP, node)
    wait = Key("8", "press-8-to-wait", Does.WAIT, node, said=False)
    help_ = Key("0", "press-0-for-help", Does.HELP, node)
    taken = {key.key for key in own}
    return (*own, *(key for key in (wait, help_, up) if key.key not in taken))


_MOVE = "press-7-8-9-to-move"
_VARIANTS = (
    Key("4", "press-4-for-busy-greeting", Does.BUSY, Node.VARIANT),
    Key("5", "press-5-for-outside-hours-greeting", Does.OUTSIDE_HOURS, Node.VARIANT),
    Key("6", "press-6-for-internal-greeting", Does.INTERNAL, Node.VARIANT),
)


def _greeting(node: Node, *own: Key) -> tuple[Key, ...]:
    use = Key("1", "press-1-to-use-greeting", Does.USE_GREETING, node)
    listen = Key("2", "press-2-to-listen", Does.LISTEN_GREETING, node)
    return (use, listen, *own)


_RECORD = Key("3", "press-3-to-record", Does.RECORD_GREETING, Node.OWN_RECORDING)

_OWN: Mapping[Node, tuple[str, tuple[Key, ...]]] = {
    Node.MAIN: ("help-main", (
        Key("1", "press-1-for-messages", Does.MESSAGES, Node.MESSAGE),
        Key("2", "press-2-to-send-a-message", Does.SEND, Node.RECORDED),
        Key("3", "press-3-for-greetings", Does.GREETINGS, Node.GREETINGS),
        Key("4", "press-4-for-settings", Does.SETTINGS, Node.SETTINGS),
        Key("5", "press-5-for-faxes", Does.FAXES, Node.FAX),
        Key("6", "press-6-for-deleted-messages", Does.DELETED, Node.DELETED),
        Key("7", "press-7-for-another-box", Does.ANOTHER_BOX, Node.MAIN),
        Key("9", "press-9-for-reminders", Does.REMINDERS, Node.REMINDERS),
    )),
    Node.REMINDERS: ("help-reminders", (
        Key("1", "press-1-for-one-time-reminder", Does.SET_ONE_TIME, Node.REMINDERS),
        Key("2", "press-2-for-regular-reminder", Does.SET_REGULAR, Node.REMINDERS),
        Key("3", "press-3-to-hear-reminders", Does.HEAR_REMINDERS, Node.REMINDERS),
        Key("4", "press-4-to-cancel-reminders", Does.CANCEL_REMINDERS, Node.REMINDERS),
    )),
    Node.MESSAGE: ("help-messages", (
        Key("1", "press-1-to-listen-again", Does.AGAIN, Node.MESSAGE),
        Key("2", "press-2-to-keep", Does.KEEP, Node.MESSAGE),
        Key("3", "press-3-to-delete", Does.DELETE, Node.MESSAGE),
        Key("4", "press-4-to-reply", Does.REPLY, Node.REPLY),
        Key("5", "press-5-to-forward", Does.FORWARD, Node.INTRODUCTION),
        Key("6", "press-6-to-keep-as-new", Does.KEEP_AS_NEW, Node.MESSAGE),
        Key("7", _MOVE, Does.BACK, Node.MESSAGE),
        Key("8", _MOVE, Does.PAUSE, Node.MESSAGE),
        Key("9", _MOVE, Does.ON, Node.MESSAGE),
        Key("#", "press-hash-for-next", Does.NEXT, Node.MESSAGE),
    )),
    Node.REPLY: ("help-reply", (
        Key("1", "reply-menu", Does.REPLY_BY_VOICE, Node.RECORDED),
        Key("2", "reply-menu", Does.CALL_SENDER, Node.CONFIRM_CALL),
    )),
    Node.CONFIRM_CALL: ("help-reply", (Key("1", "press-1-to-confirm", Does.CALL, Node.CONFIRM_CALL),)),
    Node.INTRODUCTION: ("help-forward", (
        Key("1", "introduction-menu", Does.INTRODUCE, Node.RECORDED),
        Key("2", "introduction-menu", Does.FORWARD_NOW, Node.MESSAGE),
    )),
    Node.RECORDED: ("help-send", (
        Key("1", "recording-menu", Does.ACCEPT, Node.MAIN),
        Key("2", "recording-menu", Does.LISTEN_DRAFT, Node.RECORDED),
        Key("3", "recording-menu", Does.RECORD_AGAIN, Node.RECORDED),
    )),
    Node.FAX: ("help-faxes", (
        Key("1", "press-1-to-listen-again", Does.AGAIN, Node.FAX),
        Key("2", "press-2-to-keep", Does.KEEP, Node.FAX),
        Key("3", "press-3-to-delete", Does.DELETE, Node.FAX),
        Key("5", "press-5-to-forward", Does.FORWARD, Node.FAX),
        Key("6", "press-6-to-keep-as-new", Does.KEEP_AS_NEW, Node.FAX),
        Key("#", "press-hash-for-next", Does.NEXT, Node.FAX),
    )),
    Node.DELETED: ("help-deleted", (
        Key("1", "press-1-to-listen-again", Does.AGAIN, Node.DELETED),
        Key("2", "press-2-to-restore", Does.RESTORE, Node.DELETED),
        Key("3", "press-3-to-purge", Does.PURGE, Node.DELETED),
        Key("9", "press-9-to-purge-all", Does.ASK_PURGE_ALL, Node.PURGE_ALL),
        Key("#", "press-hash-for-next", Does.NEXT, Node.DELETED),
    )),
    Node.PURGE_ALL: ("help-deleted", (Key("1", "confirm-purge-all", Does.PURGE_ALL, Node.MAIN),)),
    Node.GREETINGS: ("help-greetings", (
        Key("1", "press-1-for-absence-greeting", Does.ABSENCE, Node.ABSENCE),
        Key("2", "press-2-for-personal-greeting", Does.PERSONAL, Node.PERSONAL),
        Key("3", "press-3-for-name-greeting", Does.NAME, Node.NAME),
        Key("4", "press-4-for-number-greeting", Does.NUMBER, Node.NUMBER),
        Key("5", "press-5-for-system-greeting", Does.SYSTEM, Node.SYSTEM),
    )),
    Node.ABSENCE: ("help-greetings", _greeting(
        Node.ABSENCE, _RECORD,
        Key("4", "press-4-to-accept-messages-or-not", Does.ACCEPT_MESSAGES, Node.ABSENCE),
        Key("6", "press-6-for-internal-greeting", Does.INTERNAL, Node.VARIANT),
    )),
    Node.PERSONAL: ("help-greetings", _greeting(Node.PERSONAL, _RECORD, *_VARIANTS)),
    Node.NAME: ("help-greetings", _greeting(Node.NAME, _RECORD, *_VARIANTS)),
    Node.NUMBER: ("help-greetings", _greeting(Node.NUMBER, *_VARIANTS)),
    Node.SYSTEM: ("help-greetings", _greeting(Node.SYSTEM, *_VARIANTS)),
    Node.VARIANT: ("help-greetings", (
        Key("1", "press-1-to-switch-on-or-off", Does.SWITCH, Node.VARIANT),
        Key("2", "press-2-to-listen", Does.LISTEN_GREETING, Node.VARIANT),
        replace(_RECORD),
    )),
    Node.OWN_RECORDING: ("help-greetings", (
        Key("1", "press-1-to-listen", Does.LISTEN_OWN, Node.OWN_RECORDING),
        Key("2", "press-2-to-record", Does.RECORD_OWN, Node.OWN_RECORDING),
        Key("3", "press-3-to-keep-recording", Does.KEEP_OWN, Node.OWN_RECORDING),
        Key("4", "press-4-to-delete-recording", Does.DELETE_OWN, Node.OWN_RECORDING),
    )),
    Node.SETTINGS: ("help-settings", (
        Key("1", "press-1-for-pin", Does.PIN, Node.SETTINGS),
        Key("2", "press-2-for-name", Does.RECORD_NAME, Node.OWN_RECORDING),
        Key("3", "press-3-for-business-hours", Does.HOURS, Node.HOURS),
        Key("4", "press-4-for-options", Does.OPTIONS, Node.OPTIONS),
    )),
    Node.HOURS: ("help-business-hours", (
        Key("1", "press-1-to-hear-hours", Does.HEAR_HOURS, Node.HOURS),
        Key("2", "press-2-to-change-hours", Does.CHANGE_HOURS, Node.HOURS),
        Key("3", "press-3-for-public-holidays", Does.HOLIDAYS, Node.HOURS),
    )),
    Node.OPTIONS: ("help-options", (
        Key("1", "press-1-for-pin-option", Does.PIN_OPTION, Node.OPTIONS),
        Key("2", "press-2-for-quick-login-option", Does.QUICK_LOGIN, Node.OPTIONS),
        Key("3", "press-3-for-autoplay-option", Does.AUTOPLAY_VOICE, Node.OPTIONS),
        Key("4", "press-4-for-fax-autoplay-option", Does.AUTOPLAY_FAX, Node.OPTIONS),
        Key("5", "press-5-for-playback-option", Does.PLAYBACK, Node.PLAYBACK),
    )),
    Node.PLAYBACK: ("help-options", (
        Key("1", "playback-menu", Does.PLAY_BOTH, Node.OPTIONS),
        Key("2", "playback-menu", Does.PLAY_MESSAGE, Node.OPTIONS),
        Key("3", "playback-menu", Does.PLAY_DETAILS, Node.OPTIONS),
    )),
}  # fmt: skip

MENUS: Mapping[Node, Menu] = MappingProxyType(
    {node: Menu(help_, _everywhere(node, keys)) for node, (help_, keys) in _OWN.items()}
)
"""Every node with its keys."""


def key_at(node: Node, pressed: str) -> Key | None:
    """What a key does at a node; None when it does nothing there."""
    return next((key for key in MENUS[node].keys if key.key == pressed), None)


def offered(node: Node) -> tuple[str, ...]:
    """The prompts that offer the keys of a node, each once."""
    return tuple(dict.fromkeys(key.prompt for key in MENUS[node].keys if key.said))
