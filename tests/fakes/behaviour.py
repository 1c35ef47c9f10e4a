"""What the far end of a leg does: a phone, or a number outside. Seconds count from the moment it is dialled."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Rings after ``rings`` s; then answers, rejects or redirects at its time; or goes on ringing.

    ``rings=None`` never says 180. A far end that does nothing at all is ended by SIP's own timer (408).
    """

    rings: float | None = 0.1
    progresses: float | None = None
    """Says 183 after so many seconds."""
    queues: float | None = None
    """Says 182 after so many seconds: no event tells of it."""
    answers: float | None = None
    rejects: int | None = None
    """A SIP status, at ``after``."""
    redirects: str | None = None
    """302 to this user, at ``after``."""
    after: float = 0.5
    leaves: float | None = None
    """Hangs up so many seconds after its answer."""
    presses: tuple[tuple[float, str], ...] = ()
    """Keys, each so many seconds after its answer."""
    gone: bool = False
    """The contact has just gone (or never was): the leg cannot be made."""

    @property
    def silent(self) -> bool:
        """It never says a word."""
        says = (self.rings, self.progresses, self.queues, self.answers, self.rejects, self.redirects)
        return all(word is None for word in says)


SILENT = Behaviour(rings=None)
GONE = Behaviour(gone=True)
UNKNOWN_NUMBER = Behaviour(rings=None, rejects=404, after=0.2)
