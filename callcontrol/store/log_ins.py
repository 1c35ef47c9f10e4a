"""Tries to log in, and what tells an owner from a stranger: browsers and addresses that have logged a line in before.

Here it is counted; who may try again is decided in ``portal_bridge.guessing``. Of a cookie only the SHA-256 is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from callcontrol.errors import NotFound
from callcontrol.store.pool import Connection, Pool, borrowed, clean, erase_in_batches, transaction

LONGEST_LOGIN = 40


@dataclass(frozen=True, slots=True)
class Place:
    """Where a log-in is tried from. ``address`` is an IPv4 address or an IPv6 network; ``device`` the hash of a cookie
    that we gave this line's browser, None for another browser; ``known_address``: the line has logged in from there."""

    address: str
    device: bytes | None = None
    known_address: bool = False

    @property
    def known(self) -> bool:
        """Whether it is one of the line's own."""
        return self.known_address or self.device is not None


@dataclass(frozen=True, slots=True)
class Failures:
    """The instants of the latest failed tries, newest first: of this login from this place since its last success
    there, of this login from strange places altogether, and from this address, whatever the login, from strange places.
    """

    here: tuple[datetime, ...]
    strange: tuple[datetime, ...]
    address: tuple[datetime, ...]


Judge = Callable[[Failures], bool]
"""Whether one more try may be made after these."""


class LogIns:
    """The tables ``login_attempts``, ``known_devices`` and ``known_addresses``. Every method raises StoreDown."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def place(self, line: str, address: str, cookie: str) -> Place:
        """What is known of who tries to log ``line`` in; "" is no line, and costs the same."""
        token = _hash(cookie)
        async with borrowed(self._pool) as connection:
            device, known = await connection.fetchrow(
                """SELECT EXISTS (SELECT FROM known_devices WHERE line = $1 AND token_hash = $2),
                     EXISTS (SELECT FROM known_addresses WHERE line = $1 AND kind = 'portal' AND address = $3)""",
                line,
                token,
                address,
            )
        return Place(address, token if device else None, known)

    async def attempt(
        self, login: str, place: Place, at: datetime, since: datetime, most: int, may: Judge
    ) -> tuple[int | None, Failures]:
        """Count a try of ``login`` as failed before it is judged, if it ``may`` be made after the failures since
        ``since`` (at most ``most`` of each kind are looked at). Its id, None when it may not; and those failures.

        One after the other for a login and for an address, so that tries sent together are all counted.
        """
        login = clean(login)[:LONGEST_LOGIN]
        async with transaction(self._pool) as connection:
            for key in sorted((f"login {login}", f"address {place.address}")):
                await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", key)
            failures = await _failures(connection, login, place, since, most)
            if not may(failures):
                return None, failures
            row: int = await connection.fetchval(
                """INSERT INTO login_attempts (login, address, succeeded, at, device, known)
                   VALUES ($1, $2, false, $3, $4, $5) RETURNING id""",
                login,
                place.address,
                at,
                place.device,
                place.known,
            )
        return row, failures

    async def succeeded(self, attempt: int, line: str, place: Place, cookie: str, at: datetime) -> None:
        """The try was right: the browser that has (or is given) ``cookie``, and the address, are the line's own."""
        async with transaction(self._pool) as connection:
            if not await connection.fetchval(
                "SELECT true FROM numbers WHERE number = $1 FOR KEY SHARE", line
            ):
                raise NotFound("this line does not exist")
            await connection.execute("UPDATE login_attempts SET succeeded = true WHERE id = $1", attempt)
            await connection.execute(
                """INSERT INTO known_devices VALUES ($2, $1, $3)
                   ON CONFLICT (line, token_hash) DO UPDATE SET seen_at = excluded.seen_at""",
                line,
                _hash(cookie),
                at,
            )
            await connection.execute(
                """INSERT INTO known_addresses VALUES ($1, 'portal', $2, $3)
                   ON CONFLICT (line, kind, address) DO UPDATE SET seen_at = excluded.seen_at""",
                line,
                place.address,
                at,
            )

    async def gave(self, cookie: str) -> bool:
        """Whether we gave this cookie to a browser, for whichever line."""
        async with borrowed(self._pool) as connection:
            return bool(
                await connection.fetchval(
                    "SELECT EXISTS (SELECT FROM known_devices WHERE token_hash = $1)", _hash(cookie)
                )
            )

    async def purge(self, attempts_before: datetime, known_before: datetime) -> int:
        """Erase older tries, and browsers and addresses that were not seen since; returns how many rows."""
        attempts = """DELETE FROM login_attempts WHERE id IN
                      (SELECT id FROM login_attempts WHERE at < $1 ORDER BY at LIMIT $2)"""
        devices = """DELETE FROM known_devices WHERE (line, token_hash) IN
                     (SELECT line, token_hash FROM known_devices WHERE seen_at < $1 ORDER BY seen_at LIMIT $2)"""
        addresses = """DELETE FROM known_addresses WHERE (line, kind, address) IN
                       (SELECT line, kind, address FROM known_addresses WHERE seen_at < $1 ORDER BY seen_at LIMIT $2)"""
        erased = await erase_in_batches(self._pool, attempts, attempts_before)
        for statement in (devices, addresses):
            erased += await erase_in_batches(self._pool, statement, known_before)
        return erased


_LATEST = "SELECT at FROM login_attempts WHERE NOT succeeded AND at > $1 AND {} ORDER BY id DESC LIMIT $2"
_SUCCESS = "(SELECT max(id) FROM login_attempts WHERE succeeded AND at > $1 AND login = $3 AND {})"


async def _failures(connection: Connection, login: str, place: Place, since: datetime, most: int) -> Failures:
    here, value = (
        ("device = $4", place.device) if place.device else ("device IS NULL AND address = $4", place.address)
    )
    since_success = f"login = $3 AND {here} AND id > coalesce({_SUCCESS.format(here)}, 0)"

    async def latest(clause: str, *arguments: object) -> tuple[datetime, ...]:
        rows = await connection.fetch(_LATEST.format(clause), since, most, *arguments)
        return tuple(row["at"] for row in rows)

    return Failures(
        await latest(since_success, login, value),
        await latest("login = $3 AND NOT known", login),
        await latest("address = $3 AND NOT known", place.address),
    )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
