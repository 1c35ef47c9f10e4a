"""Links in mails: each does one thing to one message, is signed, and ends after 30 days (spec §5); one replaces a lost
password, and ends after an hour (spec §10.1). Pure.

A token is its content and an HMAC over it (RFC 2104, SHA-256); who has it may do what it says and nothing else. What
it is for stands in what is signed, so that no token of one purpose is ever good for another.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

VALID_FOR = timedelta(days=30)
RESET_VALID_FOR = timedelta(hours=1)
LONGEST = 400
"""Characters of a token: the longest id of a message fits."""
_PURPOSE = b"callcontrol message link 1\0"
_RESET_PURPOSE = b"callcontrol password reset 1\0"
_SIGNATURE_BYTES = 18
"""144 bits; a whole number of base64 characters."""


class LinkAction(StrEnum):
    """What a link does."""

    DELETE = "delete"
    READ = "read"
    READ_ALL = "read-all"


@dataclass(frozen=True, slots=True)
class ActionLink:
    """``message`` says which box ``READ_ALL`` means, too: a number that was given to somebody else opens nothing."""

    action: LinkAction
    message: str
    expires: datetime


class LinkRefusal(StrEnum):
    """Why a token is not obeyed."""

    NOT_OURS = "not-ours"
    EXPIRED = "expired"


class LinkSigner:
    """Makes and reads tokens with the system's own secret."""

    def __init__(self, secret: str) -> None:
        if len(secret) < 16:
            raise ValueError("links need a secret")
        self._key = secret.encode()

    def token(self, link: ActionLink) -> str:
        """What stands in the address: letters, digits, ``-``, ``_`` and one dot."""
        content = _encoded(f"{link.action.value} {int(link.expires.timestamp())} {link.message}".encode())
        return f"{content}.{self._signature(content)}"

    def read(self, token: str, now: datetime) -> ActionLink | LinkRefusal:
        """The link, if we made it and it still holds at ``now``. Raises nothing, whatever ``token`` is."""
        content, _, signature = token.rpartition(".")
        if len(token) > LONGEST or not token.isascii():
            return LinkRefusal.NOT_OURS
        if not hmac.compare_digest(self._signature(content), signature):
            return LinkRefusal.NOT_OURS
        try:
            action, expires, message = _decoded(content).split(" ", 2)
            link = ActionLink(LinkAction(action), message, datetime.fromtimestamp(int(expires), UTC))
        except (
            ValueError,
            OverflowError,
            OSError,
            binascii.Error,
        ):  # signed by a release that said it otherwise
            return LinkRefusal.NOT_OURS
        return link if now < link.expires else LinkRefusal.EXPIRED

    def reset_token(self, reset: str, expires: datetime) -> str:
        """What stands in the address of a link that replaces a password."""
        content = _encoded(f"{int(expires.timestamp())} {reset}".encode())
        return f"{content}.{self._signature(content, _RESET_PURPOSE)}"

    def read_reset(self, token: str, now: datetime) -> str | None:
        """The id of the reset, if we made the link and it still holds. Raises nothing."""
        content, _, signature = token.rpartition(".")
        if len(token) > LONGEST or not token.isascii():
            return None
        if not hmac.compare_digest(self._signature(content, _RESET_PURPOSE), signature):
            return None
        try:
            expires, reset = _decoded(content).split(" ", 1)
            return reset if now.timestamp() < int(expires) else None
        except (ValueError, binascii.Error):
            return None

    def _signature(self, content: str, purpose: bytes = _PURPOSE) -> str:
        digest = hmac.new(self._key, purpose + content.encode(), hashlib.sha256).digest()
        return _encoded(digest[:_SIGNATURE_BYTES])


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> str:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
