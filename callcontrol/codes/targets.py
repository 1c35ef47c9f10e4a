"""Why a line may not forward to a number, as the prompt that says it. Pure.

The same reasons as in page and API (``changes.check``), and two that only words on the spot can help with: a forward
that would lead straight back here, which the portal lets stand since the loop guard holds (spec §3 row 1), and a short
code that leads nowhere.
"""

from __future__ import annotations

from callcontrol import numbers
from callcontrol.changes.check import target_problem
from callcontrol.dialled import Inside, resolve
from callcontrol.directory.directory import Directory
from callcontrol.facts import Licence, Line

_SAID = {
    "target_emergency": "forward-to-emergency",
    "target_code": "forward-to-code",
    "target_self": "forward-to-oneself",
    "target_barred_national": "barred-national",
    "target_barred_international": "barred-international",
    "target_barred_premium": "barred-premium",
}
FURTHEST = 5
"""Forwards after which a call goes no further (spec §3 row 1)."""


def refusal(dialled: str, line: Line, directory: Directory) -> str | None:
    """The prompt that says why ``line`` may not forward to ``dialled``; None when it may."""
    match target_problem(dialled, line=line, directory=directory):
        case None:
            return "forward-would-loop" if _leads_back(dialled, line, directory) else None
        case "target_impossible":
            short = directory.short_code(line.company, numbers.dial_string(dialled))
            return "forward-number-unknown" if short is None else "short-code-without-target"
        case problem:
            return _SAID[problem]


def _leads_back(dialled: str, line: Line, directory: Directory) -> bool:
    """Whether every call forwarded there comes straight back: only forwards that hold for all calls count."""
    company, onward = directory.company(line.company), dialled
    for _ in range(FURTHEST):
        target = resolve(onward, company, directory)
        if not isinstance(target, Inside):
            return False
        if target.line == line.number:
            return True
        called = directory.line(target.line)
        following = None if called is None else _unconditional(called, directory)
        if called is None or following is None:
            return False
        company, onward = directory.company(called.company), following
    return False


def _unconditional(line: Line, directory: Directory) -> str | None:
    settings = directory.settings(line.number)
    if line.licence is Licence.FULL_MEETING_ADVANCED:
        advanced = settings.call_manager_advanced
        return advanced.number if advanced.incoming == "forward" else None
    simple = settings.call_manager
    return simple.unconditional.number if simple.incoming == "forward" else None
