"""The dialplan's table of the world's numbers says of each what the app says, but for some odd countries."""

from __future__ import annotations

import random
import re

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

from callcontrol import numbers
from callcontrol.asterisk_conf.fallback_dialled import fallback_countries

ROW = re.compile(r"exten => _(00[1-9][0-9]{0,2})!,1,Return\(([0-9]),([0-9]*),(always|needed),(:[0-9:]+:)\)")


def _by_the_dialplan(rows: dict[str, tuple[str, str, str]], dialled: str) -> str | None:
    """``fallback-class`` of extensions.conf; ``tests/e2e/test_fallback_decides.py`` tries the real one."""
    code = next(code for code in rows if dialled.startswith(code))
    prefix, when, lengths = rows[code]
    rest = dialled.removeprefix(code)
    while prefix and rest.startswith(prefix) and f":{len(rest) - len(prefix)}:" in lengths:
        if when == "needed" and f":{len(rest)}:" in lengths:
            break
        rest = rest.removeprefix(prefix)
    return code + rest if f":{len(rest)}:" in lengths else None


def test_a_number_abroad_is_one_to_the_dialplan_where_it_is_one_to_the_app() -> None:
    rows: dict[str, tuple[str, str, str]] = {}
    for line in fallback_countries().splitlines():
        row = ROW.fullmatch(line)
        assert row is not None, line
        assert int(row[2]) == len(row[1])
        rows[row[1]] = (row[3], row[4], row[5])
    assert len(rows) > 200
    dice, wrong = random.Random(12), {}
    for code in rows:
        for first in ("", *"0123456789"):
            for length in range(18):
                digits = (first + "".join(dice.choices("0123456789", k=17)))[:length]
                app = numbers.canonical(code + digits)
                if (app and f"00{app[1:]}") != (found := _by_the_dialplan(rows, code + digits)):
                    wrong[code + digits] = (app, found)
    assert {number: told for number, told in wrong.items() if not _odd(number)} == {}


def _odd(number: str) -> bool:
    """Of a country whose people dial more before a number than one prefix, or may leave a part of it out at home:
    such a spelling behind the country's code is no number in the world's sense, but ``phonenumbers`` mends it."""
    code = next(code for code in COUNTRY_CODE_TO_REGION_CODE if number.startswith(f"00{code}"))
    plan = PhoneMetadata.metadata_for_region_or_calling_code(code, COUNTRY_CODE_TO_REGION_CODE[code][0])
    assert plan is not None
    return plan.national_prefix_for_parsing not in (plan.national_prefix, "0|180020")
