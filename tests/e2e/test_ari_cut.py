"""A bad day of the wire between the app and Asterisk: every connection, the events' socket too, is cut every second,
while calls come in. Nobody who calls notices."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from rig import Phone, Trunk
from tests.e2e.office import Office, eventually
from tests.e2e.people import outside_call
from tests.hostile_size import size, tried
from tests.stack import Stack

pytestmark = pytest.mark.hostile

AT_ONCE = 10
CUT_SECONDS = 1.0


class CuttingProxy:
    """TCP between here and ``port`` of this machine; ``cut`` aborts every connection as it is."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open: set[asyncio.StreamWriter] = set()
        self.cuts = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, inner_writer}
        await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))
        self._open -= {writer, inner_writer}

    def cut(self) -> None:
        self.cuts += len(self._open) // 2
        for writer in self._open:
            writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
    writer.close()


@asynccontextmanager
async def cutting(proxy: CuttingProxy) -> AsyncIterator[None]:
    async def again_and_again() -> None:
        while True:
            await asyncio.sleep(CUT_SECONDS)
            proxy.cut()

    task = asyncio.create_task(again_and_again())
    try:
        yield
    finally:
        task.cancel()


async def one_call(world: Trunk, phone: Phone, number: str, caller: str) -> str | None:
    """What went wrong with a call that is answered, and talks for a moment; None: nothing."""
    try:
        call = await outside_call(world, number, caller)
        await call.answered(within=8)
        if not phone.calls:
            await call.hang_up()
            return "answered, but not by its phone"
        await call.hears(phone.calls[-1].tone, within=5)
        await call.hang_up()
    except AssertionError as error:
        return str(error).splitlines()[0]
    return None


async def test_calls_while_every_connection_to_asterisk_is_cut_each_second(tmp_path: Path) -> None:
    count = size(60, 375)
    listening: list[asyncio.Server] = []
    proxies: list[CuttingProxy] = []

    async def open_proxy(port: int) -> int:
        proxies.append(CuttingProxy(port))
        listening.append(await asyncio.start_server(proxies[0].serve, "127.0.0.1", 0))
        return int(listening[0].sockets[0].getsockname()[1])

    async with Stack.start(tmp_path, app=False, company=None) as stack:
        port = await open_proxy(stack.ports.ari)
        stack.reach_asterisk_at(f"http://127.0.0.1:{port}/ari")
        await stack.start_app()
        office = await Office.open(stack, size=AT_ONCE + 4, company="Cut", prefix="02225")
        desks = office.desks(AT_ONCE)
        async with AsyncExitStack() as phones, office.trunk() as world:
            of = {desk: await phones.enter_async_context(office.phone(desk)) for desk in desks}
            for each in of.values():
                await each.register()
                each.auto_answer()
            wrong: list[str] = []

            async def calls_of(index: int) -> None:
                desk = desks[index]
                for number in range(index, count, AT_ONCE):
                    said = await one_call(world, of[desk], desk.number, f"01457{number:05}")
                    wrong.extend([said] if said else [])

            async with cutting(proxies[0]):
                await asyncio.gather(*(calls_of(index) for index in range(AT_ONCE)))
            assert wrong == [], f"{len(wrong)} of {count}, {proxies[0].cuts} connections cut"
            tried("calls while connections to Asterisk are cut each second", count)

            async def recorded() -> bool | None:
                pages = [await office.history.page(desk.number, limit=100) for desk in desks]
                return sum(len(page.items) for page in pages) >= count or None

            await eventually(recorded, "every call is in the history", 20)
        await office.nothing_left()
        await office.close()
        for server in listening:
            server.close()
