"""One connection of a client, as aiohttp serves it, with what aiohttp leaves open: a place is needed, a head must
come in time and be of a size, an answer must be taken in time, and what is no HTTP gets an answer like ours.

Knows nothing of routes. Relies on a few names of aiohttp's own protocol (``tests/web/test_web_floods.py`` tries each).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from callcontrol.portal_bridge.places import Places
from callcontrol.portal_bridge.problems import Problem, respond
from callcontrol.portal_bridge.security_headers import add_to
from callcontrol.sentences.table import LANGUAGES

IDLE_SECONDS = 75.0
"""Between two requests. A proxy should close its idle connections sooner than that."""
LONGEST_HEAD = 64 * 1024
"""Bytes of a head: request line and headers."""
LINGERING_SECONDS = 2.0
"""How long what is left of a refused body is still read, so that the refusal can be."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. ``head``: from the opening, or from its first byte, to the end of a request's head. ``taking``: in which
    a client must take some of what waits for it."""

    head: float = 10.0
    taking: float = 60.0


class Connection(web.RequestHandler):
    """Made by ``Server`` for each client."""

    __slots__ = ("_head_bytes", "_head_timer", "_patience", "_places", "_refused", "_taking_timer", "address")

    def __init__(self, places: Places, patience: Patience, manager: web.Server, **options: Any) -> None:
        super().__init__(manager, **options)
        self._places, self._patience = places, patience
        self._refused = False
        self._head_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._taking_timer: asyncio.TimerHandle | None = None
        self.address = ""

    # -- a place -----------------------------------------------------------------------------------------------------
    @property
    def waited_for(self) -> bool:
        """The client has yet to send a request, or the rest of one."""
        request = self._current_request
        if request is not None:
            return not request.content.is_eof()
        return not self._messages

    def give_way(self) -> None:
        """Somebody else needs the place."""
        self.force_close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if isinstance(peer, tuple) else ""
        if not self._places.take(self):
            assert isinstance(transport, asyncio.Transport)
            self._refused = True
            transport.write(_raw(Problem("unavailable", headers={"Retry-After": "5"}), "Service Unavailable"))
            transport.close()
            return
        super().connection_made(transport)
        self._head_timer = self._later(self._patience.head, self._head_is_late)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._places.leave(self)
        for timer in (self._head_timer, self._taking_timer):
            if timer is not None:
                timer.cancel()
        if not self._refused:
            super().connection_lost(exc)

    # -- a head in time ----------------------------------------------------------------------------------------------
    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        super().data_received(data)
        if not self._waits_for_head():
            self._head_bytes = 0
            if self._head_timer is not None:
                self._head_timer.cancel()
                self._head_timer = None
            return
        self._head_bytes += len(data)
        if self._head_bytes > LONGEST_HEAD:
            self._end_with(Problem("head-too-large"), "Request Header Fields Too Large")
        elif self._head_timer is None:
            self._head_timer = self._later(self._patience.head, self._head_is_late)

    def _waits_for_head(self) -> bool:
        return self._waiter is not None and not self._waiter.done()

    def _head_is_late(self) -> None:
        self._head_timer = None
        if not self._waits_for_head():
            return
        if self._head_bytes:
            self._end_with(Problem("too-slow"), "Request Timeout")
        else:
            self.force_close()

    # -- an answer that is taken -------------------------------------------------------------------------------------
    def pause_writing(self) -> None:
        super().pause_writing()
        self._taking_timer = self._later(self._patience.taking, self._nobody_takes)

    def resume_writing(self) -> None:
        if self._taking_timer is not None:
            self._taking_timer.cancel()
            self._taking_timer = None
        super().resume_writing()

    def _nobody_takes(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    async def finish_response(self, *arguments: Any) -> tuple[web.StreamResponse, bool]:
        answer = await super().finish_response(*arguments)
        self._places.served(self)
        return answer

    # -- what is no HTTP ---------------------------------------------------------------------------------------------
    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """aiohttp's own has its version, its words and none of our headers."""
        self.logger.warning("not HTTP", exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("an answer was begun already")
        answer = respond(Problem("malformed" if status < 500 else "unavailable"), LANGUAGES[0])
        add_to(answer.headers)
        answer.force_close()
        return answer

    def _end_with(self, problem: Problem, reason: str) -> None:
        if self.transport is not None:
            self.transport.write(_raw(problem, reason))
        self.force_close()

    def _later(self, seconds: float, action: Callable[[], None]) -> asyncio.TimerHandle:
        return self._loop.call_later(seconds, action)


def _raw(problem: Problem, reason: str) -> bytes:
    """A whole answer, where there is no request that it could answer."""
    answer = respond(problem, LANGUAGES[0])
    add_to(answer.headers)
    body = answer.body
    assert isinstance(body, bytes)
    answer.headers.update({"Content-Length": str(len(body)), "Connection": "close"})
    head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    return f"HTTP/1.1 {answer.status} {reason}\r\n{head}\r\n".encode() + body


class Server(web.Server):
    """Makes a ``Connection`` for each client."""

    def __init__(self, handler: Any, places: Places, patience: Patience, **options: Any) -> None:
        super().__init__(handler, **options)
        self._places, self._patience = places, patience

    def __call__(self) -> web.RequestHandler:
        return Connection(self._places, self._patience, self, loop=self._loop, **self._kwargs)


class Runner(web.AppRunner):
    """aiohttp's, with our connections."""

    __slots__ = ("_patience", "_places")

    def __init__(self, app: web.Application, places: Places, patience: Patience, **options: Any) -> None:
        super().__init__(
            app,
            keepalive_timeout=IDLE_SECONDS,
            lingering_time=LINGERING_SECONDS,
            auto_decompress=False,  # a kilobyte may be a gigabyte inside
            **options,
        )
        self._places, self._patience = places, patience

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        factory = made.request_factory
        return Server(
            made.request_handler, self._places, self._patience, request_factory=factory, **made._kwargs
        )
