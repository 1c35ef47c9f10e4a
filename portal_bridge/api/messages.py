"""``messages``: the mailbox of a line, its voice messages and faxes; ``faxes``: the same of faxes alone; ``deleted``:
those that can still be restored.

Only for the line's own user: an administrator is refused before anything is looked at (spec §13).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field

from callcontrol.changes.addressing import NoReply, replies_to
from callcontrol.media import trash
from callcontrol.message import Message, MessageKind
from callcontrol.portal_bridge.api.asked import Asked, nothing, reply
from callcontrol.portal_bridge.api.models import Items, Paging, Query, RequestBody, ResponseBody
from callcontrol.portal_bridge.api.people import Party, party
from callcontrol.portal_bridge.api.route import NOTHING, Body, Reply, Route, Scope
from callcontrol.sentences.table import sentence

KindName = Literal["voice", "fax"]
TAG = "Messages"


class MessagesQuery(Paging):
    """Which messages."""

    kind: Annotated[KindName | None, Field(description="Only these; none: both.")] = None


class OneKindQuery(Query):
    """All of which kind."""

    kind: Annotated[KindName, Field(description="Of this kind.")] = "voice"


class DeletedQuery(Query):
    """All of which kind."""

    kind: Annotated[KindName | None, Field(description="Only these; none: both.")] = None


class MessageIn(RequestBody):
    """What can be changed in a message; what is left out stays."""

    new: Annotated[bool, Field(description="Not heard yet.")] | None = None
    urgent: bool | None = None


class MessageOut(ResponseBody):
    """A message. Its sound is at `messages/{id}/audio`, the pages of a fax at `faxes/{id}/document`."""

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
    can_reply: Annotated[bool, Field(description="Whether `reply` leads into a box.")]
    no_reply: Annotated[str | None, Field(description="Why not, in words.")]


class Counted(ResponseBody):
    """How many it was."""

    count: int


def message_out(asked: Asked, message: Message) -> MessageOut:
    """A message as its owner sees it."""
    box = replies_to(asked.directory, asked.line, message)
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
        can_reply=not isinstance(box, NoReply),
        no_reply=sentence(box.value, asked.language) if isinstance(box, NoReply) else None,
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


async def found(asked: Asked) -> Message:
    """The message of the path, deleted or not; under ``faxes`` only a fax. Raises NotFound."""
    message = await asked.repositories.messages.get(asked.line.number, asked.path("id"))
    if asked.route.path.startswith("faxes/") and message.kind is not MessageKind.FAX:
        raise asked.not_found()
    return message


async def get(asked: Asked) -> web.Response:
    """Show one message, deleted or not."""
    return reply(message_out(asked, await found(asked)))


async def change(asked: Asked) -> web.Response:
    """Mark a message new or heard, urgent or not.

    The lamps of the line's phones follow within two seconds.
    """
    given = await asked.body(MessageIn)
    message = await found(asked)
    await asked.repositories.messages.change(
        asked.line.number, message.id, new=given.new, urgent=given.urgent
    )
    return await get(asked)


async def delete(asked: Asked) -> web.Response:
    """Delete a message.

    It can be restored for 30 days.
    """
    message = await found(asked)
    await asked.repositories.messages.delete(asked.line.number, message.id, asked.services.clock.now())
    return nothing()


async def delete_all(asked: Asked) -> web.Response:
    """Delete all voice messages.

    Or (`kind`) all faxes. They can be restored for 30 days.
    """
    return await _delete_all(asked, MessageKind(asked.query(OneKindQuery).kind))


async def delete_all_faxes(asked: Asked) -> web.Response:
    """Delete all faxes.

    They can be restored for 30 days.
    """
    return await _delete_all(asked, MessageKind.FAX)


async def _delete_all(asked: Asked, kind: MessageKind) -> web.Response:
    now = asked.services.clock.now()
    return reply(Counted(count=await asked.repositories.messages.delete_all(asked.line.number, kind, now)))


async def restore(asked: Asked) -> web.Response:
    """Restore a deleted message.

    One that is not deleted stays as it is.
    """
    await asked.repositories.messages.restore(asked.line.number, asked.path("id"))
    return await get(asked)


async def purge(asked: Asked) -> web.Response:
    """Erase a deleted message for good.

    With its sound. 404 for one that is not deleted.
    """
    if not await _purge(asked, asked.path("id"), None):
        raise asked.not_found()
    return nothing()


async def purge_all(asked: Asked) -> web.Response:
    """Erase all deleted messages for good.

    With their sounds. Without a question.
    """
    kind = asked.query(DeletedQuery).kind
    await _purge(asked, None, MessageKind(kind) if kind else None)
    return nothing()


async def _purge(asked: Asked, message: str | None, kind: MessageKind | None) -> Sequence[str]:
    messages = asked.repositories.messages
    paths = await messages.purge(asked.line.number, message, kind)
    await trash.erase_now(asked.repositories.trash, asked.services.config.media_dir, paths)
    return paths


EXAMPLE = {
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
    "can_reply": False,
    "no_reply": "L’expéditeur n’a pas de messagerie dans l’entreprise : appelez-le.",
}
_PAGE = (Reply(200, "A page of messages.", Items[MessageOut], example={"items": [EXAMPLE], "next": None}),)
_ONE = (Reply(200, "The message.", MessageOut, example=EXAMPLE),)
_COUNTED = (Reply(200, "How many were deleted.", Counted, example={"count": 3}),)
_OWN = Scope.OWN
_CURSOR = ("bad-cursor",)


def _of_one(collection: str, noun: str) -> tuple[Route, ...]:
    """What can be done with one message, or one fax."""
    path, seen = f"{collection}/{{id}}", Body(MessageIn, {"new": False}, patch=True)

    return (
        Route("GET", path, get, f"get_{noun}", TAG, _OWN, _ONE),
        Route("PATCH", path, change, f"change_{noun}", TAG, _OWN, _ONE, body=seen),
        Route("DELETE", path, delete, f"delete_{noun}", TAG, _OWN, (NOTHING,)),
    )


ROUTES = (
    Route(
        "GET", "messages", list_messages, "list_messages", TAG, _OWN, _PAGE, MessagesQuery, problems=_CURSOR
    ),
    Route(
        "POST", "messages/delete-all", delete_all, "delete_all_messages", TAG, _OWN, _COUNTED, OneKindQuery
    ),
    *_of_one("messages", "message"),
    Route("GET", "faxes", list_faxes, "list_faxes", TAG, _OWN, _PAGE, Paging, problems=_CURSOR),
    Route("POST", "faxes/delete-all", delete_all_faxes, "delete_all_faxes", TAG, _OWN, _COUNTED),
    *_of_one("faxes", "fax"),
    Route("GET", "deleted", list_deleted, "list_deleted", TAG, _OWN, _PAGE, MessagesQuery, problems=_CURSOR),
    Route("DELETE", "deleted", purge_all, "purge_all_messages", TAG, _OWN, (NOTHING,), DeletedQuery),
    Route("POST", "deleted/{id}/restore", restore, "restore_message", TAG, _OWN, _ONE),
    Route("DELETE", "deleted/{id}", purge, "purge_message", TAG, _OWN, (NOTHING,)),
)
