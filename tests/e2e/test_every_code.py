"""Every star code on a real phone: its words, and what the API shows of it at once (spec §7)."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from callcontrol.star_codes import HIDE_ONCE, SHOW_ONCE, STAR_CODES
from tests.e2e.office import Desk, Office
from tests.e2e.people import becomes
from tests.e2e.prompter import Prompter
from tests.e2e.web import logged_in

SAID: dict[str, str] = {
    "*72": "enter-forward-number", "*73": "forward-unconditional-off",
    "*90": "enter-forward-number", "*91": "forward-busy-off",
    "*92": "enter-forward-number", "*93": "forward-no-answer-off",
    "*94": "enter-forward-number", "*95": "forward-unavailable-off",
    "*77": "reject-anonymous-on", "*87": "reject-anonymous-off",
    "*78": "dnd-on", "*79": "dnd-off",
    "*60": "list-holds", "*80": "reject-list-off",
    "*61": "list-holds", "*81": "distinctive-ring-list-off",
    "*63": "list-holds", "*83": "forward-list-off",
    "*69": "no-caller-to-call-back", "*66": "nothing-to-redial", "*86": "no-line-is-watched",
    "*8": "nothing-to-pick-up", "**": "nothing-to-pick-up", "*318": "tutorial-intro",
    "*310": "enter-reminder-time", "*311": "no-one-time-reminder", "*312": "no-one-time-reminder",
    "*313": "no-one-time-reminder", "*314": "enter-reminder-time", "*315": "no-regular-reminder",
    "*316": "no-regular-reminder", "*317": "no-regular-reminder",
    "*45": "in-no-group", "*46": "in-no-group",
}  # fmt: skip
"""The first words of each, on a line where nothing is set. (`*67` and `*82` are calls.)"""

ON: dict[str, Any] = {
    "incoming": "forward",
    "unconditional": {"number": "0612345678"},
    "busy": {"forward_enabled": True, "number": "0612345678"},
    "no_answer": {"forward_enabled": True, "number": "0612345678"},
    "unavailable": {"forward_enabled": True, "number": "0612345678"},
    "selective_reject": {"enabled": True},
    "distinctive_ring": {"enabled": True},
    "selective_forward": {"enabled": True, "number": "0612345678"},
}
SET: dict[str, tuple[str, Any]] = {
    "*73": ("incoming", "ring"), "*91": ("busy.forward_enabled", False),
    "*93": ("no_answer.forward_enabled", False), "*95": ("unavailable.forward_enabled", False),
    "*77": ("reject_anonymous", True), "*87": ("reject_anonymous", False),
    "*78": ("dnd.enabled", True), "*79": ("dnd.enabled", False),
    "*80": ("selective_reject.enabled", False), "*81": ("distinctive_ring.enabled", False),
    "*83": ("selective_forward.enabled", False),
}  # fmt: skip
"""What the API shows of the call manager, which begins as ``ON``, once the code has spoken."""


async def test_every_code_says_its_words_and_the_api_shows_what_it_set(trio: Office) -> None:
    assert set(SAID) == set(STAR_CODES) - {HIDE_ONCE, SHOW_ONCE}
    switches, others = trio.desks(1), trio.desks(3)
    async with Prompter.of(trio.stack) as prompter:
        rest = [code for code in SAID if code not in SET]
        await asyncio.gather(
            dials(trio, switches[0], list(SET)),
            *(dials(trio, desk, rest[n::3]) for n, desk in enumerate(others)),
        )
        heard = Counter(prompt for prompt, _ in prompter.all)
    assert not Counter(SAID.values()) - heard
    await trio.nothing_left()


async def dials(office: Office, desk: Desk, codes: list[str]) -> None:
    """One phone dials them one after the other and hangs up at the first words."""
    async with office.phone(desk) as phone, logged_in(office, desk) as web:
        await phone.register()
        await web.patch("me/call-manager", ON)
        for code in codes:
            call = await phone.invite(code + (desk.extension if code == "**" else ""))
            await becomes(call)  # answered; "nothing to pick up" is early media
            await call.hears_speech(within=8)
            await call.hang_up()
            if code in SET:
                name, value = SET[code]
                found: Any = await web.get("me/call-manager")
                for part in name.split("."):
                    found = found[part]
                assert found == value, (code, found)
