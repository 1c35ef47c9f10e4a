"""What a dialled string means when there is no app: the dialplan's copies of two tables, the star codes and the
numbering plans of the world. Pure: no I/O, no clock.

The app asks ``phonenumbers`` of each number; the dialplan knows of each country how long its numbers are, which is what
the app asks for, and the zero that its people dial before them. Must never know of a number what the app does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

from callcontrol.star_codes import HIDE_ONCE, SHOW_ONCE, STAR_CODES, Code

HOME = 33
"""Its numbers have spellings of their own (``fallback-normalise``)."""

BEGINS_WITH_ITS_TRUNK_PREFIX = frozenset({7, 375})
"""Country codes behind which a number may begin with the digit that is also dialled before it at home (``+7 800…``): it
is taken away only where the number cannot be one with it."""


@cache
def fallback_countries() -> str:
    """An extension for each country code: how many digits ``00`` and it are, the prefix that is taken away behind it
    where a number is left then, whether also from what is a number already, and how many digits may follow."""
    return "\n".join(
        f"exten => _00{code}!,1,Return({_country(code, regions[0])})"
        for code, regions in sorted(COUNTRY_CODE_TO_REGION_CODE.items())
        if code != HOME
    )


def _country(code: int, region: str) -> str:
    plan = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    assert plan is not None
    assert plan.general_desc is not None
    lengths = ":".join(map(str, plan.general_desc.possible_length))
    when = "needed" if code in BEGINS_WITH_ITS_TRUNK_PREFIX else "always"
    return f"{2 + len(str(code))},{plan.national_prefix or ''},{when},:{lengths}:"


def fallback_codes(codes: Mapping[str, Code] = STAR_CODES) -> str:
    """An extension for each star code, with what may follow it; any other string with a star is an unknown code."""
    behind = {"none": "", "optional": "!", "required": "."}
    steps: list[str] = []
    for code in codes.values():
        if code.code in (HIDE_ONCE, SHOW_ONCE):
            steps.append(f"exten => _{code.code}.,1,Goto(fallback-once,{code.code},1)")
            continue
        pattern = behind[code.argument]
        steps.append(
            f"exten => {'_' if pattern else ''}{code.code}{pattern},1,Set(CDR(cc_dialled)={code.code})"
        )
        steps.append(f" same => n,Goto(fallback-code,{'changes' if code.changes else 'service'},1)")
    return "\n".join(steps)
