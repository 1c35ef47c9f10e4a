"""The scene of ``--with-crash``: the app is killed in the middle of a call, and the call goes on."""

from __future__ import annotations

import os
import signal

from callcontrol.runtime.layout import Layout
from demo.broken import FilmBroken, check
from demo.portal import eventually
from demo.stage import Stage
from rig import both_hear

_BACK_WITHIN = 20.0


async def crash(stage: Stage) -> None:
    """Kill the app as a crash would (SIGKILL) while two people talk."""
    screen, camille, dominique = stage.screen, stage.camille, stage.dominique
    screen.tell(f"{camille.called} and {dominique.called} talk. Then the app is killed: kill -9.")
    call = await stage.phones[camille].invite(dominique.extension)
    ring = await stage.phones[dominique].incoming()
    await ring.ring()
    await ring.answer()
    await call.answered()
    await both_hear(call, ring)
    pid_file = Layout(stage.config.runtime_dir).pids / "calls.pid"
    try:
        killed = int(pid_file.read_text(encoding="ascii"))
        os.kill(killed, signal.SIGKILL)
    except (FileNotFoundError, ValueError, ProcessLookupError):
        raise FilmBroken(f"There is no app to kill: {pid_file} names none.") from None
    await both_hear(call, ring)
    screen.seen("The app is dead, and they go on talking, both ways: the sound never went through it.")

    async def back() -> bool | None:
        found = pid_file.read_text(encoding="ascii").strip() if pid_file.exists() else ""
        return True if found not in ("", str(killed)) and await stage.healthy() else None

    await eventually(back, "the supervisor has started a new app", _BACK_WITHIN)
    screen.seen("The supervisor has started a new one, which took the call over.")
    await both_hear(call, ring)
    await call.hang_up()
    await ring.ended(within=2)
    screen.seen(
        f"{camille.called} hangs up, and {dominique.called}'s phone is free: the new app carries it out."
    )
    check(ring.is_over, "The call goes on without its caller.")
    stage.expect("received", "ring.default")
