"""The token of every form (OWASP's HMAC-based token): who sends a form has been shown it, in this very session. Pure.

Bound to the session's token; before a log-in, to a cookie of the browser's own. So a token from elsewhere, of another
session, or of one that has ended changes nothing, and none has to be kept. Behind a point it names the line that the
form was shown to: whoever logs in again is shown what they had typed, and nobody else.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

FIELD = "csrf"
HEADER = "X-CSRF"
_BYTES = hashlib.sha256().digest_size
_PURPOSE, _OWNER = b"callcontrol form 1\0", b"callcontrol form of 1\0"


def token(key: str, holder: str, line: str = "") -> str:
    """The token of forms shown to ``holder``, a session's token or a cookie, and to the number ``line`` where somebody
    is logged in."""
    held = _signed(key, _PURPOSE, holder)
    return f"{held}.{_signed(key, _OWNER, line)}" if line else held


def shown(token: str) -> str:
    """The token as a page has it: another text each time, since pages are sent compressed and what stands in a page
    must not be told by how long it becomes (BREACH)."""
    return ".".join(map(_behind_mask, token.split(".")))


def is_right(key: str, holder: str, given: str) -> bool:
    """Whether ``given`` came with a form that ``holder`` was shown."""
    return bool(holder) and _same(_signed(key, _PURPOSE, holder), given.partition(".")[0])


def was_shown_to(key: str, line: str, given: str) -> bool:
    """Whether ``given`` came with a form that ``line`` was shown, in whatever session: that alone changes nothing."""
    return _same(_signed(key, _OWNER, line), given.partition(".")[2])


def _signed(key: str, purpose: bytes, content: str) -> str:
    return hmac.new(key.encode(), purpose + content.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _same(right: str, given: str) -> bool:
    return hmac.compare_digest(right.encode(), _plain(given))


def _behind_mask(part: str) -> str:
    raw = bytes.fromhex(part)
    mask = secrets.token_bytes(len(raw))
    return mask.hex() + _masked(raw, mask).hex()


def _plain(given: str) -> bytes:
    try:
        raw = bytes.fromhex(given)
    except ValueError:
        return b""
    half = len(raw) // 2
    return (_masked(raw[half:], raw[:half]) if len(raw) == 2 * _BYTES else raw).hex().encode()


def _masked(raw: bytes, mask: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(raw, mask, strict=True))
