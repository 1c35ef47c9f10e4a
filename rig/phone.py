"""The two things a test holds in its hands: `Phone`, which registers with a server, and `Trunk`, which does not.

async with Phone("0222969569", "pw", server) as camille, Phone("0222969570", "pw2", server) as paul:
    await camille.register(); await paul.register()
    call = await camille.invite("4003")
    ring = await paul.incoming()
    leg = await ring.answer()
    await both_hear(call, leg)
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from typing import Literal

from .address import NameAddr, Uri
from .call import Call
from .callee import Callee
from .dialog import Dialog, new_tag
from .message import Header, Request, Response
from .outgoing import OutgoingCall
from .subscription import Subscription
from .summary import Summary
from .transaction import Timers
from .transport import Address

Server = Address | str


def server_address(server: Server) -> Address:
    """`("127.0.0.1", 5060)` or `"127.0.0.1:5060"` as an address."""
    if isinstance(server, tuple):
        return server
    host, _, port = server.partition(":")
    return host, int(port or 5060)


class _Caller(Callee):
    """What phones and trunks share: who they are, and placing calls."""

    def identity(self, uri: str | None = None, display: str | None = None) -> NameAddr:
        """Our From address."""
        raise NotImplementedError

    async def place(
        self, target: str, local: NameAddr, headers: Iterable[Header], *, to: str | None = None
    ) -> OutgoingCall:
        """Send an INVITE and return at once; ``to`` is the URI of its To where that is not the target."""
        uri = self.target(target)
        remote = NameAddr(Uri.parse(to or uri).bare())
        dialog = Dialog.outgoing(local, remote, uri, self.server or Uri.parse(uri).address)
        call = OutgoingCall(self, dialog, headers)
        self.owners[dialog.key] = call
        self.calls.append(call)
        await call.start()
        return call


class Phone(_Caller):
    """A SIP account on `server`. Several phones of one user are several contacts of it."""

    def __init__(
        self,
        user: str,
        password: str | None,
        server: Server,
        *,
        codecs: tuple[str, ...] = ("PCMA", "PCMU"),
        display_name: str | None = None,
        auth_user: str | None = None,
        host: str = "127.0.0.1",
        transport: Literal["udp", "tcp"] = "udp",
        tone: int | None = None,
        timers: Timers | None = None,
        contact_user: str | None = None,
        namespace: str | None = None,
        encrypts: bool = False,
    ) -> None:
        """`contact_user` is the user part of our Contact, which need not be our number; `encrypts`: its sound is SRTP,
        keyed by SDES."""
        super().__init__(
            user,
            server_address(server),
            codecs=codecs,
            host=host,
            transport=transport,
            tone=tone,
            timers=timers,
            namespace=namespace,
        )
        self.encrypts = encrypts
        self.user = user
        self.contact_user = contact_user or user
        self.password = password
        self.auth_user = auth_user or user
        self.display_name = display_name
        self.is_registered = False
        self._registration = ("", 0)

    def identity(self, uri: str | None = None, display: str | None = None) -> NameAddr:
        assert self.server is not None
        own = uri or f"sip:{self.user}@{self.server[0]}"
        return NameAddr(Uri.parse(own), display if display is not None else self.display_name)

    async def register(self, expires: int = 3600, within: float = 5.0) -> Response:
        """Register our contact; fails unless accepted. It is not refreshed: choose `expires` long enough."""
        response = await self.try_register(expires, within)
        if response.status != 200:
            raise self.failure(f"REGISTER answered with {response.status}")
        return response

    async def unregister(self, within: float = 5.0) -> None:
        """Take our contact away."""
        await self.register(0, within)

    async def try_register(self, expires: int = 3600, within: float = 5.0) -> Response:
        """REGISTER and return whatever final response comes, for tests of refusals."""
        assert self.server is not None
        call_id, _ = self._registration
        self._registration = (call_id or new_tag(), self._registration[1])
        tag = new_tag()

        def make(extra: list[Header]) -> Request:
            call_id, number = self._registration
            self._registration = (call_id, number + 1)
            own = self.identity(display="")
            head = (
                ("Via", self.via()),
                ("Max-Forwards", "70"),
                ("From", str(own.with_tag(tag))),
                ("To", str(own)),
                ("Call-ID", call_id),
                ("CSeq", f"{number + 1} REGISTER"),
                ("Contact", self.contact),
                ("Expires", str(expires)),
                *extra,
            )
            return Request(head, b"", "REGISTER", f"sip:{self.server[0]}:{self.server[1]}")  # type: ignore[index]

        response = await self.ask(make, within, "REGISTER")
        if response.status == 200:
            self.is_registered = expires > 0
        return response

    async def __aexit__(self, *error: object) -> None:
        if self.is_registered:
            try:
                await self.unregister(within=1.0)
            except AssertionError as failure:
                self.trace.note(f"not unregistered: {str(failure).splitlines()[0]}")
        await super().__aexit__(*error)

    async def invite(
        self,
        target: str,
        *,
        headers: Iterable[Header] = (),
        from_uri: str | None = None,
        from_display: str | None = None,
    ) -> OutgoingCall:
        """Call a number or URI; returns as soon as the INVITE is sent."""
        return await self.place(target, self.identity(from_uri, from_display), headers)

    async def subscribe(self, event: str, target: str | None = None, *, expires: int = 300) -> Subscription:
        """Subscribe to "dialog" or "message-summary" of a number (our own by default)."""
        uri = self.target(target or self.user)
        dialog = Dialog.outgoing(self.identity(), NameAddr(Uri.parse(uri)), uri, self.server or ("", 0))
        subscription = Subscription(self, dialog, event)
        await subscription.send(expires)
        return subscription

    async def lamp_shows(self, *, new: int, old: int | None = None, within: float = 3.0) -> Summary:
        """Wait until the latest message summary, asked for or not, has these counts of voice messages."""

        def found() -> Summary | None:
            last = self.summaries[-1] if self.summaries else None
            matches = last is not None and last.new == new and old in (None, last.old)
            return last if matches else None

        return await self.until(
            found, within, f"lamp does not show {new}/{old} (last: {self.summaries[-1:]})"
        )


class Trunk(_Caller):
    """The outside world on one port: it calls as any number and is called as any number, without registration."""

    def __init__(
        self,
        server: Server | None = None,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        name: str = "trunk",
        codecs: tuple[str, ...] = ("PCMA", "PCMU"),
        tone: int | None = None,
        timers: Timers | None = None,
        namespace: str | None = None,
        tls: ssl.SSLContext | None = None,
        encrypts: bool = False,
    ) -> None:
        peer = server_address(server) if server is not None else None
        super().__init__(
            name,
            peer,
            codecs=codecs,
            host=host,
            port=port,
            tone=tone,
            timers=timers,
            namespace=namespace,
            tls=tls,
        )
        self.encrypts = encrypts

    def identity(self, uri: str | None = None, display: str | None = None) -> NameAddr:
        host, port = self.local
        return NameAddr(Uri.parse(uri or f"sip:{self.name}@{host}:{port}"), display)

    async def invite(
        self,
        target: str,
        *,
        caller: str | None = None,
        headers: Iterable[Header] = (),
        from_uri: str | None = None,
        from_display: str | None = None,
        to: str | None = None,
    ) -> OutgoingCall:
        """Call a number of the server as `caller` (a number), or with any From URI; `to` is another To URI."""
        host, port = self.local
        uri = from_uri or (f"sip:{caller}@{host}:{port}" if caller is not None else None)
        return await self.place(target, self.identity(uri, from_display), headers, to=to)


async def both_hear(one: Call, other: Call, within: float = 3.0) -> None:
    """Each of two legs hears the tone that the other plays."""
    await asyncio.gather(one.hears(other.tone, within), other.hears(one.tone, within))
