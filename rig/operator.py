"""A telephone operator's SIP server: a registrar that wants a password, for registrations and for calls.

async with Operator("acct-4711", "secret", port=5090) as operator:
    binding = await operator.registered()
    call = await operator.call_account("0612345678", to="0222969569")
"""

from __future__ import annotations

import secrets
from typing import Any

from . import digest
from .address import NameAddr
from .dialog import new_tag
from .message import Header, Request
from .outgoing import OutgoingCall
from .phone import Trunk
from .transaction import ServerTransaction
from .transport import Address

REALM = "operator.example"
LASTS = 600
"""Seconds of a registration, whatever was asked for."""


class Operator(Trunk):
    """`Trunk` with an account. What came is kept: `registers`, each with a password that was right, and `refused`.

    `refuses`: every REGISTER is answered with that status; `challenge`: the status that asks a call for a password
    (None: no call is asked). Closed and opened again on its port it has forgotten everything, as after a restart.
    """

    def __init__(self, user: str, password: str, **more: Any) -> None:
        """`more` is that of `Trunk`."""
        super().__init__(name="operator", **more)
        self.account, self.account_password = user, password
        self.refuses: int | None = None
        self.retry_after: int | None = None
        self.challenge: int | None = 407
        self.registers: list[Request] = []
        self.refused: list[Request] = []
        self.binding: NameAddr | None = None
        """The Contact that is registered now."""
        self.source: Address | None = None
        """Where it was registered from."""

    async def registered(self, within: float = 10.0) -> NameAddr:
        """Wait until there is a binding."""
        return await self.until(lambda: self.binding, within, "nobody registers")

    async def call_account(
        self, caller: str, *, to: str | None = None, headers: tuple[Header, ...] = ()
    ) -> OutgoingCall:
        """Call the registered contact as `caller`; `to` is the number in To, the account's name by default."""
        binding = self.binding
        if binding is None:
            raise self.failure("nobody is registered")
        return await self.invite(
            str(binding.uri), caller=caller, headers=headers, to=f"sip:{to or self.account}@{REALM}"
        )

    def _on_new_request(self, request: Request, transaction: ServerTransaction, source: Address) -> None:
        match request.method:
            case "REGISTER":
                self._on_register(request, transaction, source)
            case "INVITE" if self.challenge is not None and not self._proved(request):
                self._ask_password(transaction, self.challenge)
            case _:
                super()._on_new_request(request, transaction, source)

    def _proved(self, request: Request) -> bool:
        given = [*request.headers("Authorization"), *request.headers("Proxy-Authorization")]
        return any(
            digest.proves(header, request.method, self.account, self.account_password) for header in given
        )

    def _ask_password(self, transaction: ServerTransaction, status: int) -> None:
        name = "WWW-Authenticate" if status == 401 else "Proxy-Authenticate"
        value = f'Digest realm="{REALM}", nonce="{secrets.token_hex(8)}", algorithm=MD5, qop="auth"'
        self.reply(transaction, status, headers=[(name, value)])

    def _on_register(self, request: Request, transaction: ServerTransaction, source: Address) -> None:
        if self.refuses is not None:
            self.refused.append(request)
            if self.refuses in (401, 407):
                self._ask_password(transaction, self.refuses)
                return
            wait = [("Retry-After", str(self.retry_after))] if self.retry_after is not None else []
            self.reply(transaction, self.refuses, headers=wait)
        elif not self._proved(request):
            self._ask_password(transaction, 401)
        else:
            self.registers.append(request)
            contact = request.address("Contact")
            gone = "0" in (request.header("Expires"), contact.param("expires"))
            self.binding, self.source = (None, None) if gone else (contact, source)
            kept = [] if gone else [("Contact", f"{NameAddr(contact.uri)};expires={LASTS}")]
            self.reply(transaction, 200, tag=new_tag(), headers=kept)
