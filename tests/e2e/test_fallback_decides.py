"""Asterisk alone decides as the app does: every form of a number, codes before it, what is barred and hidden.

The lines speak a language that has no recordings, so that each refusal's code comes at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from callcontrol import numbers
from callcontrol.asterisk_conf.accounts import LineAccount, ShortCode
from callcontrol.asterisk_conf.render import render_fallback, render_lines
from callcontrol.directory.directory import Directory
from callcontrol.facts import Barring, Company, Group, Line, LineState
from callcontrol.routing.outgoing import decide_outgoing
from callcontrol.routing.steps import CallEmergency, CallLine, CallOutside, RefusalKind, Refuse, RunStarCode
from callcontrol.runtime.files import write_private
from rig import Phone, Trunk
from tests.e2e.alone import BOB, CODES, DAVID, DESK, LINES, OTHERS, SITE, alone, calls, eventually, outside
from tests.stack import Stack

__all__ = ["alone"]

FREE, BARRED, HIDDEN = "0222969521", "0222969522", "0222969523"
OURS = {
    FREE: LineAccount(FREE, "c1", "Free", "pw-free", "4121", "zz", SITE),
    BARRED: LineAccount(BARRED, "c1", "Barred", "pw-barred", "4122", "zz", SITE, barring=frozenset(Barring)),
    HIDDEN: LineAccount(
        HIDDEN,
        "c1",
        "Hidden",
        "pw-hidden",
        "4123",
        "zz",
        SITE,
        barring=frozenset({Barring.NATIONAL, Barring.CONFIG_CODES}),
        hide_number=True,
    ),
}
SHORT = [
    *CODES,
    ShortCode("c1", "552", "112"),
    ShortCode("c1", "553", "4102"),
    ShortCode("c1", "554", "00331"),
]

FORMS = """
0612345678 +33612345678 0033612345678 00330612345678 +330612345678 +33(0)6.12-34/56%2078 0612345678#
0612345678## 0033 00331 +33 +331 0033612 003361234567 00336123456789 0033800 +3300612345678 00330033612345678
00330044612345678 003300 061234567 06123456789 0012345678 01234567890123456789 06*12345678 0612#345678
612345678 33612345678 0899123456 0033899123456 +33899123456 08991234567 +442079460958 00442079460958
004402079460958 +44(0)2079460958 00442 +44 0044 0044207946095812345 0044*207946095 0044#2079460 0012125550123
+12125550123 001121255501 001 00 000 +0612345678 00999123456 +999123456 00390612345678 0049301234567
00490301234567 0078001234567 0078121234567 00788121234567 00870773001234 00800123456789 +15 +112 0015 00112 15
112 112# 116117 191 116000 3631 3900 118712 118000 10 199 1 0 9 20 42 4199 9999 36 399 36311 2999 1180000
99999999 *67112 *8215 *670612345678 *820612345678 *67+442079460958 *670899123456 *824102 *674102 *67550 *67552
*67 *82 *67*72 *67*670612345678 *82*318 *670033 *6742 *67# *318 *318# *3180 *72 *720612345678 *73 *735 *78 *8
*84102 **4102 ** * *99 *0612345678 *313 *310 # #31#0612345678 ## 4102 4102# 4103 4900 550 551 552 553 554 555
"""


def _directory() -> Directory:
    made = Directory()
    made.put_company(Company("c1", "Une", main_caller_id=SITE))
    made.put_company(Company("c2", "Autre"))
    for account in (*LINES, *OURS.values()):
        made.put_line(
            Line(
                account.number,
                account.company,
                account.name,
                account.extension,
                site_number=account.site_number,
            )
        )
        settings = {
            "hide_number": account.hide_number,
            "barring": {barring.value: True for barring in account.barring},
        }
        made.put_document(account.number, "call-settings", settings)
    made.put_group(Group(DESK, "c1", "Accueil", extension="4900"))
    for code in SHORT:
        made.put_short_code(code.company, code.code, code.number)
    return made


def _by_the_app(directory: Directory, number: str, dialled: str) -> tuple[str | int, ...]:
    line = directory.line(number)
    assert line is not None
    company, settings = directory.company(line.company), directory.settings(number)
    step = decide_outgoing(line, company, settings, LineState(), dialled.replace("%20", " "), directory)
    match step:
        case CallEmergency(number=called, present=shown):
            return ("outside", called, numbers.national(shown))
        case CallOutside(number=called, present=shown, withheld=withheld):
            at_home = numbers.national(called)
            written = f"00{at_home[1:]}" if at_home.startswith("+") else at_home
            return ("outside", written, "anonymous" if withheld else numbers.national(shown))
        case CallLine(line=called, withheld=withheld):
            return ("inside", called, "anonymous" if withheld else number)
        case Refuse(kind=kind):
            return ("refused", {RefusalKind.BARRED: 403, RefusalKind.UNKNOWN_NUMBER: 404}[kind])
        case RunStarCode():
            return ("refused", 503)
        case _:
            raise AssertionError(step)


@asynccontextmanager
async def _with_our_lines(stack: Stack) -> AsyncIterator[None]:
    async def write(lines: list[LineAccount], codes: list[ShortCode]) -> None:
        write_private(stack.layout.asterisk_etc / "lines.conf", render_lines(lines))
        write_private(stack.layout.asterisk_etc / "fallback.conf", render_fallback(lines, codes, OTHERS))
        await stack.asterisk_cli("module reload res_pjsip.so")
        await stack.asterisk_cli("module reload pbx_config.so")

    await write([*LINES, *OURS.values()], SHORT)
    yield


async def _by_asterisk(stack: Stack, phone: Phone, trunk: Trunk, dialled: str) -> tuple[str | int, ...]:
    known = len(calls(stack))
    call = await phone.invite(dialled)
    taken = asyncio.ensure_future(trunk.incoming(20))
    try:
        await eventually(lambda: call.is_answered or call.is_over or taken.done(), dialled, 20)
        if taken.done():
            ring = await taken
            leg = await ring.answer()
            await call.answered()
            await call.hang_up()
            await leg.ended()
            return ("outside", ring.dialled or "", ring.caller.uri.user or "")
        if not call.is_answered:
            return ("refused", call.final_status or 0)
        await call.hang_up()

        def recorded() -> list[dict[str, str]]:
            # Records of calls that were refused or went outside may come late; those name nobody of ours.
            return [row for row in calls(stack)[known:] if row["called"]]

        await eventually(lambda: bool(recorded()), "a record")
        (row,) = recorded()
        return ("inside", row["called"], row["caller"])
    finally:
        taken.cancel()


async def test_each_form_of_a_number_is_decided_as_the_app_decides_it(alone: Stack) -> None:
    directory, wrong = _directory(), {}
    forms = [
        *FORMS.split(),
        BOB,
        f"+33{BOB[1:]}",
        f"0033{BOB[1:]}",
        f"*67{BOB}",
        DAVID,
        f"0033{DAVID[1:]}",
        DESK,
    ]
    async with _with_our_lines(alone), outside(alone) as trunk:
        for number, account in OURS.items():
            async with Phone(number, account.sip_password, alone.sip_server) as phone:
                await phone.register()
                for dialled in forms:
                    app, asterisk = (
                        _by_the_app(directory, number, dialled),
                        await _by_asterisk(alone, phone, trunk, dialled),
                    )
                    if app != asterisk:
                        wrong[number, dialled] = (app, asterisk)
    assert wrong == {}
