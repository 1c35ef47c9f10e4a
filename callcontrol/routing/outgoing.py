"""What becomes of a string dialled on one of our phones (spec §2.1 to §2.5). Pure.

Emergency numbers come first and are never barred, counted or hidden, whatever else is set or dialled before them.
Barring comes before the limits, so that the caller hears the lasting reason rather than the passing one.
"""

from __future__ import annotations

from typing import assert_never

from callcontrol import numbers
from callcontrol.because import Because
from callcontrol.dialled import (
    Emergency,
    Inside,
    KnownNumbers,
    Outside,
    StarCode,
    Target,
    Unknown,
    UnknownCode,
    resolve,
)
from callcontrol.directory.directory import Directory
from callcontrol.facts import Barring, Company, Line, LineState
from callcontrol.routing.situation import COSTLY, costly_limits, reason
from callcontrol.routing.steps import (
    CallEmergency,
    CallLine,
    CallOutside,
    OutgoingStep,
    RefusalKind,
    Refuse,
    RunStarCode,
)
from callcontrol.settings.barring import barred
from callcontrol.settings.model import LineSettings
from callcontrol.star_codes import HIDE_ONCE, SHOW_ONCE

_BARRED_PROMPT = {
    Barring.NATIONAL: "barred-national",
    Barring.INTERNATIONAL: "barred-international",
    Barring.PREMIUM: "barred-premium",
    Barring.ACCESS_CODES: "barred-access-codes",
    Barring.CONFIG_CODES: "barred-config-codes",
}


def decide_outgoing(
    line: Line,
    company: Company,
    settings: LineSettings,
    state: LineState,
    dialled: str,
    directory: Directory,
    *,
    withheld_by_phone: bool = False,
) -> OutgoingStep:
    """What happens to the call that ``line`` places by dialling ``dialled``.

    ``withheld_by_phone``: the phone itself asked for privacy; it hides like the line's setting, and ``*82`` undoes it.
    """
    target = resolve(dialled, company, directory)
    hidden, show = settings.call_settings.hide_number or withheld_by_phone, False
    if isinstance(target, StarCode) and target.code in (HIDE_ONCE, SHOW_ONCE):
        once = target.code
        inner = _of_one_call(target, company, directory)
        if not isinstance(inner, Emergency) and (barring := barred(target, line, settings, company)):
            return _barred(barring, once)
        target, hidden, show = inner, once == HIDE_ONCE, once == SHOW_ONCE
    if barring := barred(target, line, settings, company):
        return _barred(barring, _shown(target, dialled))
    limited = _limited(target, line, directory.most_outside_calls(company), state) or _spent(target, state)
    return limited or _place(target, line, company, hidden, show)


def _of_one_call(code: StarCode, company: Company, directory: KnownNumbers) -> Target:
    """The target of ``*67``n or ``*82``n: a number, never another code."""
    inner = resolve(code.argument, company, directory)
    return UnknownCode(code.code) if isinstance(inner, (StarCode, UnknownCode)) else inner


def caller_number(line: Line, company: Company) -> str:
    """The canonical number that a line presents."""
    return numbers.canonical(line.number, company.country) or line.number


def emergency_number(line: Line, company: Company) -> str:
    """The canonical number that emergency calls of a line present: its site's, where rescuers are to go."""
    shown = line.site_number or company.main_caller_id or line.number
    return numbers.canonical(shown, company.country) or line.number


def _limited(target: Target, line: Line, most: int, state: LineState) -> Refuse | None:
    """Spec §2.5. The company's limit counts trunk legs, so it stops outside calls only."""
    if not isinstance(target, (Inside, Outside)):
        return None
    if state.calls >= line.max_calls:
        because = reason("outgoing.line_full", most=line.max_calls)
        return Refuse("line-limit-reached", RefusalKind.BUSY, because)
    if state.company_outside_calls >= most and isinstance(target, Outside):
        because = reason("outgoing.company_full", most=most)
        return Refuse("company-limit-reached", RefusalKind.BUSY, because)
    return None


def _spent(target: Target, state: LineState) -> Refuse | None:
    """The line's day of international and premium calls is spent: more would be fraud, or somebody's to allow."""
    if not isinstance(target, Outside) or target.number_class not in COSTLY or not state.costly.spent:
        return None
    because = reason("outgoing.costly_spent", number=target.number, **costly_limits(state.costly))
    return Refuse("daily-limit-reached", RefusalKind.BARRED, because)


def _place(target: Target, line: Line, company: Company, hidden: bool, show: bool) -> OutgoingStep:
    match target:
        case Emergency(number=number):
            because = reason("outgoing.emergency", number=number)
            return CallEmergency(number, emergency_number(line, company), because)
        case StarCode(code=code, argument=argument):
            return RunStarCode(code, argument, reason("outgoing.star_code", code=code))
        case UnknownCode():
            return Refuse("code-unknown", RefusalKind.UNKNOWN_NUMBER, reason("outgoing.unknown_code"))
        case Inside(line=called):
            return CallLine(called, reason("outgoing.inside", line=called), withheld=hidden, shown=show)
        case Outside(number=number):
            return CallOutside(number, caller_number(line, company), hidden, _outside_reason(number, hidden))
        case Unknown(dialled=dialled):
            because = reason("outgoing.unknown_number", number=dialled)
            return Refuse("number-unknown", RefusalKind.UNKNOWN_NUMBER, because)
        case _:
            assert_never(target)


def _outside_reason(number: str, hidden: bool) -> Because:
    return reason("outgoing.outside_hidden" if hidden else "outgoing.outside", number=number)


def _barred(barring: Barring, dialled: str) -> Refuse:
    because = reason(f"barred.{barring.value}", number=dialled)
    return Refuse(_BARRED_PROMPT[barring], RefusalKind.BARRED, because)


def _shown(target: Target, dialled: str) -> str:
    """What is told of a barred call: the number behind a short code, but a code without what followed it."""
    match target:
        case Outside(number=number):
            return number
        case Inside(line=called):
            return called
        case StarCode(code=code):
            return code
        case Emergency() | UnknownCode() | Unknown():
            return dialled
        case _:
            assert_never(target)
