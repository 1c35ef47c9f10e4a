"""Settings documents: one JSON body for each line and document name, with a version (contract.md).

What a body means is not known here: whoever writes has parsed it first. A change and its audit entry are one
transaction; its notification (``settings``: ``LINE DOCUMENT VERSION``) leaves when that is committed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callcontrol.changed_by import ChangedBy
from callcontrol.changes.ports import SettingsDocuments
from callcontrol.errors import NotFound, VersionConflict
from callcontrol.store.audit import write_entry
from callcontrol.store.pool import Connection, Pool, borrowed, transaction


class SettingsStore(SettingsDocuments):
    """The table ``settings``. Every method raises StoreDown."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def get(self, line: str, document: str) -> tuple[dict[str, Any], int]:
        """The stored body and its version; ``({}, 0)`` when the document was never written (all defaults)."""
        async with borrowed(self._pool) as connection:
            row = await connection.fetchrow(
                "SELECT body, version FROM settings WHERE line = $1 AND document = $2", line, document
            )
        return (row["body"], row["version"]) if row else ({}, 0)

    async def some(self, line: str, documents: Sequence[str]) -> dict[str, tuple[dict[str, Any], int]]:
        """Those of ``documents`` that were ever written for a line: body and version, by name."""
        async with borrowed(self._pool) as connection:
            rows = await connection.fetch(
                "SELECT document, body, version FROM settings WHERE line = $1 AND document = ANY($2)",
                line,
                list(documents),
            )
        return {row["document"]: (row["body"], row["version"]) for row in rows}

    async def put(
        self,
        line: str,
        document: str,
        raw: Mapping[str, Any],
        *,
        expected_version: int | None = None,
        by: ChangedBy,
    ) -> int:
        """Replace a document and return its version. The same body again changes nothing, the version neither.

        With ``expected_version`` (0: never written) raises VersionConflict when the document is at another one.
        Raises NotFound when there is no such line or group.
        """
        expected = {} if expected_version is None else {document: expected_version}
        written = await self.put_all(line, {document: raw}, expected_versions=expected, by=by)
        return written[document]

    async def put_all(
        self,
        line: str,
        documents: Mapping[str, Mapping[str, Any]],
        *,
        expected_versions: Mapping[str, int],
        by: ChangedBy,
    ) -> dict[str, int]:
        """``put`` for several documents, all or none; returns the version of each."""
        async with transaction(self._pool) as connection:
            # One writer of a line's settings at a time; calls and messages of the line are not held up.
            if not await connection.fetchval(
                "SELECT true FROM numbers WHERE number = $1 FOR NO KEY UPDATE", line
            ):
                raise NotFound("this line does not exist")
            return {
                document: await _put(connection, line, document, raw, expected_versions.get(document), by)
                for document, raw in documents.items()
            }


async def _put(
    connection: Connection,
    line: str,
    document: str,
    raw: Mapping[str, Any],
    expected: int | None,
    by: ChangedBy,
) -> int:
    body = dict(raw)
    row = await connection.fetchrow(
        "SELECT body, version FROM settings WHERE line = $1 AND document = $2", line, document
    )
    before, version = (row["body"], row["version"]) if row else (None, 0)
    if expected is not None and expected != version:
        raise VersionConflict(document, expected, version)
    if before == body:
        return int(version)
    version = await connection.fetchval(
        """INSERT INTO settings (line, document, body, updated_at) VALUES ($1, $2, $3, $4)
           ON CONFLICT (line, document) DO UPDATE SET body = $3, updated_at = $4 RETURNING version""",
        line,
        document,
        body,
        by.at,
    )
    await write_entry(connection, by, document, before, body, line)
    return int(version)
