"""The token of every form (OWASP's HMAC-based token): who sends a form has been shown it, in this very session. Pure.

Bound to the session's token; before a log-in, to a cookie of the browser's own. So a token from elsewhere, of another
session, or of one that has ended is worth nothing, and none has to be kept.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

FIELD = "csrf"
HEADER = "X-CSRF"
_BYTES = hashlib.sha256().digest_size
_PURPOSE = b"callcontrol form 1\0"


def token(key: str, holder: str) -> str:
    """The token of forms shown to ``holder``: a session's token or a cookie."""
    content = _PURPOSE + holder.encode("utf-8", "replace")
    return hmac.new(key.encode(), content, hashlib.sha256).hexdigest()


def shown(token: str) -> str:
    """The token as a page has it: another text each time, since pages are sent compressed and what stands in a page
    must not be told by how long it becomes (BREACH)."""
    raw = bytes.fromhex(token)
    mask = secrets.token_bytes(len(raw))
    return mask.hex() + _masked(raw, mask).hex()


def is_right(key: str, holder: str, given: str) -> bool:
    """Whether ``given`` came with a form that ``holder`` was shown."""
    return bool(holder) and hmac.compare_digest(token(key, holder).encode(), _plain(given))


def _plain(given: str) -> bytes:
    try:
        raw = bytes.fromhex(given)
    except ValueError:
        return b""
    half = len(raw) // 2
    return (_masked(raw[half:], raw[:half]) if len(raw) == 2 * _BYTES else raw).hex().encode()


def _masked(raw: bytes, mask: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(raw, mask, strict=True))
