"""Requests inside a call, sent and answered: the protocol behind the verbs of `Call`.

Functions, so that `Call` stays a readable list of what a person can do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from itertools import cycle
from typing import TYPE_CHECKING
from urllib.parse import quote

from . import dtmf, sdp
from .dialog import Dialog
from .exchange import Exchange
from .message import Header, Request, Response
from .transaction import ServerTransaction
from .transfer import Transfer

if TYPE_CHECKING:
    from .call import Call

SDP_TYPE: Header = ("Content-Type", "application/sdp")
_GLARE_TRIES = 3

# Apart from each other, from 400/425/440 (call progress), 700 (Asterisk's beep), keys, and twice or three times
# one another.
_TONES = cycle(
    (530, 590, 650, 750, 810, 890, 1010, 1050, 1110, 1150, 1270, 1390, 1430, 1550, 1610, 1690, 1730)
)


def own_tone(wanted: int | None) -> int:
    """The tone of a new leg: the phone's own, or the next one that nobody plays."""
    return next(_TONES) if wanted is None else wanted


async def ask(
    call: Call, method: str, *, headers: Iterable[Header] = (), body: bytes = b"", within: float = 5.0
) -> Response:
    """Send a request inside the dialog and wait for its final response."""

    def make(extra: list[Header]) -> Request:
        return _request(call, method, [*headers, *extra], body)

    return await call.agent.ask(make, within, method)


def _request(call: Call, method: str, headers: Iterable[Header], body: bytes) -> Request:
    agent = call.agent
    return call.dialog.request(method, via=agent.via(), contact=agent.contact, headers=headers, body=body)


def send_ack(call: Call, cseq: int) -> None:
    """Acknowledge a 2xx (RFC 3261 §13.2.2.4)."""
    agent = call.agent
    ack = call.dialog.request("ACK", via=agent.via(), contact=agent.contact, cseq=cseq)
    agent.transmit(ack, agent.destination(ack))


async def reinvite(call: Call, direction: sdp.Direction, headers: Iterable[Header]) -> Response:
    """Offer the session anew; a collision with theirs (491) is tried again (RFC 3261 §14.1)."""
    call.direction = direction
    for attempt in range(_GLARE_TRIES):
        response = await _offer(call, direction, headers)
        if response.status == 200:
            return response
        if response.status != 491:
            break
        await asyncio.sleep(0.3 * (attempt + 1))
    raise call.agent.failure(f"re-INVITE answered with {response.status}")


async def _offer(call: Call, direction: sdp.Direction, headers: Iterable[Header]) -> Response:
    finals: list[Response | None] = []
    body = call.description(call.agent.codecs, direction)

    def make(extra: list[Header]) -> Request:
        return _request(call, "INVITE", [*headers, *extra, SDP_TYPE], body)

    def heard(response: Response | None) -> None:
        if response is not None and response.status < 200:
            return
        if response is not None and response.status < 300:
            call.dialog.refresh(response)
            send_ack(call, response.cseq[0])
        finals.append(response)
        call.agent.bell.ring()

    Exchange(call.agent, make, heard)
    await call.agent.until(lambda: bool(finals), 5.0, "no answer to re-INVITE")
    final = finals[0]
    if final is None:
        raise call.agent.failure("no answer to re-INVITE: transaction timed out")
    if final.status < 300 and final.is_sdp:
        call.take_answer(final.body)
    return final


def replacing(dialog: Dialog) -> str:
    """A Refer-To value that asks for `dialog` to be replaced (RFC 3891), seen from its other side."""
    value = f"{dialog.call_id};to-tag={dialog.remote.tag};from-tag={dialog.local.tag}"
    return f"<{dialog.target}?Replaces={quote(value, safe='')}>"


async def refer(call: Call, refer_to: str, headers: Iterable[Header], within: float) -> Transfer:
    """Send REFER; fails unless it is accepted with a 2xx."""
    transfer = Transfer(call.agent)
    call.transfers.append(transfer)
    referred_by = f"<{call.dialog.local.uri}>"
    response = await ask(
        call, "REFER", headers=[("Refer-To", refer_to), ("Referred-By", referred_by), *headers], within=within
    )
    if response.status >= 300:
        transfer.is_open = False
        raise call.agent.failure(f"REFER answered with {response.status}")
    return transfer


def take_ack(call: Call, ack: Request) -> None:
    """An ACK of a 2xx of ours, perhaps with the answer to our offer."""
    transaction = call.unacknowledged.pop(ack.cseq[0], None)
    if transaction is None:
        return
    transaction.acknowledge(ack)
    if call.offer_open and ack.is_sdp:
        call.take_answer(ack.body)
    call.offer_open = False


def answer(call: Call, request: Request, transaction: ServerTransaction) -> None:
    """Answer a request of theirs inside the dialog."""
    agent = call.agent
    match request.method:
        case "BYE" if not call.is_over:
            agent.reply(transaction, 200)
            call.finish(request)
        case "NOTIFY" if call.transfers:
            agent.reply(transaction, 200)
            call.transfers[-1].take(request)
            if call.is_over and not call.transfers[-1].is_open:
                agent.owners.pop(call.dialog.key, None)
        case _ if call.is_over:
            agent.reply(transaction, 481)
        case "INVITE" | "UPDATE":
            _answer_session(call, request, transaction)
        case "INFO":
            key = dtmf.key_in_info(request.body)
            if key is not None:
                call.media.ear.take_key(key)
            agent.reply(transaction, 200)
        case "REFER":
            agent.reply(transaction, 202)
        case "NOTIFY":
            agent.take_notification(request)
            agent.reply(transaction, 200)
        case "OPTIONS" | "MESSAGE":
            agent.reply(transaction, 200)
        case _:
            agent.reply(transaction, 501)


def _answer_session(call: Call, request: Request, transaction: ServerTransaction) -> None:
    """A re-INVITE or UPDATE: take their offer, or make ours if they sent none."""
    call.dialog.refresh(request)
    body = b""
    try:
        if request.is_sdp:
            body = call.answer_offer(request.body)
        elif request.method == "INVITE":
            body = call.description(call.agent.codecs, call.direction)
            call.offer_open = True
    except sdp.BadSdp as error:
        call.agent.trace.note(f"offer refused: {error}")
        call.agent.reply(transaction, 488)
        return
    if request.method == "INVITE":
        call.unacknowledged[request.cseq[0]] = transaction
    call.agent.reply(transaction, 200, headers=[SDP_TYPE] if body else [], body=body)
