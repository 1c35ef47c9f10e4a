"""The history (spec §10.3): one row for each call and line. Implements ``ports.History`` and ``ports.RecentCalls``.

Built for ten million rows: every read walks an index from a known place. Never counts all rows, never pages by
offset.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog

from callcontrol.because import Because
from callcontrol.errors import NotFound
from callcontrol.facts import Presentation
from callcontrol.history import CallRecord, Direction, LegRecord, Peer
from callcontrol.numbers import EMERGENCY_NUMBERS
from callcontrol.ports.history import History, RecentCalls
from callcontrol.store.page import Page, bounded, cut, time_place
from callcontrol.store.pool import Pool, borrowed, clean, encode_json, erase_in_batches

log = structlog.get_logger()

LONGEST_NAME = 200
"""Characters of a peer's name that are kept."""
_CHUNK = 1000
_COLUMNS = """call, line, direction, peer_presentation, peer_number, peer_name, started_at, answered_at, ended_at,
    rule_id, rule_params, message_id, legs"""
_WRITE = f"""
    INSERT INTO calls ({_COLUMNS})
    SELECT call, line, direction, peer_presentation, peer_number, peer_name, started_at, answered_at, ended_at,
        rule_id, rule_params::jsonb, message_id, legs::jsonb
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[],
        $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[], $12::text[], $13::text[])
        AS r({_COLUMNS})
    JOIN numbers ON numbers.number = r.line
    FOR KEY SHARE OF numbers
    ON CONFLICT (call, line) DO UPDATE SET
        direction = excluded.direction, peer_presentation = excluded.peer_presentation,
        peer_number = excluded.peer_number, peer_name = excluded.peer_name, started_at = excluded.started_at,
        answered_at = excluded.answered_at, ended_at = excluded.ended_at, rule_id = excluded.rule_id,
        rule_params = excluded.rule_params, message_id = excluded.message_id, legs = excluded.legs
"""  # noqa: S608 - built from constants alone


