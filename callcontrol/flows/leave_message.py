"""Leave a message in a mailbox, while its owner may listen and take the call (spec §5, *filtrage en temps réel*)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from callcontrol.call.call import Call
from callcontrol.call.leg import Leg
from callcontrol.call.services import CallServices
from callcontrol.errors import ChannelGone
from callcontrol.flows.listen import Listening
from callcontrol.flows.place import Place
from callcontrol.flows.talk import talk
from callcontrol.ivr import menu
from callcontrol.mailbox import greet, take_message
from callcontrol.mailbox.greet import OwnerCalls
from callcontrol.mailbox.take_message import Deposit, TakenLive
from callcontrol.message import Message
from callcontrol.routing import presentation
from callcontrol.routing.steps import Answered, MessageTaken, Outcome, TakeMessage
from callcontrol.sip import leg_identity


async def leave_message(
    step: TakeMessage, call: Call, services: CallServices, place: Place, remaining: float | None
) -> Outcome:
    """Take the message; ``remaining`` is None for a new step, else an earlier process began it."""
    live = next((leg for leg in call.legs.values() if leg.confirmed and leg.alive), None)
    if live is not None:  # an earlier process had seen it take the call
        return await _go_on_live(call, services, live, call.journal.story.recording)
    if call.channel in call.bridge.joined:
        await call.bridge.leave(call.channel)
    if call.journal.story.menu.box is not None:  # an earlier process had let it in
        return await _open_box(step, call, services)
    deposit = Deposit(step.box, place.language, lambda: _listening(step, call, services, place))
    owner = services.directory.account(step.box)
    opening = await greet.opening(services, owner, place.incoming.caller, place.language, busy=step.busy)
    begin = take_message.take_message if remaining is None else take_message.resume
    match await begin(call, services, deposit, opening):
        case TakenLive(by=leg, message=message):
            return await _go_on_live(call, services, leg, message)
        case OwnerCalls():
            return await _open_box(step, call, services)
        case taken:
            return taken


async def _open_box(step: TakeMessage, call: Call, services: CallServices) -> MessageTaken:
    """The caller says that the box is its own: its PIN opens it. Nothing was left in it."""
    owner = services.directory.account(step.box)
    if owner is not None:
        await menu.from_greeting(call, services, owner)
    return MessageTaken()


async def _go_on_live(call: Call, services: CallServices, leg: Leg, message: Message | None) -> Outcome:
    """Whoever listened talks with the caller now; what was spoken so far is kept as heard."""
    if leg.id not in call.bridge.joined:
        await call.to_caller(call.caller.be_quiet())
        with suppress(ChannelGone):  # it left as it pressed the key: ``talk`` finds that out
            await call.join(leg)
    if message is not None:
        await take_message.recording_told_over(call)
        await take_message.deliver(call, services, message)
    await talk(call, services, leg)
    return Answered(leg.line or "")


def _listening(step: TakeMessage, call: Call, services: CallServices, place: Place) -> Listening | None:
    """The part in which the owner's devices ring: where the option is on, and not when it would disturb or the line
    is full."""
    directory, owner = services.directory, services.directory.account(step.box)
    if owner is None or step.dnd or step.busy:
        return None
    settings = directory.settings(owner.number)
    if not settings.message_settings.live_screening:
        return None
    company = directory.company(owner.company)
    shown = presentation.shown_caller(
        place.incoming.caller, settings, directory.contacts(owner.number), company
    )
    who = shown.name or shown.number or ""
    word = "Screening" if owner.language == "en" else "Écoute"
    variables = leg_identity.to_device(replace(shown, name=f"{word} : {who}" if who else word))
    return Listening(call, services, owner, variables)
