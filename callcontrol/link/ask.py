"""One question to the process of the calls, from a command of the operator's (``callcontrol status`` …)."""

from __future__ import annotations

import asyncio
from pathlib import Path

from callcontrol.errors import CallSideDown
from callcontrol.link import frames, socket
from callcontrol.link.client import NOW_SECONDS, A, checked
from callcontrol.link.frames import Question


async def asked(path: Path, question: Question, kind: type[A], seconds: float = NOW_SECONDS) -> A:
    """The answer of whoever listens at ``path``. Raises CallSideDown, and what the other side raised."""
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await socket.connected(path)
            try:
                writer.write(frames.packed(frames.Ask(1, seconds, question)))
                while (frame := await frames.read(reader)) is not None:
                    if isinstance(frame, frames.Reply):
                        return checked(frame.answer, kind)
            finally:
                writer.close()
    except (OSError, frames.BadFrame) as error:  # TimeoutError is one
        raise CallSideDown(f"the calls process does not answer ({type(error).__name__})") from None
    raise CallSideDown("the calls process hung up")
