"""What is known of each trunk: whether it takes calls, and whether it lets us show numbers that are not ours.

The one place for it: calls ask in which order to try the trunks, the metrics tell their state, an alarm is a log line
at level error. The last thing that was seen counts: an answer to a call, a call that it brought, a call that it did not
answer, a change of what Asterisk's own OPTIONS find, or of our registration. So an operator that answers calls but no
OPTIONS lives; one that has refused our registration is dead, whatever it says to OPTIONS, until it registers us or
takes a call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import structlog

from callcontrol.call.refusals import Refusals
from callcontrol.clock import SystemClock
from callcontrol.config.load import TrunkConfig
from callcontrol.live import Refusal, Registration, TrunkNow
from callcontrol.ports.clock import Clock

log = structlog.get_logger()

TRY_AGAIN_SECONDS = 30.0
"""A trunk that left a call without any answer is not tried for so long, unless it is heard of before."""


class TrunkState(StrEnum):
    """What the last thing that was seen of a trunk says."""

    UNKNOWN = "unknown"
    ALIVE = "alive"
    DEAD = "dead"


@dataclass(slots=True)
class _Seen:
    state: TrunkState = TrunkState.UNKNOWN
    reachable: bool | None = None
    """What Asterisk's OPTIONS found last."""
    try_again_at: float | None = None
    since: datetime | None = None
    registration: Registration = Registration.NONE
    registration_since: datetime | None = None
    last_refusal: Refusal | None = None
    unresolved: tuple[str, ...] = ()
    certificate: str | None = None


class Trunks:
    """The configured trunks in their order, with what was seen of each. Never awaits."""

    def __init__(
        self, configured: Sequence[TrunkConfig], clock: Clock | None = None, refusals: Refusals | None = None
    ) -> None:
        self.configured = tuple(configured)
        self._clock = clock or SystemClock()
        self._refusals = refusals or Refusals(now=self._clock.now)
        self._seen = {trunk.name: _Seen() for trunk in configured}
        for trunk in configured:
            if trunk.register:
                self._seen[trunk.name].registration = Registration.TRYING

    def named(self, name: str) -> TrunkConfig | None:
        """The trunk of this name."""
        return next((trunk for trunk in self.configured if trunk.name == name), None)

    def state(self, name: str) -> TrunkState:
        """Whether it takes calls, as far as is known."""
        seen = self._seen[name]
        again = seen.try_again_at is not None and asyncio.get_running_loop().time() >= seen.try_again_at
        return TrunkState.UNKNOWN if seen.state is TrunkState.DEAD and again else seen.state

    def now(self) -> tuple[TrunkNow, ...]:
        """All of it, in the order of the configuration, for those who watch."""
        return tuple(
            TrunkNow(
                name,
                self.state(name).value,
                seen.since,
                seen.reachable,
                seen.registration,
                seen.registration_since,
                seen.last_refusal,
                seen.unresolved,
                seen.certificate,
            )
            for name, seen in self._seen.items()
        )

    def to_try(self, *, emergency: bool) -> tuple[TrunkConfig, ...]:
        """The trunks that a call tries, in order. One that is dead is left out; an emergency call tries it after all
        others. Where none lives every one is tried: what is known may be wrong, and nothing is lost by it. Those of
        last resort come after all that."""
        last = [trunk for trunk in self.configured if trunk.last_resort]
        first = [trunk for trunk in self.configured if not trunk.last_resort]
        dead = [trunk for trunk in first if self.state(trunk.name) is TrunkState.DEAD]
        living = [trunk for trunk in first if trunk not in dead]
        return (*living, *(dead if emergency or not living else ()), *last)

    def shows_foreign(self, trunk: TrunkConfig) -> bool:
        """Whether a number that is not ours may be shown there (spec §3, forwarded calls)."""
        return trunk.foreign_caller_id and trunk.name not in self._refusals

    # --- what is seen -------------------------------------------------------------------------------------

    def heard(self, name: str) -> None:
        """It answered a call, or brought one."""
        if name in self._seen:
            self._is(name, TrunkState.ALIVE, "heard")

    def silent(self, name: str) -> None:
        """It left a call without any answer, not even 100."""
        self._seen[name].try_again_at = asyncio.get_running_loop().time() + TRY_AGAIN_SECONDS
        self._is(name, TrunkState.DEAD, "no answer to a call")

    def qualified(self, name: str, reachable: bool | None) -> None:
        """What Asterisk's OPTIONS find now; only a change is news."""
        seen = self._seen[name]
        if reachable is None or reachable is seen.reachable:
            return
        seen.reachable = reachable
        if not reachable:
            seen.try_again_at = None
        elif seen.registration is Registration.REFUSED:
            return  # it is there, and takes no call of ours
        self._is(name, TrunkState.ALIVE if reachable else TrunkState.DEAD, "options")

    def registered(self, name: str, standing: Registration, refusal: Refusal | None = None) -> None:
        """How our registration there stands now; ``refusal``: the last one, where there is a new one."""
        seen = self._seen[name]
        before, known = seen.registration, seen.last_refusal
        other = refusal is not None and (known is None or refusal.status != known.status)
        seen.last_refusal = refusal or known
        if standing is before and not other:
            return
        if standing is not before:
            seen.registration, seen.registration_since = standing, self._clock.now()
        match standing:
            case Registration.REFUSED:
                status = seen.last_refusal.status if seen.last_refusal else None
                log.error("trunk.registration_refused", trunk=name, status=status or "no answer")
                self._is(name, TrunkState.DEAD, "registration refused")
            case Registration.REGISTERED:
                again = before is Registration.REFUSED
                (log.warning if again else log.info)("trunk.registered", trunk=name)
                self._is(name, TrunkState.ALIVE, "registered")
            case Registration.TRYING | Registration.NONE:
                pass

    def named_nowhere(self, name: str, hosts: Sequence[str]) -> None:
        """Which of its host names have no address now."""
        seen, missing = self._seen[name], tuple(hosts)
        if missing == seen.unresolved:
            return
        seen.unresolved = missing
        if missing:
            log.error("trunk.name_without_address", trunk=name, names=list(missing))
        else:
            log.warning("trunk.name_has_address", trunk=name)

    def certificate(self, name: str, why: str | None) -> None:
        """Why its certificate is not accepted; None: it is."""
        seen = self._seen[name]
        before, seen.certificate = seen.certificate, why
        if why is not None and why != before:
            log.error("trunk.certificate_refused", trunk=name, why=why)
        elif why is None and before is not None:
            log.warning("trunk.certificate_accepted", trunk=name)

    def refused_foreign(self, name: str) -> None:
        """It refused a call that showed a number that is not ours."""
        if name not in self._refusals:
            self._refusals.add(name)
            log.warning("trunk.refuses_foreign_number", trunk=name)

    def _is(self, name: str, state: TrunkState, why: str) -> None:
        seen = self._seen[name]
        before, seen.state = seen.state, state
        if state is TrunkState.ALIVE:
            seen.try_again_at = None
        if state is before:
            return
        seen.since = self._clock.now()
        if state is TrunkState.DEAD:
            log.error("trunk.dead", trunk=name, why=why)
        elif before is TrunkState.DEAD:
            log.warning("trunk.back", trunk=name, why=why)
