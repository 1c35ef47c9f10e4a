"""Messages to boxes of the company: ``POST messages``, ``…/reply``, ``…/forward``; and by mail to anybody: ``…/email``.

``changes.sending`` and the mail outbox do it; here a request becomes their words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from aiohttp import web
from pydantic import Field

from callcontrol.changes import sending
from callcontrol.changes.addressing import MOST_RECIPIENTS
from callcontrol.message import Message
from callcontrol.portal_bridge.api.asked import Asked, reply
from callcontrol.portal_bridge.api.messages import TAG, found
from callcontrol.portal_bridge.api.models import RequestBody, ResponseBody
from callcontrol.portal_bridge.api.route import Body, Reply, Route, Scope
from callcontrol.settings.fields import MailAddress

Dialled = Annotated[str, Field(max_length=40)]
Recipients = Annotated[
    list[Dialled],
    Field(
        max_length=MOST_RECIPIENTS, description="Numbers or extensions of lines and groups of the company."
    ),
]
Recording = Annotated[str, Field(max_length=150, description="Of the kind `message`, from `recordings`.")]


class NewMessage(RequestBody):
    """A message to others."""

    recipients: Recipients
    recording: Recording
    urgent: bool = False


class ReplyIn(RequestBody):
    """A reply by voice."""

    recording: Recording


class ForwardIn(RequestBody):
    """Whom a message is passed on to."""

    recipients: Recipients
    recording: (
        Annotated[str, Field(max_length=150, description="An introduction; none for a fax.")] | None
    ) = None


class EmailIn(RequestBody):
    """Where a message is mailed to."""

    address: MailAddress


class RecipientOut(ResponseBody):
    """Who got it."""

    number: str
    extension: str | None
    name: str


class SentOut(ResponseBody):
    """What was sent: it is in every box."""

    recipients: Sequence[RecipientOut]
    duration: Annotated[float | None, Field(description="Seconds (voice).")]
    urgent: bool


async def send(asked: Asked) -> web.Response:
    """Send a message.

    Into the boxes of one or more lines or groups of the company, without calling them. All get it, or (any mistake)
    nobody does; who is named twice gets it once.
    """
    given = await asked.body(NewMessage)
    return _sent(
        asked,
        await sending.send(
            _services(asked), _sender(asked), given.recipients, given.recording, urgent=given.urgent
        ),
    )


async def send_reply(asked: Asked) -> web.Response:
    """Reply by voice.

    Into the box of the sender. 409 with the reason where there is none: `can_reply` of the message says it before.
    """
    given = await asked.body(ReplyIn)
    about = await found(asked)
    return _sent(asked, await sending.reply(_services(asked), _sender(asked), about, given.recording))


async def forward(asked: Asked) -> web.Response:
    """Pass a message on.

    To boxes of the company, behind an introduction if one is given. It stays in this box too.
    """
    given = await asked.body(ForwardIn)
    about = await found(asked)
    return _sent(
        asked,
        await sending.forward(_services(asked), _sender(asked), about, given.recipients, given.recording),
    )


async def email(asked: Asked) -> web.Response:
    """Send a message by e-mail.

    With its sound, or its pages, to any address. It stays in the box; `mail` of the message says how the mail does.
    """
    given = await asked.body(EmailIn)
    about = await found(asked)
    sending.must_be_in_box(_sender(asked), about)
    await asked.repositories.messages.send(asked.line.number, about.id, given.address)
    return web.Response(status=202)


def _services(asked: Asked) -> sending.SendingServices:
    return asked.repositories.sending(asked.services)


def _sender(asked: Asked) -> sending.Sender:
    return sending.Sender(asked.line, asked.language, asked.services.clock.now())


def _sent(asked: Asked, messages: Sequence[Message]) -> web.Response:
    boxes = [box for message in messages if (box := asked.directory.account(message.line)) is not None]
    recipients = [RecipientOut(number=box.number, extension=box.extension, name=box.name) for box in boxes]
    return reply(
        SentOut(recipients=recipients, duration=messages[0].duration, urgent=messages[0].urgent), 201
    )


_RECORDING = "019ab5c4-0000-7000-8000-000000000006"
_EXAMPLE = {
    "recipients": [{"number": "0222969570", "extension": "4003", "name": "Dominique Bernard"}],
    "duration": 8.42,
    "urgent": False,
}
_REPLIES = (Reply(201, "Sent.", SentOut, example=_EXAMPLE),)
_PASSED_ON = Body(ForwardIn, {"recipients": ["4003"], "recording": None})
_QUEUED = (Reply(202, "It is on its way.", None, None),)
_MAILED = Body(EmailIn, {"address": "camille@example.net"})
_OWN = Scope.OWN
_PROBLEMS = ("no-room",)
_ABOUT = ("conflict", "no-room")
ROUTES = (
    Route(
        "POST",
        "messages",
        send,
        "send_message",
        TAG,
        _OWN,
        _REPLIES,
        body=Body(NewMessage, {"recipients": ["4003"], "recording": _RECORDING, "urgent": False}),
        problems=_PROBLEMS,
    ),
    Route(
        "POST",
        "messages/{id}/reply",
        send_reply,
        "reply_to_message",
        TAG,
        _OWN,
        _REPLIES,
        body=Body(ReplyIn, {"recording": _RECORDING}),
        problems=_ABOUT,
    ),
    Route(
        "POST",
        "messages/{id}/forward",
        forward,
        "forward_message",
        TAG,
        _OWN,
        _REPLIES,
        body=_PASSED_ON,
        problems=_ABOUT,
    ),
    Route(
        "POST",
        "faxes/{id}/forward",
        forward,
        "forward_fax",
        TAG,
        _OWN,
        _REPLIES,
        body=_PASSED_ON,
        problems=_ABOUT,
    ),
    *(
        Route(
            "POST",
            f"{collection}/{{id}}/email",
            email,
            f"email_{noun}",
            TAG,
            _OWN,
            _QUEUED,
            body=_MAILED,
            problems=("conflict",),
        )
        for collection, noun in (("messages", "message"), ("faxes", "fax"))
    ),
)
