"""What is said between processes over PostgreSQL's NOTIFY: what changed, and whether everybody knows it yet.

The triggers of the schema say what changed, on ``directory`` and ``settings``. Whoever must not end before its change
is obeyed (a command line) asks on ``directory``; every process that follows the directory answers on ``in_force`` once
it has read all that it heard before. Notifications come in the order of their commits, so that the answer is true.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from callcontrol.changes.ports import Key
from callcontrol.ids import uuid7
from callcontrol.store.pool import connect, store_errors

CHANNELS = ("directory", "settings")
"""What a process that follows the directory listens to."""
FOLLOWER = "callcontrol directory"
"""The ``application_name`` of every connection that follows: how they are counted."""
ASKED = "asked"
_ANSWERS = "in_force"

ANSWER = f"SELECT pg_notify('{_ANSWERS}', $1)"
"""The statement that answers a question; its parameter is the question's ``Key[1]``."""


def key_of(payload: str) -> Key:
    """What a notification speaks of: ``company ID VERSION``, ``line NUMBER VERSION``, ``LINE contacts VERSION``,
    ``LINE DOCUMENT VERSION``, or a question: ``asked TOKEN``."""
    first, second, *_ = f"{payload}  ".split(" ")
    if first in ("company", "line", ASKED):
        return first, second
    return ("book", first) if second == "contacts" else ("document", first, second)


async def known_everywhere(listen_url: str, *, within: float = 10.0) -> bool:
    """Wait until every process that follows the directory obeys all that was committed before; False when not all
    have said so ``within`` seconds. ``listen_url`` is a direct connection. Raises StoreDown."""
    token, answers = uuid7(), asyncio.Semaphore(0)

    def hear(_connection: Any, _pid: int, _channel: str, payload: str) -> None:
        if payload == token:
            answers.release()

    connection = await connect(listen_url)
    try:
        with store_errors():
            await connection.add_listener(_ANSWERS, hear)
            followers = await connection.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1",
                FOLLOWER,
            )
            await connection.execute("SELECT pg_notify('directory', $1)", f"{ASKED} {token}")
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                for _ in range(followers):
                    await answers.acquire()
                return True
        return False
    finally:
        connection.terminate()
