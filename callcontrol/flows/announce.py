"""Tell the caller why the call goes no further, then end it (spec §3: nothing is ever lost in silence)."""

from __future__ import annotations

from callcontrol.call.call import Call
from callcontrol.call.services import CallServices
from callcontrol.dialogue.play import play
from callcontrol.errors import CallControlError
from callcontrol.routing.steps import RefusalKind, Refuse, Refused
from callcontrol.telephony import HangupCause

CAUSES = {
    RefusalKind.REJECTED: HangupCause.NORMAL,
    RefusalKind.BUSY: HangupCause.BUSY,
    RefusalKind.NO_ANSWER: HangupCause.NO_ANSWER,
    RefusalKind.UNREACHABLE: HangupCause.SUBSCRIBER_ABSENT,
    RefusalKind.BARRED: HangupCause.REJECTED,
    RefusalKind.UNKNOWN_NUMBER: HangupCause.UNALLOCATED,
}
"""What an unanswered caller's network is told after the announcement: 603, 486, 480, 480, 403, 404."""


class DeadEnd(CallControlError):
    """The call cannot go on for a reason that no setting explains; the caller hears ``prompt``."""

    prompt = "number-unknown"
    cause = HangupCause.UNALLOCATED


async def announce(call: Call, services: CallServices, prompt: str, language: str) -> None:
    """Play one prompt to the caller, as early media when unanswered."""
    await play(call, [services.prompts.media(prompt, language)])


async def refuse(call: Call, services: CallServices, step: Refuse, language: str) -> Refused:
    """Play the refusal without answering, so that nobody pays for it, and end the call."""
    await dead_end(call, services, step.prompt, CAUSES[step.kind], language)
    return Refused()


async def dead_end(
    call: Call, services: CallServices, prompt: str, cause: HangupCause, language: str
) -> None:
    """Play ``prompt`` and end the call with ``cause``."""
    await announce(call, services, prompt, language)
    await call.hang_up(cause)
