"""What comes in to a phone: new calls, CANCEL, notifications; and scripts that say what it does with a call.

A call waits in a queue for the test's `incoming`, whether a script handles it or not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from .agent import Agent
from .incoming import IncomingCall
from .message import Header, Request
from .summary import Summary, parse_summary
from .transaction import ServerTransaction
from .transport import Address

_MOST_WAITING = 100

Script = Callable[[IncomingCall], Coroutine[Any, Any, None]]


class Callee(Agent):
    """The answering half of `Phone` and `Trunk`. Everything received outside calls is kept in lists."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notifications: list[Request] = []
        self.messages: list[Request] = []
        self.summaries: list[Summary] = []
        self.ignored: list[Request] = []
        self.asked = 0
        """How many OPTIONS came."""
        self._script: Script | None = None
        self._ignoring = False
        self._queue: list[IncomingCall] = []

    def dispatch(self, request: Request, transaction: ServerTransaction | None, source: Address) -> None:
        owner = self.owners.get((request.call_id, request.address("To").tag or ""))
        if owner is not None:
            owner.on_request(request, transaction)
        elif transaction is None:
            self.trace.note("ACK of no call of ours")
        elif request.method == "CANCEL":
            self._on_cancel(request, transaction)
        elif request.address("To").tag is not None:
            self.reply(transaction, 481)
        else:
            self._on_new_request(request, transaction, source)

    def _on_cancel(self, request: Request, transaction: ServerTransaction) -> None:
        invite = self.transactions.invite_cancelled_by(request)
        self.reply(transaction, 200 if invite is not None else 481)
        if invite is not None:
            invite.on_cancel(request)

    def _on_new_request(self, request: Request, transaction: ServerTransaction, source: Address) -> None:
        match request.method:
            case "INVITE" if self._ignoring:
                self.ignored.append(request)
            case "INVITE":
                self._on_invite(request, transaction, source)
            case "NOTIFY":
                self.take_notification(request)
                self.reply(transaction, 200)
            case "MESSAGE":
                self.messages.append(request)
                self.reply(transaction, 200)
            case "OPTIONS":
                self.asked += 1
                self.reply(transaction, 200, headers=[("Accept", "application/sdp")])
            case _:
                self.reply(transaction, 501)

    def _on_invite(self, request: Request, transaction: ServerTransaction, source: Address) -> None:
        self.reply(transaction, 100)
        call = IncomingCall(self, request, transaction, source)
        self.owners[call.dialog.key] = call
        self.calls.append(call)
        self._queue.append(call)
        if len(self._queue) > _MOST_WAITING:  # nobody asks for them: a benchmark
            self._queue = [waiting for waiting in self._queue if not waiting.is_over]
        if self._script is not None:
            self.spawn(self._script(call))

    def take_notification(self, request: Request) -> None:
        """Keep a NOTIFY, and the message summary in it."""
        self.notifications.append(request)
        if (request.header("Event") or "").partition(";")[0].strip() == "message-summary":
            self.summaries.append(parse_summary(request.body))

    async def incoming(self, within: float = 5.0, *, to: str | None = None) -> IncomingCall:
        """The next call that rings here, in order of arrival; `to` waits for one to that number."""

        def next_call() -> IncomingCall | None:
            for call in self._queue:
                if to is None or call.dialled == to:
                    self._queue.remove(call)
                    return call
            return None

        return await self.until(next_call, within, f"is not called{f' as {to}' if to else ''}")

    async def no_incoming(self, for_: float = 1.0) -> None:
        """Fail if a call comes within `for_` seconds (or is already waiting)."""
        try:
            call = await self.bell.until(lambda: self._queue[0] if self._queue else None, for_)
        except TimeoutError:
            return
        raise self.failure(f"is called by {call.header('From')} and should not be")

    def plays(self, script: Script) -> None:
        """From now on each call is dealt with by ``script``."""
        self._ignoring, self._script = False, script

    def auto_answer(self, after: float = 0.0, *, ring: bool = True) -> None:
        """From now on ring, then answer each call after `after` seconds (unless it is cancelled before)."""

        async def script(call: IncomingCall) -> None:
            if ring:
                await call.ring()
            await asyncio.sleep(after)
            if not call.is_over:
                await call.answer()

        self._ignoring, self._script = False, script

    def auto_reject(self, status: int = 486, *, headers: Iterable[Header] = (), ring: bool = False) -> None:
        """From now on refuse each call with `status`."""
        given = list(headers)

        async def script(call: IncomingCall) -> None:
            if ring:
                await call.ring()
            await call.reject(status, headers=given)

        self._ignoring, self._script = False, script

    def auto_redirect(self, target: str) -> None:
        """From now on send every caller on to a number or URI (302), as a phone that forwards by itself."""
        self.auto_reject(302, headers=[("Contact", f"<{self.target(target)}>")])

    def forget(self) -> None:
        """Calls that are over and that nobody asked for are not waited for any more."""
        self._queue = [waiting for waiting in self._queue if not waiting.is_over]

    def auto_ring(self) -> None:
        """From now on only ring."""

        async def script(call: IncomingCall) -> None:
            await call.ring()

        self._ignoring, self._script = False, script

    def ignore(self) -> None:
        """From now on do not answer an INVITE at all, as a phone without power; `ignored` keeps them."""
        self._ignoring = True

    def manual(self) -> None:
        """From now on the test answers what `incoming` gives it (the default)."""
        self._ignoring, self._script = False, None
