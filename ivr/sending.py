"""Messages to others: a new one, a reply by voice, a forwarded one with its introduction; and calling the sender.

Calling back is offered on a phone of ours alone: a PIN that was found out must not place calls (toll fraud).
"""

from __future__ import annotations

from callcontrol.changes import addressing
from callcontrol.dialled import Inside, resolve
from callcontrol.dialogue.play import play
from callcontrol.facts import LineState, Presentation
from callcontrol.ivr import drafts, words
from callcontrol.ivr.menu_table import Key, Node
from callcontrol.ivr.visit import TRIES, CallBack, Draft, Place, Typed, Visit
from callcontrol.mailbox.greet import is_full
from callcontrol.message import MessageKind
from callcontrol.routing.outgoing import decide_outgoing
from callcontrol.routing.steps import Refuse

MAX_SECONDS = 300
SHORTEST_SECONDS = 2.0
_ASKS = {Draft.MESSAGE: "record-message", Draft.REPLY: "record-reply", Draft.FORWARD: "record-introduction"}
_SENT = {Draft.MESSAGE: "vm-sent", Draft.REPLY: "reply-sent", Draft.FORWARD: "message-forwarded"}


# --- recipients -------------------------------------------------------------------------------------------------


async def _recipients(visit: Visit) -> Place | None:
    """Ask for boxes of the company, until ``#`` alone; a place when the caller went elsewhere."""
    visit.recipients, wrong = [], 0
    while wrong < TRIES:
        prompt = "another-recipient" if visit.recipients else "enter-recipient"
        match await visit.collect(prompt, may_be_empty=bool(visit.recipients)):
            case Typed(digits=""):
                return None
            case Typed(digits=dialled):
                wrong += not await _add(visit, dialled)
            case place:
                return place
    return await visit.goodbye()


async def _add(visit: Visit, dialled: str) -> bool:
    """Whether there was a box for it."""
    about = visit.reading.message if visit.drafting is Draft.FORWARD else None
    kind = about.kind if about is not None else MessageKind.VOICE
    services = visit.services
    box = addressing.box_of(services.directory, services.directory.company(visit.box.company), dialled)
    if box is None or not addressing.takes(box, kind):
        visit.say_next("recipient-has-no-box")
        return False
    if box in visit.recipients:
        visit.say_next("recipient-already-added")
        return True
    if await is_full(services, box):
        visit.say_next("recipient-box-full")
        return False
    visit.recipients.append(box)
    said = words.number(box.extension or box.number, visit.box.language)
    visit.say_next("recipient-added", *said)
    return True


# --- recording and sending --------------------------------------------------------------------------------------


async def send(visit: Visit, key: Key) -> Place:
    """To other lines, without calling them."""
    visit.drafting = Draft.MESSAGE
    return await _recipients(visit) or await _record(visit)


async def forward(visit: Visit, key: Key) -> Place:
    """The message at hand to other boxes; a fax goes without an introduction."""
    visit.drafting = Draft.FORWARD
    place = await _recipients(visit)
    if place is not None:
        return place
    return await forward_now(visit, key) if key.then is Node.FAX else key.then


async def introduce(visit: Visit, key: Key) -> Place:
    return await _record(visit)


async def forward_now(visit: Visit, key: Key) -> Place:
    return await _send(visit)


async def record_again(visit: Visit, key: Key) -> Place:
    return await _record(visit)


async def listen(visit: Visit, key: Key) -> Place:
    """What was recorded so far."""
    if not visit.call.caller.keys:
        await play(visit.call, [f"recording:{visit.recording}"], until_key=True)
    return key.then


async def accept(visit: Visit, key: Key) -> Place:
    return await _send(visit)


async def _record(visit: Visit) -> Place:
    recorded = await drafts.take(visit, _ASKS[visit.drafting], most=MAX_SECONDS, shortest=SHORTEST_SECONDS)
    return Node.RECORDED if recorded else _home(visit)


def _home(visit: Visit) -> Node:
    """Where whoever sends something came from: the message that it is about, else the main menu."""
    about = (node for node in (Node.MESSAGE, Node.FAX) if node in visit.trail)
    return next(about, Node.MAIN)


async def _send(visit: Visit) -> Place:
    about = visit.reading.message if visit.drafting is Draft.FORWARD else None
    now = visit.services.clock.now()
    messages = addressing.addressed(visit.services.directory, visit.box, visit.recipients, now, about=about)
    sent = await drafts.send(visit, messages, about.path if about else None)
    fax = about is not None and about.kind is MessageKind.FAX
    done = "fax-forwarded" if fax else _SENT[visit.drafting]
    visit.say_next(done if sent else "message-not-sent")
    return _home(visit)


# --- reply ------------------------------------------------------------------------------------------------------


async def reply(visit: Visit, key: Key) -> Place:
    """To a sender who is known."""
    sender = visit.reading.message.sender
    if sender.number is not None and words.number(sender.number, visit.box.language):
        return key.then
    visit.say_next("reply-withheld" if sender.presentation is Presentation.ANONYMOUS else "reply-unknown")
    return visit.node


async def reply_by_voice(visit: Visit, key: Key) -> Place:
    """Into the sender's box, if there is one here."""
    box = addressing.replies_to(visit.services.directory, visit.box, visit.reading.message)
    if isinstance(box, addressing.NoReply):
        visit.say_next("reply-no-box")
        return visit.node
    if await is_full(visit.services, box):
        visit.say_next("recipient-box-full")
        return visit.node
    visit.drafting, visit.recipients = Draft.REPLY, [box]
    return await _record(visit)


async def call_sender(visit: Visit, key: Key) -> Place:
    """Say whom ``1`` would call, unless this phone may not call it."""
    if visit.phone is None:
        visit.say_next("call-from-own-phone-only")
        return visit.node
    number = visit.reading.message.sender.number or ""
    directory = visit.services.directory
    company, settings = directory.company(visit.phone.company), directory.settings(visit.phone.number)
    step = decide_outgoing(visit.phone, company, settings, LineState(), number, directory)
    if isinstance(step, Refuse):
        visit.say_next(step.prompt)
        return visit.node
    visit.say_next("you-will-call", *words.number(_spoken(visit, number), visit.box.language))
    return key.then


def _spoken(visit: Visit, number: str) -> str:
    """As its owner knows it: a colleague's extension."""
    directory = visit.services.directory
    target = resolve(number, directory.company(visit.box.company), directory)
    match target:
        case Inside(line=line) if (known := directory.account(line)) is not None:
            return known.extension or number
        case _:
            return number


async def call(visit: Visit, key: Key) -> Place:
    await visit.say("calling-now")
    number = visit.reading.message.sender.number
    assert number is not None, "only a known sender can be confirmed"
    return CallBack(number)
