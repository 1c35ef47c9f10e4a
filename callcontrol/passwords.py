"""Hashes of portal passwords and PINs: Argon2id, computed in threads so that no call waits for one; new SIP passwords.

Never keeps, logs or compares a secret in clear.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import argon2

from callcontrol.pins import is_good_sip_password

_CLEAR = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without what looks like something else: i, l, o, I, O, 0, 1."""
_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""The parameters that OWASP's Password Storage Cheat Sheet asks for at least."""
_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
"""Few: a flood of log-ins must not take the processor from the calls."""
_SALT_OF_PUBLIC = b"callcontrol demo"
MARK_OF_PUBLIC = f"${base64.b64encode(_SALT_OF_PUBLIC).decode().rstrip('=')}$"
"""Stands in the hash of a secret that everybody knows, so that all of them are found at once, without trying each
line's: a salt of its own would protect nothing there."""
_NOBODY = _HASHER.hash("no secret is this one")


def new_sip_password(numbers: Iterable[str]) -> str:
    """One of 24 characters that are not mistaken for each other: 120 bits. ``numbers`` as in ``pins``."""
    own = list(numbers)
    while True:
        made = "-".join("".join(secrets.choice(_CLEAR) for _ in range(length)) for length in (5, 5, 5, 6))
        if is_good_sip_password(made, own):
            return made


async def hashed(secret: str, *, public: bool = False) -> str:
    """The hash to store for ``secret``. ``public``: everybody knows it, and its hash shows so (``MARK_OF_PUBLIC``)."""
    salt = _SALT_OF_PUBLIC if public else None
    return await asyncio.get_running_loop().run_in_executor(
        _THREADS, lambda: _HASHER.hash(_bytes(secret), salt=salt)
    )


async def verified(stored: str | None, secret: str) -> bool:
    """Whether ``secret`` is the one that ``stored`` was made of. Takes the same time when there is none stored,
    so that nobody learns which lines have one."""
    right = await asyncio.get_running_loop().run_in_executor(
        _THREADS, _verify, stored or _NOBODY, _bytes(secret)
    )
    return right and stored is not None


def _verify(stored: str, secret: bytes) -> bool:
    try:
        return _HASHER.verify(stored, secret)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def _bytes(secret: str) -> bytes:
    return secret.encode("utf-8", "surrogatepass")