class CallHistory(History, RecentCalls):
    """The table ``calls``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def write(self, records: Sequence[CallRecord]) -> None:
        """Insert the records, or replace those that are there under the same call and line.

        A record of a line that was deleted meanwhile is dropped: deleting a line erases it all (spec §13).
        Raises StoreDown.
        """
        latest = {(record.call, record.line): record for record in records}
        rows = [_row(record) for record in latest.values()]
        async with borrowed(self._pool) as connection:
            for start in range(0, len(rows), _CHUNK):
                chunk = rows[start : start + _CHUNK]
                status = await connection.execute(_WRITE, *zip(*chunk, strict=True))
                if (dropped := len(chunk) - int(status.split()[-1])) > 0:
                    log.info("history.dropped", records=dropped, because="the line was deleted")

    async def page(
        self, line: str, cursor: str | None = None, limit: int = 50, direction: Direction | None = None
    ) -> Page[CallRecord]:
        """The calls of a line, newest first. Raises BadCursor, StoreDown."""
        limit = bounded(limit)
        arguments: list[Any] = [line, limit + 1]
        where = "line = $1"
        if direction is not None:
            arguments.append(direction.value)
            where += f" AND direction = ${len(arguments)}"
        if cursor is not None:
            arguments.extend(time_place(cursor))
            where += f" AND (started_at, call) < (${len(arguments) - 1}, ${len(arguments)})"
        query = f"SELECT {_COLUMNS} FROM calls WHERE {where} ORDER BY started_at DESC, call DESC LIMIT $2"  # noqa: S608
        async with borrowed(self._pool) as connection:
            records = [_record(row) for row in await connection.fetch(query, *arguments)]
        last = records[limit - 1] if len(records) > limit else None
        return cut(records, limit, (last.started_at.isoformat(), last.call) if last else None)

    async def get(self, line: str, call: str) -> CallRecord:
        """One call as ``line`` sees it. Raises NotFound, StoreDown."""
        query = f"SELECT {_COLUMNS} FROM calls WHERE call = $1 AND line = $2"  # noqa: S608
        async with borrowed(self._pool) as connection:
            row = await connection.fetchrow(query, call, line)
        if row is None:
            raise NotFound("this call does not exist")
        return _record(row)

    async def last_caller(self, line: str) -> CallRecord | None:
        """What ``*69`` goes by: also a call that was refused is one; a reminder is not. Raises StoreDown."""
        return await self._last(line, "direction <> 'outgoing' AND rule_id NOT LIKE 'reminder.%'")

    async def last_dialled(self, line: str) -> CallRecord | None:
        """What ``*66`` goes by. Raises StoreDown."""
        return await self._last(line, "direction = 'outgoing' AND peer_number NOT LIKE '*%'")

    async def _last(self, line: str, which: str) -> CallRecord | None:
        query = f"""SELECT {_COLUMNS} FROM calls WHERE line = $1 AND {which}
                    ORDER BY started_at DESC, call DESC LIMIT 1"""  # noqa: S608
        async with borrowed(self._pool) as connection:
            row = await connection.fetchrow(query, line)
        return None if row is None else _record(row)

    async def outside_since(
        self, since: datetime
    ) -> list[tuple[str, str, str, str, datetime, datetime | None, datetime]]:
        """Calls outside that began since then: call, line, company, canonical number, begin, answer, end. Raises
        StoreDown."""
        query = """SELECT c.call, c.line, n.company, l ->> 'target' AS target, c.started_at,
                     (l ->> 'answered_at')::timestamptz, coalesce((l ->> 'ended_at')::timestamptz, c.ended_at)
                   FROM calls c JOIN numbers n ON n.number = c.line
                     CROSS JOIN LATERAL jsonb_array_elements(c.legs) l
                   WHERE c.started_at > $1 AND (l ->> 'target' LIKE '+%' OR length(l ->> 'target') <= 6)"""
        async with borrowed(self._pool) as connection:
            rows = await connection.fetch(query, since, timeout=60)
        return [tuple(row) for row in rows if row["target"] not in EMERGENCY_NUMBERS]

    async def has_called(self, company: str, prefix: str, since: datetime, *, but: str) -> bool:
        """Whether any line of a company has called a number that begins with ``prefix`` since then, but in the call
        ``but``. Raises StoreDown."""
        query = """SELECT EXISTS (SELECT FROM numbers n JOIN calls c ON c.line = n.number
                     CROSS JOIN LATERAL jsonb_array_elements(c.legs) l
                   WHERE n.company = $1 AND c.started_at > $2 AND c.call <> $3 AND starts_with(l ->> 'target', $4))"""
        async with borrowed(self._pool) as connection:
            return bool(await connection.fetchval(query, company, since, but, prefix, timeout=60))

    async def purge(self, before: datetime, *, batch: int = 5000) -> int:
        """Erase the calls that began before ``before`` (spec §13: two months), in batches of their own
        transactions, so that nobody waits for it. Returns how many. Raises StoreDown."""
        return await erase_in_batches(
            self._pool,
            """DELETE FROM calls WHERE (call, line) IN
               (SELECT call, line FROM calls WHERE started_at < $1 ORDER BY started_at LIMIT $2)""",
            before,
            batch=batch,
        )


def _row(record: CallRecord) -> tuple[object, ...]:
    presentation, number, name = peer_row(record.peer)
    return (
        record.call,
        record.line,
        record.direction.value,
        presentation,
        number,
        name,
        record.started_at,
        record.answered_at,
        record.ended_at,
        record.rule.rule,
        encode_json(record.rule.params),
        record.message,
        encode_json([_leg_json(leg) for leg in record.legs]),
    )


def _record(row: Any) -> CallRecord:
    return CallRecord(
        call=row["call"],
        line=row["line"],
        direction=Direction(row["direction"]),
        peer=peer_of(row, "peer"),
        started_at=row["started_at"],
        answered_at=row["answered_at"],
        ended_at=row["ended_at"],
        rule=Because(row["rule_id"], tuple((name, value) for name, value in row["rule_params"])),
        message=row["message_id"],
        legs=tuple(_leg_of(raw) for raw in row["legs"]),
    )


def peer_row(peer: Peer) -> tuple[str, str | None, str | None]:
    """The three columns of a peer. A number that is not shown is not stored, whoever left it in (spec §1)."""
    number = peer.number if peer.presentation is Presentation.SHOWN else None
    name = clean(peer.name)[:LONGEST_NAME] if peer.name else None
    return peer.presentation.value, clean(number) if number else None, name


def peer_of(row: Any, prefix: str) -> Peer:
    """The peer in the columns ``PREFIX_presentation``, ``PREFIX_number`` and ``PREFIX_name``."""
    return Peer(Presentation(row[f"{prefix}_presentation"]), row[f"{prefix}_number"], row[f"{prefix}_name"])


def _leg_json(leg: LegRecord) -> dict[str, object]:
    return {
        "target": clean(leg.target),
        "started_at": leg.started_at.isoformat(),
        "answered_at": leg.answered_at.isoformat() if leg.answered_at else None,
        "ended_at": leg.ended_at.isoformat() if leg.ended_at else None,
        "result": leg.result,
        "sip_status": leg.sip_status,
    }


def _leg_of(raw: dict[str, Any]) -> LegRecord:
    def instant(name: str) -> datetime | None:
        return datetime.fromisoformat(raw[name]) if raw[name] else None

    return LegRecord(
        raw["target"],
        datetime.fromisoformat(raw["started_at"]),
        instant("answered_at"),
        instant("ended_at"),
        raw["result"],
        raw["sip_status"],
    )
