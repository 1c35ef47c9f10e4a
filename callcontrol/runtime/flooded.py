"""Channels that are sent keys (SIP INFO) or other signals faster than Asterisk takes them, as its log says. Pure.

Asterisk keeps whatever comes for the channel, without an end, and walks over all of it for each that comes: 10,000 keys
within seconds, of one phone, kept other calls from being set up for twenty.
"""

from __future__ import annotations

import re
from collections import deque

MOST_SIGNALS = 128
"""What waits for one channel, sound apart: sixteen seconds of keys. Asterisk tells of more than that."""
_KEPT = 100
_LONG = re.compile(
    rb"\[[^]]*\] WARNING\[\d+\](?:\[[^]]*\])?: channel\.c:\d+ __ast_queue_frame: Exceptionally long queue length"
    rb" \((\d+) voice / (\d+) total\) queuing to (PJSIP/[A-Za-z0-9._-]{1,80})$"
)


class Flooded:
    """Remembers the last channels, so that each is told of once."""

    def __init__(self) -> None:
        self._last: deque[str] = deque(maxlen=_KEPT)

    def found(self, line: bytes) -> tuple[str, bool] | None:
        """The channel that this line of Asterisk's log says is flooded, and whether that is news; None: none."""
        match = _LONG.match(line.rstrip())
        if match is None or int(match[2]) - int(match[1]) < MOST_SIGNALS:
            return None
        channel = match[3].decode("ascii")
        news = channel not in self._last
        if news:
            self._last.append(channel)
        return channel, news
