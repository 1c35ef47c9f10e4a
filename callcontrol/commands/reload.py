"""``callcontrol reload``: a running system takes what its file says now (and the environment said at its start).

Asterisk reads its files again, and the processes of calls and web are started anew, which calls under way do not
notice. What only a start can change is said, and keeps its old value until then. A file that cannot be right, and a
change that would be dangerous, change nothing.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress

import aiohttp

from callcontrol.asterisk.client import AriClient
from callcontrol.asterisk.console import Console
from callcontrol.config.flat import TRUST, changed, flat, shown, waits
from callcontrol.config.load import Config
from callcontrol.errors import CallControlError, PhoneSystemRefused
from callcontrol.runtime import ports, public_passwords, rootfs
from callcontrol.runtime.app_process import MODULES, healthy
from callcontrol.runtime.asterisk_files import write_configuration
from callcontrol.runtime.files import write_private
from callcontrol.runtime.layout import Layout

READ_AGAIN = (
    "res_pjsip.so", "res_pjsip_endpoint_identifier_ip.so", "res_pjsip_outbound_registration.so", "res_rtp_asterisk.so",
    "pbx_config.so",
)  # fmt: skip
"""Modules of Asterisk whose files a change may touch."""
BACK_SECONDS = 30.0


class NeedsStart(CallControlError):
    """What was changed can be taken by a start alone, and the rest must not be taken without it."""


class NotBack(CallControlError):
    """Calls or web did not come back with the new configuration."""


def note(config: Config) -> None:
    """Write down what a system was started with."""
    write_private(Layout(config.runtime_dir).settled, json.dumps(flat(config), indent=1))


def run(config: Config, out: Callable[[str], object] = print) -> int:
    """Bring the system of ``config`` to it. Returns the exit code, 0. Raises CallControlError; unless it is NotBack,
    nothing was changed then."""
    old, new = _settled(config), flat(config)
    keys = changed(old, new)
    now, later = [key for key in keys if not waits(key, config)], [key for key in keys if waits(key, config)]
    if not keys:
        out("Nothing was changed since the start.")
        return 0
    if TRUST in keys and TRUST in new:
        raise NeedsStart(
            f"{TRUST} is Asterisk's from its start on: restart callcontrol. Nothing was changed."
        )
    if now:
        asyncio.run(_take(config, old))
        out(f"In force: {', '.join(shown(key, old, new) for key in now)}.")
    if later:
        out(f"Waits for the next start: {', '.join(shown(key, old, new) for key in later)}.")
    kept = {key: old[key] for key in later if key in old}
    settled = {key: value for key, value in new.items() if key not in later} | kept
    write_private(Layout(config.runtime_dir).settled, json.dumps(settled, indent=1))
    return 0


def _settled(config: Config) -> Mapping[str, str]:
    """What the system was started with; with nothing written down, nothing has changed."""
    try:
        found = json.loads(Layout(config.runtime_dir).settled.read_text("utf-8"))
    except (OSError, ValueError):
        return flat(config)
    return found if isinstance(found, dict) else flat(config)


async def _take(config: Config, old: Mapping[str, str]) -> None:
    await public_passwords.refuse_in_database(config)
    if old.get("web.port") != str(config.web.port) or old.get("web.bind") != config.web.bind:
        taken = [one for one in ports.taken(config, {"web"}) if str(one.wanted.port) != old.get("web.port")]
        if taken:
            raise ports.PortsTaken(taken[0].sentence)
    layout, asterisk = Layout(config.runtime_dir), config.asterisk
    write_configuration(config, None if rootfs.native() else rootfs.find(asterisk.rootfs))
    client = AriClient(asterisk.ari_url, asterisk.ari_user, asterisk.ari_password, asterisk.app)
    try:
        for module in READ_AGAIN:
            with suppress(PhoneSystemRefused):  # one that is not loaded has nothing to read
                await client.reload_module(module)
    finally:
        await client.close()
    await Console(layout.asterisk_run / "asterisk.ctl").tell("logger reload")
    await _start_anew(config, layout)


async def _start_anew(config: Config, layout: Layout) -> None:
    """End calls and web: the supervisor starts them at once, and they read the configuration."""
    before = {name: _pid(layout, name) for name in MODULES}
    for pid in before.values():
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + BACK_SECONDS
    async with aiohttp.ClientSession() as session:
        while not await _back(config, layout, before, session):
            if loop.time() > deadline:
                raise NotBack(f"calls and web are not back after {BACK_SECONDS:.0f} s: see {layout.logs}")
            await asyncio.sleep(0.05)


async def _back(
    config: Config, layout: Layout, before: Mapping[str, int | None], session: aiohttp.ClientSession
) -> bool:
    if any(pid is not None and _pid(layout, name) in (None, pid) for name, pid in before.items()):
        return False
    return before["web"] is None or await healthy(config, session)


def _pid(layout: Layout, name: str) -> int | None:
    try:
        return int((layout.pids / f"{name}.pid").read_text("ascii"))
    except (OSError, ValueError):
        return None
