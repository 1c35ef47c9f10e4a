"""The trash: files of the media folder that no row needs any more. Triggers of the database fill it, ``media.trash``
empties it."""

from __future__ import annotations

from collections.abc import Sequence

from callcontrol.store.pool import Pool, borrowed


class MediaTrash:
    """The table ``media_trash``. Every method raises StoreDown."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def paths(self, limit: int = 1000, *, after: str = "") -> list[str]:
        """Paths, relative to the media folder, in their order: those after ``after``."""
        async with borrowed(self._pool) as connection:
            rows = await connection.fetch(
                "SELECT path FROM media_trash WHERE path > $1 ORDER BY path LIMIT $2", after, limit
            )
        return [row["path"] for row in rows]

    async def erased(self, paths: Sequence[str]) -> None:
        """These files are no more."""
        async with borrowed(self._pool) as connection:
            await connection.execute("DELETE FROM media_trash WHERE path = ANY($1)", list(paths))
