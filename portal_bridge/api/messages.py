"""``messages``: the mailbox of a line, its voice messages and faxes; ``deleted``: those that can still be restored.

Only for the line's own user: an administrator is refused before anything is looked at (spec §13).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field

from callcontrol.media import trash
from callcontrol.message import Message, MessageKind
from callcontrol.portal_bridge.api.asked import Asked, nothing, reply
from callcontrol.portal_bridge.api.models import Items, Paging, RequestBody, ResponseBody
from callcontrol.portal_bridge.api.people import Party, party
from callcontrol.portal_bridge.api.route import NOTHING, Body, Reply, Route, Scope

KindName = Literal["voice", "fax"]
_TAG = "Messages"


class MessagesQuery(Paging):
    """Which messages."""

    kind: Annotated[KindName | None, Field(description="Only these; none: both.")] = None


class MessageIn(RequestBody):
    """What can be changed in a message; what is left out stays."""

    new: Annotated[bool, Field(description="Not heard yet.")] | None = None
    urgent: bool | None = None


class MessageOut(ResponseBody):
    """A message. Its sound is at `messages/{id}/audio`."""

    id: str
    kind: KindName
    sender: Annotated[Party, Field(alias="from")]
    received_at: datetime
    duration: Annotated[float | None, Field(description="Seconds (voice).")]
    pages: Annotated[int | None, Field(description="Fax.")]
    new: bool
    urgent: bool
    deleted: bool
    call_id: Annotated[str | None, Field(description="The call in the history.")]
    mail: Annotated[
        Literal["waiting", "sent", "failed"] | None,
        Field(
            description="How its mails do; `failed`: one was given up, and the message stays. null: none was wanted."
        ),
    ]


def message_out(asked: Asked, message: Message) -> MessageOut:
    """A message as its owner sees it."""
    return MessageOut(
        **{"from": party(message.sender, asked.line, asked.directory, masked=False)},
        id=message.id,
        kind=message.kind.value,
        received_at=message.received_at,
        duration=message.duration,
        pages=message.pages,
        new=message.new,
        urgent=message.urgent,
        deleted=message.deleted_at is not None,
        call_id=message.call,
        mail=message.mail.value if message.mail else None,
    )


async def list_messages(asked: Asked) -> web.Response:
    """List the messages, newest first.

    Without the deleted ones.
    """
    query = asked.query(MessagesQuery)
    return await _page(asked, query, MessageKind(query.kind) if query.kind else None)


async def list_faxes(asked: Asked) -> web.Response:
    """List the faxes, newest first.

    Without the deleted ones.
    """
    return await _page(asked, asked.query(Paging), MessageKind.FAX)


async def list_deleted(asked: Asked) -> web.Response:
    """List the deleted messages, newest first.

    They are kept for 30 days.
    """
    query = asked.query(MessagesQuery)
    return await _page(asked, query, MessageKind(query.kind) if query.kind else None, deleted=True)


async def _page(
    asked: Asked, query: Paging, kind: MessageKind | None, *, deleted: bool = False
) -> web.Response:
    page = await asked.repositories.messages.page(
        asked.line.number, kind, query.cursor, query.limit, deleted=deleted
    )
    items = [message_out(asked, message) for message in page.items]
    return reply(Items[MessageOut](items=items, next=page.next))


async def get(asked: Asked) -> web.Response:
    """Show one message, deleted or not."""
    return await _shown(asked)


async def change(asked: Asked) -> web.Response:
    """Mark a message new or heard, urgent or not.

    The lamps of the line's phones follow within two seconds.
    """
    given = await asked.body(MessageIn)
    await asked.repositories.messages.change(
        asked.line.number, asked.path("id"), new=given.new, urgent=given.urgent
    )
    return await _shown(asked)


async def delete(asked: Asked) -> web.Response:
    """Delete a message.

    It can be restored for 30 days.
    """
    now = asked.services.clock.now()
    await asked.repositories.messages.delete(asked.line.number, asked.path("id"), now)
    return nothing()


async def restore(asked: Asked) -> web.Response:
    """Restore a deleted message.

    One that is not deleted stays as it is.
    """
    await asked.repositories.messages.restore(asked.line.number, asked.path("id"))
    return await _shown(asked)


async def purge(asked: Asked) -> web.Response:
    """Erase a deleted message for good.

    With its sound. 404 for one that is not deleted.
    """
    messages = asked.repositories.messages
    paths = await messages.purge(asked.line.number, asked.path("id"))
    if not paths:
        raise asked.not_found()
    await trash.erase_now(messages, asked.services.config.media_dir, paths)
    return nothing()


async def _shown(asked: Asked) -> web.Response:
    return reply(
        message_out(asked, await asked.repositories.messages.get(asked.line.number, asked.path("id")))
    )


_EXAMPLE = {
    "id": "019ab5c4-0000-7000-8000-000000000003",
    "kind": "voice",
    "from": {"number": "0612345678", "name": "Nathalie", "presentation": "shown"},
    "received_at": "2026-11-22T09:31:10Z",
    "duration": 12.4,
    "pages": None,
    "new": True,
    "urgent": False,
    "deleted": False,
    "call_id": "019ab5c4-0000-7000-8000-000000000002",
    "mail": "sent",
}
_PAGE = (Reply(200, "A page of messages.", Items[MessageOut], example={"items": [_EXAMPLE], "next": None}),)
_ONE = (Reply(200, "The message.", MessageOut, example=_EXAMPLE),)
_OWN = Scope.OWN
_CURSOR = ("bad-cursor",)
ROUTES = (
    Route(
        "GET", "messages", list_messages, "list_messages", _TAG, _OWN, _PAGE, MessagesQuery, problems=_CURSOR
    ),
    Route("GET", "messages/{id}", get, "get_message", _TAG, _OWN, _ONE),
    Route(
        "PATCH",
        "messages/{id}",
        change,
        "change_message",
        _TAG,
        _OWN,
        _ONE,
        body=Body(MessageIn, {"new": False}, patch=True),
    ),
    Route("DELETE", "messages/{id}", delete, "delete_message", _TAG, _OWN, (NOTHING,)),
    Route("GET", "faxes", list_faxes, "list_faxes", _TAG, _OWN, _PAGE, Paging, problems=_CURSOR),
    Route("GET", "deleted", list_deleted, "list_deleted", _TAG, _OWN, _PAGE, MessagesQuery, problems=_CURSOR),
    Route("POST", "deleted/{id}/restore", restore, "restore_message", _TAG, _OWN, _ONE),
    Route("DELETE", "deleted/{id}", purge, "purge_message", _TAG, _OWN, (NOTHING,)),
)
