"""Personal contacts and their nested groups (spec §10.4).

Each change of a contact or group touches the line's row in ``contact_books``, which counts versions and notifies
(``settings``: ``LINE contacts VERSION``), so that the next call knows. The audit trail, which administrators read,
holds how many contacts or groups changed and nothing of what is in them (spec §13).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from callcontrol.changed_by import ChangedBy
from callcontrol.changes.ports import ContactBooks
from callcontrol.directory.contact_card import NUMBER_KINDS, ContactCard, card_of
from callcontrol.directory.contacts import ContactBook, ContactGroup
from callcontrol.errors import GroupCircle, NameTaken, NotFound
from callcontrol.store.audit import write_entry
from callcontrol.store.page import Page, bounded, cut, place
from callcontrol.store.pool import Connection, Pool, borrowed, transaction

_TEXTS = '$.** ? (@.type() == "string"' + "".join(f' && @ != "{kind}"' for kind in NUMBER_KINDS) + ")"
"""Every text of a card, without the kinds of its numbers (an SQL/JSON path)."""


class Contacts(ContactBooks):
    """The tables ``contacts`` and ``contact_groups``. Every method raises StoreDown; those that
    write raise NotFound when the line does not exist."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def page(
        self, line: str, cursor: str | None = None, limit: int = 100, search: str = ""
    ) -> Page[ContactCard]:
        """Contacts in order of their names; with ``search`` those with that text in any field. Raises BadCursor."""
        limit = bounded(limit)
        after = place(cursor) if cursor else ("", "")
        async with borrowed(self._pool) as connection:
            rows = await connection.fetch(
                """SELECT id, body, sort_key FROM contacts WHERE line = $1 AND (sort_key, id) > ($2, $3)
                   AND ($5 = '' OR jsonb_path_query_array(body, $6::text::jsonpath)::text ILIKE $5)
                   ORDER BY sort_key, id LIMIT $4""",
                line,
                *after,
                limit + 1,
                f"%{_escaped(search)}%" if search else "",
                _TEXTS,
            )
        last = rows[limit - 1] if len(rows) > limit else None
        cards = [card_of(row["id"], row["body"]) for row in rows]
        return cut(cards, limit, (last["sort_key"], last["id"]) if last else None)

    async def get(self, line: str, contact: str) -> ContactCard:
        """One contact. Raises NotFound."""
        async with borrowed(self._pool) as connection:
            row = await connection.fetchrow(
                "SELECT id, body FROM contacts WHERE line = $1 AND id = $2", line, contact
            )
        if row is None:
            raise NotFound("this contact does not exist")
        return card_of(row["id"], row["body"])

    async def put(
        self, line: str, cards: Iterable[ContactCard], by: ChangedBy, *, replace: bool = False
    ) -> None:
        """Add contacts, or replace those that are there under the same id; all or none. ``replace``: each must be
        there already. Raises NotFound."""
        rows = [(line, card.id, card.sort_key, card.to_json()) for card in cards]
        async with transaction(self._pool) as connection:
            await _touch(connection, line)
            before = await connection.fetchval(
                "SELECT count(*) FROM contacts WHERE line = $1 AND id = ANY($2)",
                line,
                [row[1] for row in rows],
            )
            if replace and before < len({row[1] for row in rows}):
                raise NotFound("this contact does not exist")
            await connection.executemany(
                """INSERT INTO contacts (line, id, sort_key, body) VALUES ($1, $2, $3, $4)
                   ON CONFLICT (line, id) DO UPDATE SET sort_key = excluded.sort_key, body = excluded.body""",
                rows,
            )
            await write_entry(connection, by, "contacts", _count(before), _count(len(rows)), line)

    async def remove(self, line: str, contacts: Sequence[str], by: ChangedBy) -> int:
        """Remove contacts, from their groups too; returns how many there were."""
        async with transaction(self._pool) as connection:
            await _touch(connection, line)
            status = await connection.execute(
                "DELETE FROM contacts WHERE line = $1 AND id = ANY($2)", line, list(contacts)
            )
            if removed := int(status.split()[-1]):
                await write_entry(connection, by, "contacts", _count(removed), None, line)
        return removed

    async def existing(self, line: str, contacts: Sequence[str]) -> frozenset[str]:
        """Those of ``contacts`` that this line has."""
        async with borrowed(self._pool) as connection:
            rows = await connection.fetch(
                "SELECT id FROM contacts WHERE line = $1 AND id = ANY($2)", line, list(contacts)
            )
        return frozenset(row["id"] for row in rows)

    async def groups(self, line: str) -> list[ContactGroup]:
        """Every group of a line with its members, in order of their names."""
        async with borrowed(self._pool) as connection:
            return (await read_groups(connection, [line])).get(line, [])

    async def put_group(
        self, line: str, group: ContactGroup, by: ChangedBy, *, replace: bool = False
    ) -> None:
        """Add a group or replace it with its members; members that do not exist are left out. ``replace``: it must
        be there already. Raises NotFound, NameTaken, GroupCircle."""
        async with transaction(self._pool) as connection:
            await _touch(connection, line)  # also lets only one writer of this line's groups in
            before = await connection.fetchval(
                "SELECT count(*) FROM contact_groups WHERE line = $1 AND id = $2", line, group.id
            )
            if replace and not before:
                raise NotFound("this group does not exist")
            if await connection.fetchval(
                "SELECT true FROM contact_groups WHERE line = $1 AND name = $2 AND id <> $3",
                line,
                group.name,
                group.id,
            ):
                raise NameTaken("another group has this name")
            await connection.execute(
                """INSERT INTO contact_groups (line, id, name) VALUES ($1, $2, $3)
                   ON CONFLICT (line, id) DO UPDATE SET name = excluded.name""",
                line,
                group.id,
                group.name,
            )
            await _replace_members(connection, line, group)
            await write_entry(connection, by, "contact-groups", _count(before), _count(1), line)

    async def remove_group(self, line: str, group: str, by: ChangedBy) -> None:
        """Remove a group, not its members. Raises NotFound."""
        async with transaction(self._pool) as connection:
            await _touch(connection, line)
            if not await connection.fetchval(
                "DELETE FROM contact_groups WHERE line = $1 AND id = $2 RETURNING true", line, group
            ):
                raise NotFound("this group does not exist")
            await write_entry(connection, by, "contact-groups", _count(1), None, line)


