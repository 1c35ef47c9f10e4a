"""M4 and M5 of design.md §6: the voice menu and a hundred depositors, beside Asterisk's own app_voicemail."""

from __future__ import annotations

import asyncio
import math
import statistics
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench import sipp
from bench.measures import Found, Say
from bench.report import Row
from bench.site import NATIVE, OURS, until
from bench.usage import NOTHING, Spent
from bench.voicemail_site import BOXES, EACH, FIRST_HZ, MENU, NEXT_HZ, RATE, VoicemailSite
from callcontrol.store.pool import borrowed, open_pool
from rig import Phone, g711

MENU_CALLS = 20
PACKET = 160
"""Samples: in 20 ms both tones make whole turns, so that each is deaf to the other."""
MESSAGES = BOXES * EACH
THEIRS = "app_voicemail"


@dataclass(frozen=True, slots=True)
class Visit:
    """One call to a menu, in ms: from the 200 to the first sound, from the key going down to the last of the first
    prompt, and to the first of the next."""

    first_sound: float
    stopped: float
    following: float


class Listener:
    """When each tone was heard last and first, on the event loop's clock."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.first: dict[int, float] = {}
        self.last: dict[int, float] = {}

    def __call__(self, samples: list[int]) -> None:
        now = self._loop.time()
        for frequency in (FIRST_HZ, NEXT_HZ):
            if _has(samples[:PACKET], frequency):
                self.first.setdefault(frequency, now)
                self.last[frequency] = now


def _has(samples: list[int], frequency: int) -> bool:
    step = 2 * math.pi * frequency / RATE
    real = sum(sample * math.cos(step * n) for n, sample in enumerate(samples))
    imaginary = sum(sample * math.sin(step * n) for n, sample in enumerate(samples))
    return math.hypot(real, imaginary) / len(samples) > 1000  # half of what the whole tone gives is 2000


async def menu(site: VoicemailSite, say: Say) -> Found:
    """M4: the same phone in both menus in turn."""
    found: dict[str, list[Visit]] = {"*318": [], MENU: []}
    await _inboxes(site)
    async with site.phone(0) as phone:
        await phone.register()
        for dialled in (*found, *found):  # to warm up
            await _visit(phone, dialled)
        for number in range(MENU_CALLS):
            for dialled, visits in found.items():
                visits.append(await _visit(phone, dialled))
            if number % 5 == 4:
                say(f"M4 {number + 1} calls to each menu")
    await site.quiet()
    ours, theirs = found["*318"], found[MENU]
    rows = []
    for what, name, aim in (
        ("first_sound", "*318: 200 OK to first audio, median", True),
        ("stopped", "*318: key down to the prompt's last packet, median", True),
        ("following", "*318: key down to the next prompt's first packet, median", False),
    ):
        mine, other = (
            statistics.median(getattr(visit, what) for visit in visits) for visits in (ours, theirs)
        )
        ratio = mine / other
        rows.append(
            Row(
                "M4", name, f"{ratio:.2f}×", "≤ 1.0×" if aim else "", f"{mine:.0f} ms", f"{other:.0f} ms",
                round(ratio, 2) <= 1.0 if aim else None,
            )
        )  # fmt: skip
    note = (
        f"M4: {MENU_CALLS} calls to *318 and VoiceMailMain in turn, from one phone; the same tones as prompts"
    )
    return Found(tuple(rows), (note,))


async def _inboxes(site: VoicemailSite) -> None:
    """No PIN and no tutorial: both menus begin with what is in the box."""
    pool = await open_pool(site.stack.database_url)
    try:
        async with borrowed(pool) as connection:
            await connection.execute(
                "INSERT INTO box_introductions SELECT number, now() FROM lines ON CONFLICT DO NOTHING"
            )
    finally:
        await pool.close()


async def _visit(phone: Phone, dialled: str) -> Visit:
    call = await phone.invite(dialled)
    loop = asyncio.get_running_loop()
    heard = Listener()
    (await call.open_media()).ear.on_sound = heard
    await call.answered()
    answered = loop.time()
    ear = call.media.ear
    await ear.bell.until(lambda: FIRST_HZ in heard.first, 5)
    await asyncio.sleep(0.3)  # a while of the prompt is heard, as a caller who knows the menu would
    down = loop.time()
    pressing = asyncio.create_task(call.send_dtmf("4" if dialled == "*318" else "0"))
    await ear.bell.until(lambda: NEXT_HZ in heard.first, 5)
    await pressing
    await call.hang_up()
    return Visit(*((at - since) * 1000 for at, since in (
        (heard.first[FIRST_HZ], answered), (heard.last[FIRST_HZ], down), (heard.first[NEXT_HZ], down),
    )))  # fmt: skip


async def deposits(site: VoicemailSite, say: Say) -> Found:
    """M5: a hundred callers at once, each leaves a message."""
    sound = site.folder / "spoken.al"
    await asyncio.to_thread(_spoken, sound)
    spent: dict[str, Spent] = {NATIVE: NOTHING, OURS: NOTHING}
    kept: dict[str, int] = {}
    pool = await open_pool(site.stack.database_url)
    try:
        for door in (NATIVE, OURS):
            before = site.spent()
            good = await sipp.deposit(site.folder, site.stack.sip_server, door, site.numbers, MESSAGES, sound)
            await site.quiet()
            spent[door] = site.spent() - before
            if door == OURS:
                async with borrowed(pool) as connection:
                    kept[door] = await connection.fetchval("SELECT count(*) FROM messages WHERE duration > 3")
            else:
                kept[door] = await _settled(site)
            say(
                f"M5 {'ours' if door == OURS else THEIRS}: {good} of {MESSAGES} calls, {kept[door]} messages kept"
            )
    finally:
        await pool.close()
    ours, theirs = spent[OURS].app + spent[OURS].asterisk + spent[OURS].database, spent[NATIVE].asterisk
    ratio = ours / theirs
    return Found(
        (
            Row(
                "M5", f"{MESSAGES} messages left at once: lost", str(MESSAGES - kept[OURS]), "0",
                f"{kept[OURS]} kept", f"{kept[NATIVE]} kept", kept[OURS] == MESSAGES,
            ),
            Row(
                "M5", "CPU of all parts for them", f"{ratio:.2f}×", "≤ 1.5×",
                f"{ours:.2f} s", f"{theirs:.2f} s", ratio <= 1.5,
            ),
        ),
        (
            f"M5: ours {spent[OURS].app:.2f} s in the app, {spent[OURS].asterisk:.2f} s in Asterisk, "
            f"{spent[OURS].database:.2f} s in PostgreSQL; {THEIRS} writes files alone",
        ),
    )  # fmt: skip


async def _settled(site: VoicemailSite) -> int:
    """How many app_voicemail has, once that is all."""

    async def all_there() -> bool:
        return site.messages_of_voicemail() >= MESSAGES

    with suppress(sipp.LoadFailed):  # then so many were lost
        await until(all_there, 5, "")
    return site.messages_of_voicemail()


def _spoken(path: Path) -> None:
    """Ten seconds of a tone, as raw A-law."""
    step = 2 * math.pi * 440 / RATE
    path.write_bytes(g711.encode("PCMA", [round(6000 * math.sin(step * n)) for n in range(10 * RATE)]))
