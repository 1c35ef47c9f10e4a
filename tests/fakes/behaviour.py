"""What the far end of a leg does: a phone, or a number outside. Seconds count from the moment it is dialled."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Says 100 at once; rings after ``rings`` s; then answers, rejects or redirects at its time; or goes on ringing.

    ``rings=None`` never says 180. A far end that does nothing at all is ended by SIP's own timer (408).
    """

    rings: float | None = 0.1
    says: int = 180
    """How it tells that it rings: 180, 181, 182 or 183."""
    early_sound: bool = False
    """Sound comes with its 183."""
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
    takes: str = "both"
    """``plain``, ``encrypted`` (RTP/SAVP) or ``both``: what its sound may be; an offer of the other alone gets 488."""
    gone: bool = False
    """There is no such endpoint (the line or trunk was deleted a moment ago): the leg cannot be made."""

    @property
    def silent(self) -> bool:
        """It never says a word."""
        says = (self.rings, self.answers, self.rejects, self.redirects)
        return says == (None,) * len(says)


SILENT = Behaviour(rings=None)
GONE = Behaviour(gone=True)
NO_SUCH_SOUND = Behaviour(rings=None, rejects=488, after=0.05)
UNKNOWN_NUMBER = Behaviour(rings=None, rejects=404, after=0.2)
