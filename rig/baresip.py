"""Debian's baresip as a real softphone, for interop tests: a process of its own, steered over its ctrl_tcp module.

Plays a tone from a WAV and records what it hears. Needs the program `baresip` (package baresip-core); `missing()`
tells. Never used for anything that needs exact codes or headers: that is what `Phone` is for.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any, Self

from . import tones
from .baresip_config import missing, write_folder
from .bell import Bell
from .phone import Server, server_address
from .wav import read_wav

__all__ = ["Baresip", "missing"]

_REGISTERED = re.compile(r"200 OK .*\[\d+ binding")


class Baresip:
    """One softphone with one account. `async with` starts it and, at the end, stops it and removes its folder.

    It registers by itself; `tone` is what it plays, in Hz. `encryption` is baresip's name of it (`srtp`, `srtp-mand`,
    `dtls_srtp`; without `feedback` in the profile `UDP/TLS/RTP/SAVP`), `transport` udp, tcp or tls. `events` are those
    of ctrl_tcp, newest last.
    """

    def __init__(
        self,
        user: str,
        password: str,
        server: Server,
        *,
        tone: int = 1190,
        answers: bool = False,
        host: str = "127.0.0.1",
        encryption: str | None = None,
        transport: str = "udp",
        feedback: bool = True,
    ) -> None:
        self.user = user
        self.tone = tone
        self.events: list[dict[str, Any]] = []
        self.output = ""
        self._password = password
        self._server = server_address(server)
        self._answers = answers
        self._host = host
        self._encryption, self._transport, self._feedback = encryption, transport, feedback
        self._bell = Bell()
        self._folder = Path()
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._seen = 0

    async def __aenter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="rig-baresip-"))
        port = write_folder(
            self._folder,
            self._server,
            self.user,
            self._password,
            host=self._host,
            tone=self.tone,
            answers=self._answers,
            encryption=self._encryption,
            transport=self._transport,
            feedback=self._feedback,
        )
        self._process = await asyncio.create_subprocess_exec(
            "baresip",
            "-4",
            "-f",
            str(self._folder),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        assert self._process.stdout is not None
        self._tasks.append(asyncio.create_task(self._read_output(self._process.stdout)))
        try:
            reader, self._writer = await self._connect(port)
        except BaseException:
            await self.stop()
            raise
        self._tasks.append(asyncio.create_task(self._read_events(reader)))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        """End the process (it says goodbye on SIGTERM; after 5 s it is killed) and remove its folder."""
        if self._writer is not None:
            self._writer.close()
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            try:
                async with asyncio.timeout(5):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def kill(self) -> None:
        """End it as a crash would: it takes no registration back."""
        if self._process is not None:
            self._process.kill()

    async def _connect(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Reach its control socket, which opens a moment after the start."""
        for _ in range(100):
            try:
                return await asyncio.open_connection(self._host, port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.05)
        raise self._failure("does not open its control socket")

    async def _read_output(self, stream: asyncio.StreamReader) -> None:
        while data := await stream.read(4096):
            self.output = (self.output + data.decode("utf-8", "replace"))[-8000:]
            self._bell.ring()

    async def _read_events(self, stream: asyncio.StreamReader) -> None:
        while True:  # netstrings: length:json,
            length = await stream.readuntil(b":")
            data = await stream.readexactly(int(length[:-1]) + 1)
            event = json.loads(data[:-1])
            self.events.append(event)
            self._bell.ring()

    def _failure(self, text: str) -> AssertionError:
        return AssertionError(f"baresip {self.user} {text}\n{self.output[-3000:]}")

    async def event(self, kind: str, within: float = 5.0) -> dict[str, Any]:
        """The next event of that type (CALL_INCOMING, CALL_ESTABLISHED, CALL_CLOSED …), each seen once."""

        def found() -> dict[str, Any] | None:
            for number in range(self._seen, len(self.events)):
                if self.events[number].get("type") == kind:
                    self._seen = number + 1
                    return self.events[number]
            return None

        try:
            return await self._bell.until(found, within)
        except TimeoutError:
            raise self._failure(f"reports no {kind} within {within} s") from None

    def _command(self, name: str, params: str = "") -> None:
        assert self._writer is not None
        data = json.dumps({"command": name, "params": params}).encode()
        self._writer.write(b"%d:%b," % (len(data), data))

    async def registered(self, within: float = 10.0) -> None:
        """Wait until the server has accepted its registration."""
        # by its log: it may register before we reach its control socket, and events are not repeated
        try:
            await self._bell.until(lambda: _REGISTERED.search(self.output), within)
        except TimeoutError:
            raise self._failure(f"is not registered within {within} s") from None

    async def dial(self, number: str) -> None:
        """Call a number on the server."""
        self._command("dial", f"sip:{number}@{self._server[0]}:{self._server[1]}")

    async def ringing(self, within: float = 5.0) -> dict[str, Any]:
        """Wait for a call; the event has `peeruri` and `peerdisplayname`."""
        return await self.event("CALL_INCOMING", within)

    async def hold(self) -> None:
        """Hold the call, and tell when that is agreed: a re-INVITE."""
        self._command("hold")

    async def resume(self) -> None:
        """End the hold."""
        self._command("resume")

    async def answer(self) -> None:
        """Take the call that rings."""
        self._command("accept")

    async def established(self, within: float = 5.0) -> None:
        """Wait until the call is up."""
        await self.event("CALL_ESTABLISHED", within)

    async def transfer(self, number: str) -> None:
        """Transfer whom it talks with, blind (REFER)."""
        self._command("transfer", f"sip:{number}@{self._server[0]}:{self._server[1]}")

    async def hang_up(self) -> None:
        """End the call and wait until it is over."""
        self._command("hangup")
        await self.closed()

    async def closed(self, within: float = 5.0) -> dict[str, Any]:
        """Wait for the end of the call; the event's `param` is the reason."""
        return await self.event("CALL_CLOSED", within)

    def heard(self) -> list[int]:
        """All that it heard in its latest call, as 8 kHz samples; complete once the call is closed."""
        files = sorted((self._folder / "heard").glob("*dec*.wav"), key=lambda path: path.stat().st_mtime)
        if not files:
            raise self._failure("recorded nothing")
        return read_wav(files[-1])

    def heard_tone(self, frequency: int) -> bool:
        """Whether a steady tone was in what it heard."""
        sound = self.heard()
        starts = range(0, len(sound) - tones.WINDOW + 1, tones.HOP)
        return any(tones.has_tone(sound[at : at + tones.WINDOW], frequency) for at in starts)
