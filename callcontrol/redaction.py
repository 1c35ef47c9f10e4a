"""Text for a log without its numbers (spec §13): what Asterisk writes, whoever made it write that, and what our own
errors say. Pure.

The rule is ``numbers.redact``: the last four digits are masked. What an operator needs to find a fault stays: when,
how bad, which source file, which address, which of our ids.
"""

from __future__ import annotations

import re

from callcontrol import numbers

SHORTEST = 5
"""Digits of a run that may be a number, a PIN or a code. Shorter ones are extensions, ports, line numbers."""
LONGEST_LINE = 2048
"""Characters; the rest of a longer line is left out. It is a header that somebody sent, never a message of ours."""

_HEAD = re.compile(
    r"\[[0-9: .T+-]{8,32}\] [A-Z]+\[[0-9]+\](?:\[C-[0-9a-f]{8}\])?:? (?:[\w./+-]+\.[ch]:[0-9]{0,5}(?: \w+)?: )?"
)
"""When, how bad, which thread, which call of Asterisk's, which source line."""
_ADDRESS = (
    r"(?<![\w.])(?:[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])(?:\.(?:0|[1-9][0-9]{0,2})){3}"
    r"(?::[0-9]{1,5})?(?![\w.])"
)
"""An IPv4 address with or without port: no part of it begins with 0, as most parts of a spaced French number do."""
_ID = r"(?<![\w-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])"
_INSTANT = r"(?<!\d)\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?(?!\d)"
_KEPT = re.compile(f"{_ADDRESS}|{_ID}|{_INSTANT}")
_RUN = re.compile(rf"\d{{{SHORTEST},}}(?![\d•])")
"""Not one that is masked already."""
_SPACED = re.compile(r"(?<!\d)\d{1,4}(?:(?:[^\S\r\n]|[.\-/()_\u2010-\u2015]|%20)+\d{1,4}){2,}(?!\d)")
_DIGIT = re.compile(r"\d")


def redacted(line: str) -> str:
    """``line`` of Asterisk's log with every number masked, whatever its spelling: digits in a row, or in groups."""
    head = _HEAD.match(line)
    kept = head[0] if head else ""
    cut = "…" if len(line) > LONGEST_LINE else ""
    return kept + without_numbers(line[len(kept) : LONGEST_LINE]) + cut


def without_numbers(text: str) -> str:
    """``text`` with every number masked; addresses, our ids and instants stay."""
    if _DIGIT.search(text) is None:
        return text
    found, at = [], 0
    for kept in _KEPT.finditer(text):
        found += [_masked(text[at : kept.start()]), kept[0]]
        at = kept.end()
    return "".join([*found, _masked(text[at:])])


def _masked(text: str) -> str:
    return _SPACED.sub(_mask_spaced, _RUN.sub(lambda run: numbers.redact(run[0]), text))


def _mask_spaced(spaced: re.Match[str]) -> str:
    """The last four digits of a number in groups; their separators stay."""
    text = spaced[0].replace("%20", " ")
    places = [digit.start() for digit in _DIGIT.finditer(text)]
    if len(places) < SHORTEST:
        return spaced[0]
    hidden = set(places[-4:])
    return "".join("•" if place in hidden else letter for place, letter in enumerate(text))
