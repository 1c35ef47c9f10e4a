"""One request with everything that belongs to it until its final response: a second try with digest credentials."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from . import digest
from .message import Header, Request, Response
from .transaction import ClientTransaction, Heard

if TYPE_CHECKING:
    from .agent import Agent

Make = Callable[[list[Header]], Request]
"""Makes the request anew (next CSeq, new branch) with extra headers."""

_TRIES = 3  # no credentials, credentials, once more for a stale nonce


class Exchange:
    """Sends what `make` makes. `heard` gets provisional and final responses, but no challenge that is answered."""

    def __init__(self, agent: Agent, make: Make, heard: Heard) -> None:
        self._agent = agent
        self._make = make
        self._heard = heard
        self._tries = 0
        self.transaction: ClientTransaction = self._send([])

    def _send(self, extra: list[Header]) -> ClientTransaction:
        self._tries += 1
        request = self._make(extra)
        return self._agent.transactions.send(request, self._agent.destination(request), self._receive)

    @property
    def request(self) -> Request:
        """The request as last sent."""
        return self.transaction.request

    def _receive(self, response: Response | None) -> None:
        answer = (
            self._credentials(response) if response is not None and response.status in (401, 407) else None
        )
        if answer is None:
            self._heard(response)
        else:
            self.transaction = self._send([answer])

    def _credentials(self, response: Response) -> Header | None:
        """The header that answers a challenge; None if we have no password, or it was refused already."""
        if self._agent.password is None:
            return None
        try:
            challenge = digest.challenge_in(response)
        except digest.NoChallenge as error:
            self._agent.trace.note(f"challenge not answered: {error}")
            return None
        if self._tries >= (_TRIES if challenge.stale else _TRIES - 1):
            return None
        request = self.request
        value = digest.authorization(
            challenge, request.method, request.uri, self._agent.auth_user, self._agent.password
        )
        return ("Authorization" if response.status == 401 else "Proxy-Authorization", value)
