"""The token of every form (OWASP's HMAC-based token): who sends a form has been shown it, in this very session. Pure.

Bound to the session's token; before a log-in, to a cookie of the browser's own. So a token from elsewhere, of another
session, or of one that has ended is worth nothing, and none has to be kept.
"""

from __future__ import annotations

import hashlib
import hmac

FIELD = "csrf"
HEADER = "X-CSRF"
_PURPOSE = b"callcontrol form 1\0"


def token(key: str, holder: str) -> str:
    """The token of forms shown to ``holder``: a session's token or a cookie."""
    content = _PURPOSE + holder.encode("utf-8", "replace")
    return hmac.new(key.encode(), content, hashlib.sha256).hexdigest()


def is_right(key: str, holder: str, given: str) -> bool:
    """Whether ``given`` came with a form that ``holder`` was shown."""
    return bool(holder) and hmac.compare_digest(token(key, holder).encode(), given.encode("utf-8", "replace"))
