"""Message summaries: what makes the lamp of a phone burn (RFC 3842). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

Counts = tuple[int, int, int, int]
"""New, old, urgent new, urgent old."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One message-summary body."""

    waiting: bool
    account: str | None = None
    voice: Counts = (0, 0, 0, 0)
    fax: Counts = (0, 0, 0, 0)

    @property
    def new(self) -> int:
        """New voice messages."""
        return self.voice[0]

    @property
    def old(self) -> int:
        """Old voice messages."""
        return self.voice[1]


def parse_summary(body: bytes) -> Summary:
    """Read a body; unknown lines are skipped, missing counts are 0."""
    fields = {}
    for line in body.decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            fields[name.strip().lower()] = value.strip()
    return Summary(
        fields.get("messages-waiting", "no").lower() == "yes",
        fields.get("message-account"),
        _counts(fields.get("voice-message", "")),
        _counts(fields.get("fax-message", "")),
    )


def _counts(text: str) -> Counts:
    numbers = [int(number) for number in re.findall(r"\d+", text)[:4]] + [0] * 4
    return numbers[0], numbers[1], numbers[2], numbers[3]
