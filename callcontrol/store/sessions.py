"""Sessions, by their tokens (spec §10.1).

The token itself is never stored, only its SHA-256: 256 random bits need no slow hash. Who may try again is decided
elsewhere; here it is counted.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from callcontrol.errors import NotFound
from callcontrol.store.pool import Pool, borrowed, clean, erase_in_batches

LONGEST_BROWSER, MOST_LISTED = 300, 100
_SEEN_EVERY = timedelta(minutes=1)
"""``seen_at`` is written at most this often: a page with ten requests is one write, or none."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a session was begun, for its owner to know it by: what the browser calls itself (``User-Agent``), its
    address (IPv6 by its /64), and whether it shall be remembered."""

    browser: str = ""
    address: str = ""
    remembered: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in, as ``line``."""

    line: str
    created_at: datetime
    expires_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """A session as its owner sees it. ``id`` ends it and opens nothing."""

    id: str
    session: Session
    origin: Origin

    def is_of(self, token: str) -> bool:
        """Whether it is the session of ``token``."""
        return self.id == _id(token)


class Sessions:
    """The table ``sessions``. Every method raises StoreDown."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def create(
        self,
        line: str,
        at: datetime,
        lifetime: timedelta,
        origin: Origin = Origin(),
    ) -> tuple[str, Session]:
        """Log a line in; returns the token, which exists nowhere else, and the session. Raises NotFound when
        the line is gone."""
        token = secrets.token_urlsafe(32)
        session = Session(line, at, at + lifetime, at)
        async with borrowed(self._pool) as connection:
            status = await connection.execute(
                """INSERT INTO sessions
                     (token_hash, line, created_at, expires_at, seen_at, browser, address, remembered)
                   SELECT $1, number, $3, $4, $3, $5, $6, $7 FROM numbers WHERE number = $2 FOR KEY SHARE""",
                _hash(token),
                line,
                at,
                session.expires_at,
                clean(origin.browser)[:LONGEST_BROWSER],
                origin.address,
                origin.remembered,
            )
        if status.endswith(" 0"):
            raise NotFound("this line does not exist")
        return token, session

    async def find(self, token: str, at: datetime) -> Session | None:
        """The session of a token that is still good at ``at``; remembers that it was seen."""
        key = _hash(token)
        async with borrowed(self._pool) as connection:
            row = await connection.fetchrow(
                """SELECT line, created_at, expires_at, seen_at FROM sessions
                   WHERE token_hash = $1 AND expires_at > $2""",
                key,
                at,
            )
            if row is None:
                return None
            if at - row["seen_at"] >= _SEEN_EVERY:
                await connection.execute("UPDATE sessions SET seen_at = $2 WHERE token_hash = $1", key, at)
        return Session(*row)

    async def listed(self, line: str, at: datetime) -> list[Listed]:
        """The sessions of a line that are good at ``at``, the last seen first; ``MOST_LISTED`` at most."""
        async with borrowed(self._pool) as connection:
            rows = await connection.fetch(
                """SELECT encode(sha256(token_hash), 'hex') AS id, line, created_at, expires_at, seen_at,
                     browser, address, remembered FROM sessions
                   WHERE line = $1 AND expires_at > $2 ORDER BY seen_at DESC, created_at DESC LIMIT $3""",
                line,
                at,
                MOST_LISTED,
            )
        return [Listed(row[0], Session(*row[1:5]), Origin(*row[5:])) for row in map(tuple, rows)]

    async def end_one(self, line: str, id: str) -> bool:
        """End the session ``id`` of ``line``; False when it has none of that name."""
        async with borrowed(self._pool) as connection:
            status = await connection.execute(
                "DELETE FROM sessions WHERE line = $1 AND encode(sha256(token_hash), 'hex') = $2", line, id
            )
        return not status.endswith(" 0")

    async def end(self, token: str) -> None:
        """Log out; a token that is not known is no error."""
        async with borrowed(self._pool) as connection:
            await connection.execute("DELETE FROM sessions WHERE token_hash = $1", _hash(token))

    async def end_all(self, line: str, *, but: str | None = None) -> int:
        """Log a line out everywhere, save the session of the token ``but`` (after a change of password).
        Returns how many sessions ended."""
        async with borrowed(self._pool) as connection:
            status = await connection.execute(
                "DELETE FROM sessions WHERE line = $1 AND token_hash <> $2",
                line,
                _hash(but) if but is not None else b"",
            )
        return int(status.split()[-1])

    async def purge(self, at: datetime) -> int:
        """Erase sessions that are over at ``at``; returns how many."""
        return await erase_in_batches(
            self._pool,
            """DELETE FROM sessions WHERE token_hash IN
               (SELECT token_hash FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)""",
            at,
        )


def _id(token: str) -> str:
    return hashlib.sha256(_hash(token)).hexdigest()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
