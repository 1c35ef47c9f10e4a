"""What the running system says of its trunks, for the person at its console: each trouble once, and when it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp

from callcontrol.config.load import Config
from callcontrol.runtime.app_process import health_url

LOOK_SECONDS = 5.0


async def tell(config: Config, say: Callable[[str], None]) -> None:
    """Say what is new, until cancelled. Without trunks there is nothing to say."""
    told: set[str] = set()
    while config.trunks:
        health = await healthz(config)
        if health is not None:
            now = {str(said) for said in health.get("warnings", [])}
            for said in sorted(now - told):
                say(said)
            for name in sorted(_names(told) - _names(now)):
                say(f"trunk {name}: all is well again")
            told = now
        await asyncio.sleep(LOOK_SECONDS)


def _names(warnings: set[str]) -> set[str]:
    return {said.removeprefix("trunk ").partition(":")[0] for said in warnings}


async def healthz(config: Config) -> dict[str, Any] | None:
    """What ``/healthz`` of the running system says, red or green; None while nothing answers there."""
    try:
        timeout = aiohttp.ClientTimeout(total=2)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(health_url(config)) as answer,
        ):
            said = await answer.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None
    return said if isinstance(said, dict) else None
