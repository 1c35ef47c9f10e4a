"""Reads what the directory holds, for everything or for what changed, and puts it there.

Each function asks for a connection inside one transaction, so that all it reads is of one moment. Big answers are
taken in pieces between which the event loop goes on: calls never wait for a reload. What was read is returned as
``Marks``: for each key the transaction that changed it last.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

from callcontrol.directory.contacts import NO_CONTACTS
from callcontrol.directory.directory import Directory
from callcontrol.facts import Barring, Company, Group, Licence, Line
from callcontrol.settings.model import DOCUMENTS
from callcontrol.store.contacts import read_books
from callcontrol.store.pool import Connection

Marks = dict[tuple[str, ...], int]
"""(kind, key …) → the transaction that changed it last."""

_PIECE = 500
"""Rows between two breaths of the event loop: about 5 ms of work."""
_TIMEOUT = 60.0

_COMPANIES = """
    SELECT id, name, timezone, language, country, max_calls, extension_length, main_caller_id, barring, support_email,
      voicemail_number, max_messages, drop_silent_messages, max_costly_calls, max_costly_minutes,
      changed::text::bigint AS changed,
      ARRAY(SELECT code FROM short_codes s WHERE s.company = c.id ORDER BY code) AS codes,
      ARRAY(SELECT number FROM short_codes s WHERE s.company = c.id ORDER BY code) AS targets
    FROM companies c"""
_LINES = """
    SELECT n.number, n.company, n.kind, n.extension, n.name, n.site, s.number AS site_number,
      n.changed::text::bigint AS changed, l.licence, l.language, l.max_calls, l.fax_number, l.administrator,
      l.dtls IS NOT NULL AS dtls,
      ARRAY(SELECT p.name FROM pickup_group_members p WHERE p.line = n.number ORDER BY p.name) AS pickup_groups
    FROM numbers n LEFT JOIN lines l USING (number)
      LEFT JOIN sites s ON s.company = n.company AND s.name = n.site"""
_GROUPS = """
    SELECT number, hunting, supervised, advanced,
      ARRAY(SELECT line FROM group_members WHERE group_number = number ORDER BY position) AS members
    FROM groups"""
_DOCUMENTS = """
    SELECT line, document, body::text AS body, version, changed::text::bigint AS changed FROM settings"""


async def put_companies(connection: Connection, directory: Directory, ids: list[str] | None) -> Marks:
    """Companies with their short codes; ``ids`` None is all."""
    query = _COMPANIES if ids is None else f"{_COMPANIES} WHERE id = ANY($1)"
    rows = await connection.fetch(query, *_arguments(ids), timeout=_TIMEOUT)
    for row in rows:
        directory.put_company(_company(row))
        wanted = dict(zip(row["codes"], row["targets"], strict=True))
        for code in directory.short_codes(row["id"]).keys() - wanted.keys():
            directory.remove_short_code(row["id"], code)
        for code, number in wanted.items():
            directory.put_short_code(row["id"], code, number)
    return {("company", row["id"]): row["changed"] for row in rows}


async def put_numbers(
    connection: Connection, directory: Directory, numbers: list[str] | None, companies: Iterable[str] = ()
) -> Marks:
    """Lines and groups: those of ``numbers`` and all of ``companies``; ``numbers`` None is all. Their companies are
    put first where they are new."""
    clause = " WHERE n.number = ANY($1) OR n.company = ANY($2)"
    query = _LINES if numbers is None else _LINES + clause
    arguments = () if numbers is None else (numbers, list(companies))
    rows = await connection.fetch(query, *arguments, timeout=_TIMEOUT)
    known = {company.id for company in directory.companies()}
    if unknown := {row["company"] for row in rows} - known:
        await put_companies(connection, directory, list(unknown))
    groups = await _groups(connection, [row["number"] for row in rows if row["kind"] == "group"])
    async for row in _in_pieces(rows):
        if row["kind"] == "line":
            directory.put_line(_line(row))
        elif row["number"] in groups:
            directory.put_group(_group(row, groups[row["number"]]))
    return {("line", row["number"]): row["changed"] for row in rows}


async def put_documents(
    connection: Connection, directory: Directory, keys: list[tuple[str, str]] | None
) -> Marks:
    """Settings documents by (line, name); None is all. They stay JSON text until somebody asks for them."""
    if keys is None:
        rows = await connection.fetch(_DOCUMENTS, timeout=_TIMEOUT)
    else:
        rows = await connection.fetch(
            f"{_DOCUMENTS} WHERE (line, document) IN (SELECT * FROM unnest($1::text[], $2::text[]))",  # noqa: S608
            [line for line, _ in keys],
            [document for _, document in keys],
            timeout=_TIMEOUT,
        )
        for line, document in set(keys) - {(row["line"], row["document"]) for row in rows}:
            directory.remove_document(line, document)
    async for row in _in_pieces(rows):
        if keys is not None:
            # The database's word is final: a line deleted and made again begins at version 1 again.
            directory.remove_document(row["line"], row["document"])
        directory.put_document(row["line"], row["document"], row["body"], row["version"])
    return {("document", row["line"], row["document"]): row["changed"] for row in rows}


async def put_books(connection: Connection, directory: Directory, lines: list[str] | None) -> Marks:
    """Contact books; ``lines`` None is all."""
    books = await read_books(connection, lines)
    for line in books if lines is None else lines:
        directory.put_contacts(line, books.get(line, NO_CONTACTS))
    if lines is None:
        return {}
    query = "SELECT line, changed::text::bigint FROM contact_books WHERE line = ANY($1)"
    return {("book", line): changed for line, changed in await connection.fetch(query, lines)}


def moment(connection: Connection) -> Any:
    """A transaction in which every query sees the same moment."""
    return connection.transaction(isolation="repeatable_read", readonly=True)


async def oldest(connection: Connection) -> int:
    """The oldest transaction that is still open, or the next one to come: all before it are over."""
    return int(await connection.fetchval("SELECT pg_snapshot_xmin(pg_current_snapshot())::text"))


async def changed_since(connection: Connection, transaction: int) -> Marks:
    """Everything that a transaction not older than ``transaction`` changed last."""
    marks: Marks = {}
    for query in (
        "SELECT 'company', id, changed::text::bigint FROM companies",
        "SELECT 'line', number, changed::text::bigint FROM numbers",
        "SELECT 'book', line, changed::text::bigint FROM contact_books",
        "SELECT 'document', line, document, changed::text::bigint FROM settings",
    ):
        rows = await connection.fetch(
            f"{query} WHERE changed >= $1::text::xid8", str(transaction), timeout=_TIMEOUT
        )
        marks.update((tuple(key), changed) for *key, changed in rows)
    return marks


def belongings(directory: Directory, changed: set[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """What is held of lines that changed unheard: one that was deleted and made again has none of it any more,
    and rows that are gone cannot be found by looking."""
    numbers = [key for kind, key, *_ in changed if kind == "line"]
    documents = {
        ("document", number, document)
        for number in numbers
        for document in DOCUMENTS
        if directory.version(number, document)
    }
    return documents | {
        ("book", number) for number in numbers if directory.contacts(number) is not NO_CONTACTS
    }


async def numbers_gone(
    connection: Connection, known: set[str], changed: set[tuple[str, ...]]
) -> set[tuple[str, ...]]:
    """Lines and groups of ``known`` that are deleted. Nothing is left of them that could be found; so their count
    tells, or, when others came at the same time, the whole list."""
    came = any(kind == "line" and number not in known for kind, number, *_ in changed)
    if not came and await connection.fetchval("SELECT count(*) FROM numbers") == len(known):
        return set()
    gone = set(known)
    async for row in connection.cursor("SELECT number FROM numbers", prefetch=_PIECE):
        gone.discard(row["number"])
    return {("line", number) for number in gone}


async def _groups(connection: Connection, numbers: list[str]) -> dict[str, Any]:
    if not numbers:
        return {}
    rows = await connection.fetch(f"{_GROUPS} WHERE number = ANY($1)", numbers, timeout=_TIMEOUT)
    return {row["number"]: row for row in rows}


async def _in_pieces(rows: list[Any]) -> AsyncIterator[Any]:
    for index, row in enumerate(rows, 1):
        yield row
        if index % _PIECE == 0:
            await asyncio.sleep(0)


def _arguments(values: list[str] | None) -> tuple[list[str], ...]:
    return () if values is None else (values,)


def _company(row: Any) -> Company:
    return Company(
        id=row["id"],
        name=row["name"],
        timezone=row["timezone"],
        language=row["language"],
        country=row["country"],
        max_calls=row["max_calls"],
        extension_length=row["extension_length"],
        main_caller_id=row["main_caller_id"],
        barring=frozenset(Barring(value) for value in row["barring"]),
        support_email=row["support_email"],
        voicemail_number=row["voicemail_number"],
        max_messages=row["max_messages"],
        drop_silent_messages=row["drop_silent_messages"],
        max_costly_calls=row["max_costly_calls"],
        max_costly_minutes=row["max_costly_minutes"],
    )


def _line(row: Any) -> Line:
    return Line(
        number=row["number"],
        company=row["company"],
        name=row["name"],
        extension=row["extension"],
        licence=Licence(row["licence"]),
        language=row["language"],
        site=row["site"],
        site_number=row["site_number"],
        max_calls=row["max_calls"],
        fax_number=row["fax_number"],
        administrator=row["administrator"],
        dtls=row["dtls"],
        pickup_groups=tuple(row["pickup_groups"]),
    )


def _group(row: Any, own: Any) -> Group:
    return Group(
        number=row["number"],
        company=row["company"],
        name=row["name"],
        extension=row["extension"],
        members=tuple(own["members"]),
        hunting=own["hunting"],
        supervised=own["supervised"],
        advanced=own["advanced"],
        site=row["site"],
    )
