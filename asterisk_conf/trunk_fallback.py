"""The way of a call through the trunks when there is no app: steps of the dialplan. Pure: no I/O, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from callcontrol.answers import ANSWERS, TELLING, End, answer
from callcontrol.config.load import TrunkConfig
from callcontrol.facts import Barring
from callcontrol.telephony import HangupCause

ANNOUNCED: Mapping[str, HangupCause] = {
    f"barred-{Barring.NATIONAL}": HangupCause.REJECTED,
    f"barred-{Barring.INTERNATIONAL}": HangupCause.REJECTED,
    f"barred-{Barring.PREMIUM}": HangupCause.REJECTED,
    "barred-access-codes": HangupCause.REJECTED,
    "barred-config-codes": HangupCause.REJECTED,
    "number-unknown": HangupCause.UNALLOCATED,
    "code-unknown": HangupCause.UNALLOCATED,
    "network-failure": TELLING[End.NETWORK].cause,
    "service-unavailable": HangupCause.CONGESTION,
}
"""What a caller's phone is told (403, 404, 503) after words that are no operator's answer: what the app tells it."""


def fallback_dial(trunks: Sequence[TrunkConfig], *, silent: int, every: bool) -> str:
    """The steps of the dialplan that call ``CC_NUM`` through each trunk in turn; one that says nothing for ``silent``
    seconds is given up.

    ``Dial`` goes on to the next step only when the call was not answered: never two at once. An emergency call goes
    through ``every`` trunk, whatever the one before said. Last come those that Asterisk believes to be dead: by their
    address, since it makes no channel to them by name. Each gets the numbers in its own ``number_format``, which
    leaves short ones, the emergency numbers among them, as they are.
    """
    steps: list[str] = []
    for index, trunk in enumerate(trunks):
        steps.append(_through("PJSIP/", f"@{_endpoint(trunk)}", trunk, silent))
        steps.append(f'Set(CC_DEAD_{index}=${{IF($["${{GOSUB_RETVAL}}" = "dead"]?yes)}})')
        steps += [] if every else [_UNLESS_FINAL]
    for index, trunk in enumerate(trunks):
        address = f"@{trunk.at}".replace(";", "\\;")
        skip = 1 if every else 2
        steps.append(f'GotoIf($["${{CC_DEAD_{index}}}" != "yes"]?$[${{PRIORITY}} + {skip + 1}])')
        steps.append(_through(f"PJSIP/{_endpoint(trunk)}/sip:", address, trunk, silent))
        steps += [] if every else [_UNLESS_FINAL]
    return "\n".join(f" same => n,{step}" for step in steps)


def _endpoint(trunk: TrunkConfig) -> str:
    """The trunk's endpoint; a call that hides its number may have another one."""
    other = trunk.hidden_endpoint.removeprefix(trunk.name)
    return trunk.name + (f'${{IF($["${{CALLERID(num-pres)}}" =~ "prohib"]?{other})}}' if other else "")


def _through(before: str, behind: str, trunk: TrunkConfig, silent: int) -> str:
    """``before`` and ``behind``: what stands around the number in the name that ``Dial`` gets."""
    return f"Gosub(fallback-through,s,1({before},{behind},{trunk.number_format},{silent}))"


_UNLESS_FINAL = (
    "GotoIf(${DIALPLAN_EXISTS(fallback-final,${GOSUB_RETVAL},1)}?fallback-final,${GOSUB_RETVAL},1)"
)


def fallback_ends() -> str:
    """The dialplan's copy of the table of answers: an extension for each end of a call that no other trunk mends."""
    ends = {str(status): row.end for status, row in ANSWERS.items() if not row.elsewhere}
    ends |= {f"rang-{status}": answer(status, rang=True).end for status in ANSWERS}
    ends |= {"rang-none": End.NO_ANSWER, "_3XX": ANSWERS[300].end, "_6XX": ANSWERS[600].end}
    ends |= {"_ra[n]g-6XX": ANSWERS[600].end, "_ra[n]g-!": End.NETWORK}
    return "\n".join(
        f"exten => {name},1,Set(CC_CAUSE={int(TELLING[end].cause)})\n"
        f" same => n,Goto(fallback-say,{TELLING[end].prompt},1)"
        for name, end in ends.items()
    )


def fallback_announced() -> str:
    """An extension for each prompt of ``ANNOUNCED``."""
    return "\n".join(
        f"exten => {prompt},1,Set(CC_CAUSE={int(cause)})\n same => n,Goto(fallback-say,{prompt},1)"
        for prompt, cause in ANNOUNCED.items()
    )
