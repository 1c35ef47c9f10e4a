"""``make demo``: a short film on real SIP calls, told in words. START HERE.

Starts the system if it is not up. Everything that is told was checked a moment before: the exit code is 0 only if all
of it really happened. Settings that the film changes are put back; what its last calls leave is for the portal.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

import aiohttp

from callcontrol.commands.run import configured
from callcontrol.config import load as configuration
from callcontrol.config.load import Config
from callcontrol.errors import CallControlError
from callcontrol.runtime.ending import tidily
from callcontrol.runtime.layout import Layout
from demo import scenes_calls, scenes_portal, scenes_settings, scenes_voicemail, system
from demo.broken import FilmBroken
from demo.scene_crash import crash
from demo.scene_reminder import reminder
from demo.screen import Screen
from demo.stage import Stage

Scene = Callable[[Stage], Awaitable[None]]
SCENES: tuple[tuple[str, Scene], ...] = (
    ("A colleague calls", scenes_calls.colleague),
    ("Two devices, one line", scenes_calls.two_devices),
    ("A call from outside", scenes_calls.outside_caller),
    ("A transfer", scenes_calls.transfer),
    ("A call to outside", scenes_calls.to_outside),
    ("Emergency", scenes_calls.emergency),
    ("Nobody answers", scenes_settings.a_message),
    ("The message in a mail", scenes_voicemail.mailed),
    ("The voice menu, *318", scenes_voicemail.voice_menu),
    ("A greeting of one's own", scenes_voicemail.own_greeting),
    ("A forward by *72", scenes_voicemail.forward_by_code),
    ("The last caller by *69", scenes_voicemail.last_caller),
    ("A forward, explained before it happens", scenes_settings.explained_forward),
    ("Do not disturb", scenes_settings.do_not_disturb),
    ("The sixth call", scenes_settings.sixth_call),
    ("Something for the portal", scenes_portal.for_the_portal),
    ("A reminder", reminder),
)
CRASH: tuple[str, Scene] = ("The app dies in the middle of a call", crash)
HISTORY: tuple[str, Scene] = ("The history, with the reasons", scenes_settings.history)


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the film: 0 when everything happened, 1 when something did not, 128 and its number after a
    signal that ends it."""
    parser = argparse.ArgumentParser(
        "python -m demo.film", description="A short film on real SIP calls, told in words."
    )
    parser.add_argument("--with-crash", action="store_true", help="kill the app in the middle of a call, too")
    options = parser.parse_args(arguments)
    screen = Screen()
    code = tidily(lambda: _told(screen, with_crash=options.with_crash))
    if code > 128:
        screen.aside("Stopped. What the film had changed was put back.")
    return code


def _told(screen: Screen, *, with_crash: bool) -> int:
    log: Path | None = None
    try:
        config = configuration.load(configured(None, demo=True), os.environ)
        log = Layout(config.runtime_dir).logs / "film.log"
        asyncio.run(_play(config, screen, with_crash=with_crash))
    except (FilmBroken, CallControlError) as error:
        screen.failed(str(error))
        return 1
    except BrokenPipeError:
        raise
    except (AssertionError, aiohttp.ClientError, OSError) as error:
        screen.failed(_short(error, log))
        return 1
    return 0


async def _play(config: Config, screen: Screen, *, with_crash: bool) -> None:
    screen.title("callcontrol, a film: real phones call each other on this machine")
    async with system.up(config, screen.tell):
        began = time.monotonic()
        async with Stage.set(config, screen) as stage:
            screen.tell(
                f"The demo company: {stage.camille.name} ({stage.camille.extension}), {stage.dominique.name} "
                f"({stage.dominique.extension}), {stage.sacha.name} ({stage.sacha.extension}). "
                "Each phone plays a tone of its own, so that it can be told who hears whom."
            )
            scenes = (*SCENES, *((CRASH,) if with_crash else ()), HISTORY)
            for name, scene in scenes:
                screen.scene(name)
                await scene(stage)
        screen.aside(
            f"The end. All {screen.scenes} scenes really happened, in {time.monotonic() - began:.0f} s; "
            "the settings are what they were."
        )


def _short(error: Exception, log: Path | None) -> str:
    """The first line of a failure; the rest (the SIP trace of the phone that saw it) goes to a file."""
    first = (str(error).splitlines() or [type(error).__name__])[0]
    if log is None:
        return first
    with suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(f"{type(error).__name__}: {error}\n", encoding="utf-8")
        return f"{first} (all of it: {log})"
    return first


if __name__ == "__main__":
    sys.exit(main())
