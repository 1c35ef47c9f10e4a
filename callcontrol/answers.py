"""What the answers of an operator mean for a call to a number outside: the one table. Pure.

Everything that depends on a final SIP status of a trunk is read from here: whether another trunk may be tried, what
came of the call, the words and the code that its caller gets, what the history keeps; the dialplan of the native
fallback is written from it too. Sources: RFC 3261 §21 unless a row says otherwise; spec §3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from callcontrol.telephony import HangupCause


class End(StrEnum):
    """How a call outside ended that nobody answered; the value is what the history keeps (``LegRecord.result``)."""

    BUSY = "busy"
    REFUSED = "refused"
    UNKNOWN_NUMBER = "unknown_number"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"
    """The number exists, but is not reachable now: a mobile that is switched off."""
    NETWORK = "network_failure"
    """The operator, or the way to it, failed."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What the caller is told of an end: a prompt, then the cause whose SIP status ``status`` its phone gets."""

    prompt: str
    cause: HangupCause
    status: int


TELLING: Mapping[End, Telling] = {
    End.BUSY: Telling("line-busy", HangupCause.BUSY, 486),
    End.REFUSED: Telling("call-refused", HangupCause.NORMAL, 603),
    End.UNKNOWN_NUMBER: Telling("number-unknown", HangupCause.UNALLOCATED, 404),
    End.NO_ANSWER: Telling("no-answer", HangupCause.NO_ANSWER, 480),
    End.UNREACHABLE: Telling("line-unavailable", HangupCause.SUBSCRIBER_ABSENT, 480),
    End.NETWORK: Telling("network-failure", HangupCause.CONGESTION, 503),
}
"""The words and the code of each end."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One row. ``elsewhere``: another trunk may mend it, unless the far end rang already."""

    end: End
    elsewhere: bool
    source: str


def _final(end: End, source: str) -> Answer:
    return Answer(end, False, source)


def _of_this_trunk(source: str) -> Answer:
    return Answer(End.NETWORK, True, source)


ANSWERS: Mapping[int, Answer] = {
    300: _final(
        End.UNREACHABLE, "§21.3: a redirect from outside is not followed, the target would pass barring"
    ),
    400: _of_this_trunk("§21.4: the same request may succeed at another server"),
    401: _of_this_trunk("§21.4.2: our account is not accepted there"),
    402: _of_this_trunk("§21.4.3: our account there has no credit"),
    403: _final(End.REFUSED, "§21.4.4: should not be repeated; spec §3 for a foreign number"),
    404: _final(End.UNKNOWN_NUMBER, "§21.4.5: the server has definitive information"),
    407: _of_this_trunk("§21.4.8: our account is not accepted there"),
    408: _final(End.NO_ANSWER, "§21.4.9, after a provisional answer"),
    410: _final(End.UNKNOWN_NUMBER, "§21.4.11: no forwarding address is known"),
    433: _final(End.REFUSED, "RFC 5079 §5: anonymity disallowed by the callee"),
    480: _final(End.UNREACHABLE, "§21.4.18: contacted, but the callee is unavailable"),
    482: _final(End.NETWORK, "§21.4.20: a loop; another way would only make it longer"),
    483: _final(End.NETWORK, "§21.4.21: too many hops; another way would only make it longer"),
    484: _final(End.UNKNOWN_NUMBER, "§21.4.22: address incomplete"),
    485: _final(End.UNKNOWN_NUMBER, "§21.4.23: ambiguous"),
    486: _final(End.BUSY, "§21.4.24: busy here"),
    487: _final(End.NO_ANSWER, "§21.4.25: ended by the far side while it was called"),
    500: _of_this_trunk("§21.5.1"),
    600: _final(End.BUSY, "§21.6.1: busy everywhere"),
    603: _final(End.REFUSED, "§21.6.2: decline"),
    604: _final(End.UNKNOWN_NUMBER, "§21.6.3: does not exist anywhere"),
    606: _final(End.NETWORK, "§21.6.4: not acceptable anywhere; spec §3 for a foreign number"),
    607: _final(End.REFUSED, "RFC 8197: unwanted"),
    608: _final(End.REFUSED, "RFC 8688: rejected"),
}
"""Each status with a meaning of its own. Any other is read as the x00 of its class (RFC 3261 §8.1.3.2)."""

NO_WORD = _of_this_trunk("§17.1.1.2: no answer at all, or no way to ask")
"""Not even a provisional answer came: the operator never had the call."""
NUMBER_REFUSED = frozenset({403, 606})
"""What an operator says that does not take the caller's number that we show (spec §3, forwarded calls)."""


def answer(status: int | None, *, heard: bool = True, rang: bool = False) -> Answer:
    """The row of an unanswered call's final ``status``; None when there was none.

    ``heard``: a provisional answer came before it. ``rang``: one of them was 180, 182 or 183; then somebody may have
    heard the telephone, and no other trunk rings it again.
    """
    if rang and status in (None, 408, 480):
        return _final(End.NO_ANSWER, "spec §3: 408 or 480 after ringing")
    if status in (None, 408):
        return ANSWERS[408] if heard else NO_WORD
    row = ANSWERS.get(status) or ANSWERS.get(status // 100 * 100, ANSWERS[500])
    return Answer(row.end, row.elsewhere and not rang, row.source)


def is_ringing(status: int) -> bool:
    """Whether a provisional answer says that the far end is being alerted (180), or may be: 182 and 183."""
    return status in (180, 182, 183)
