"""Which trunks refused a number that is not ours, and when: kept over restarts, forgotten after a month.

An operator changes its mind now and then; one forward then finds out again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

log = structlog.get_logger()

FORGOTTEN_AFTER = timedelta(days=30)


class Refusals:
    """Kept in ``file`` (a JSON object: trunk → ISO 8601), or (None) in memory alone. A file that cannot be read or
    written costs one more refused try of a forward, never a call."""

    def __init__(
        self, file: Path | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._file, self._now = file, now
        self._since = _read(file) if file is not None else {}

    def __contains__(self, trunk: str) -> bool:
        since = self._since.get(trunk)
        return since is not None and since <= self._now() < since + FORGOTTEN_AFTER

    def add(self, trunk: str) -> None:
        """It refused one just now."""
        self._since[trunk] = self._now()
        if self._file is None:
            return
        text = json.dumps({name: since.isoformat() for name, since in self._since.items()})
        new = self._file.with_suffix(".new")
        try:
            new.write_text(text, "utf-8")
            new.replace(self._file)
        except OSError as error:
            log.warning("trunk.refusal_not_kept", trunk=trunk, error=str(error))


def _read(file: Path) -> dict[str, datetime]:
    try:
        kept = json.loads(file.read_text("utf-8"))
        found = {str(trunk): datetime.fromisoformat(since) for trunk, since in kept.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        log.warning("trunk.refusals_unreadable", error=str(error))
        return {}
    return {trunk: since for trunk, since in found.items() if since.tzinfo is not None}