async def read_books(connection: Connection, lines: Sequence[str] | None) -> dict[str, ContactBook]:
    """The contact books of some lines (None: of every line that has one), as routing needs them. Asks for an open
    transaction."""
    groups = await read_groups(connection, lines)
    cards: dict[str, list[ContactCard]] = {line: [] for line in groups}
    countries: dict[str, str] = {}
    async for row in connection.cursor(
        """SELECT line, contacts.id, body, country FROM contacts
           JOIN numbers ON numbers.number = line JOIN companies ON companies.id = numbers.company
           WHERE $1::text[] IS NULL OR line = ANY($1)""",
        None if lines is None else list(lines),
        prefetch=1000,
    ):
        cards.setdefault(row["line"], []).append(card_of(row["id"], row["body"]))
        countries[row["line"]] = row["country"]
    return {
        line: ContactBook((card.contact(countries.get(line, "FR")) for card in found), groups.get(line, ()))
        for line, found in cards.items()
    }


async def read_groups(connection: Connection, lines: Sequence[str] | None) -> dict[str, list[ContactGroup]]:
    """The contact groups of some lines (None: of every line), in order of their names."""
    rows = await connection.fetch(
        """SELECT g.line, g.id, g.name,
             coalesce(array_agg(m.contact_id) FILTER (WHERE m.contact_id IS NOT NULL), '{}') AS contacts,
             coalesce(array_agg(m.child_id) FILTER (WHERE m.child_id IS NOT NULL), '{}') AS children
           FROM contact_groups g LEFT JOIN contact_group_members m ON m.line = g.line AND m.group_id = g.id
           WHERE $1::text[] IS NULL OR g.line = ANY($1)
           GROUP BY g.line, g.id, g.name ORDER BY g.line, g.name, g.id""",
        None if lines is None else list(lines),
    )
    found: dict[str, list[ContactGroup]] = {}
    for row in rows:
        group = ContactGroup(row["id"], row["name"], frozenset(row["contacts"]), frozenset(row["children"]))
        found.setdefault(row["line"], []).append(group)
    return found


async def _replace_members(connection: Connection, line: str, group: ContactGroup) -> None:
    await connection.execute(
        "DELETE FROM contact_group_members WHERE line = $1 AND group_id = $2", line, group.id
    )
    await connection.execute(
        """INSERT INTO contact_group_members (line, group_id, contact_id)
           SELECT line, $2, id FROM contacts WHERE line = $1 AND id = ANY($3)""",
        line,
        group.id,
        list(group.contacts),
    )
    await connection.execute(
        """INSERT INTO contact_group_members (line, group_id, child_id)
           SELECT line, $2, id FROM contact_groups WHERE line = $1 AND id = ANY($3) AND id <> $2""",
        line,
        group.id,
        list(group.groups),
    )
    circle = await connection.fetchval(
        """WITH RECURSIVE inside (id) AS (
             SELECT child_id FROM contact_group_members
             WHERE line = $1 AND group_id = $2 AND child_id IS NOT NULL
             UNION
             SELECT m.child_id FROM contact_group_members m JOIN inside ON m.group_id = inside.id
             WHERE m.line = $1 AND m.child_id IS NOT NULL)
           SELECT true FROM inside WHERE id = $2 LIMIT 1""",
        line,
        group.id,
    )
    if circle or group.id in group.groups:
        raise GroupCircle("a group cannot be inside itself")


async def _touch(connection: Connection, line: str) -> None:
    """Count a change of the line's book, and let only one writer in until the transaction ends."""
    await lock_line(connection, line)
    await connection.execute(
        "INSERT INTO contact_books (line) VALUES ($1) ON CONFLICT (line) DO UPDATE SET line = excluded.line",
        line,
    )


async def lock_line(connection: Connection, line: str) -> None:
    """Let only one writer of the line in until the transaction ends. Raises NotFound."""
    if not await connection.fetchval("SELECT true FROM numbers WHERE number = $1 FOR NO KEY UPDATE", line):
        raise NotFound("this line does not exist")


def _count(entries: int) -> dict[str, int] | None:
    return {"count": entries} if entries else None


def _escaped(search: str) -> str:
    return search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("\0", "")
