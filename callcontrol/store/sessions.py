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
from callcontrol.store.pool import Pool, borrowed, erase_in_batches

_SEEN_EVERY = timedelta(minutes=1)
"""``seen_at`` is written at most this often: a page with ten requests is one write, or none."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in, as ``line``."""

    line: str
    created_at: datetime
    expires_at: datetime
    seen_at: datetime


class Sessions:
    """The table ``sessions``. Every method raises StoreDown."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def create(self, line: str, at: datetime, lifetime: timedelta) -> tuple[str, Session]:
        """Log a line in; returns the token, which exists nowhere else, and the session. Raises NotFound when
        the line is gone."""
        token = secrets.token_urlsafe(32)
        session = Session(line, at, at + lifetime, at)
        async with borrowed(self._pool) as connection:
            status = await connection.execute(
                """INSERT INTO sessions (token_hash, line, created_at, expires_at, seen_at)
                   SELECT $1, number, $3, $4, $3 FROM numbers WHERE number = $2 FOR KEY SHARE""",
                _hash(token),
                line,
                at,
                session.expires_at,
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


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
