"""The far ends of legs: each does what its behaviour says, at its time, whether the app looks on or not."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from callcontrol.telephony import ChannelProgressing, ChannelRinging, DialRedirected
from tests.fakes import sip
from tests.fakes.behaviour import SILENT
from tests.fakes.channel import FakeChannel

if TYPE_CHECKING:
    from tests.fakes.asterisk import FakeAsterisk


class FarEnds:
    """Phones and numbers outside."""

    def __init__(self, system: FakeAsterisk) -> None:
        self._system = system

    def dial(self, leg: FakeChannel, timeout: int) -> None:
        """Call the far end of a leg, for at most ``timeout`` seconds."""
        leg.dialled, leg.dialled_at, leg.dial_timeout = True, self._system.time, timeout
        leg.last_answer = None if leg.behaviour.silent else 100
        self.goes_on(leg)
        self._system.changed()

    def goes_on(self, leg: FakeChannel) -> None:
        """What the far end of a dialled leg has still to do, counted from when it was dialled."""
        assert leg.dialled_at is not None
        does, later, passed = leg.behaviour, self._system.later, self._system.time - leg.dialled_at
        if leg.state == "Up":
            self._leaves(leg)
            return
        if does.rings is not None and not leg.rung:
            later(leg, does.rings - passed, self._rings)
        if does.answers is not None:
            later(leg, does.answers - passed, self._answers)
        if does.rejects is not None:
            status = does.rejects
            later(
                leg, does.after - passed, lambda c: self._system.end(c, sip.CAUSE_OF_STATUS[status], status)
            )
        if does.redirects is not None:
            later(leg, does.after - passed, self._redirects)
        if does.silent or does == SILENT:
            later(leg, sip.TIMER_B_SECONDS - passed, lambda c: self._system.end(c, 18, 408))
        later(leg, leg.dial_timeout - passed, self._time_is_up)

    def _rings(self, leg: FakeChannel) -> None:
        leg.rung, leg.last_answer = True, leg.behaviour.says
        match leg.behaviour.says:
            case 180:
                leg.state = "Ringing"
                self._system.emit(ChannelRinging(leg.told()))
            case 183:
                leg.early_sound = leg.behaviour.early_sound
                self._system.emit(ChannelProgressing(leg.told()))

    def _answers(self, leg: FakeChannel) -> None:
        self._system.answer(leg)
        self._leaves(leg)

    def _leaves(self, leg: FakeChannel) -> None:
        assert leg.answered_at is not None
        for seconds, key in leg.behaviour.presses:
            left = leg.answered_at + seconds - self._system.time
            if left > 0:
                self._system.later(leg, left, partial(self._system.press, digit=key))
        if leg.behaviour.leaves is not None:
            passed = self._system.time - leg.answered_at
            self._system.later(leg, leg.behaviour.leaves - passed, self._system.far_end_leaves)

    def _time_is_up(self, leg: FakeChannel) -> None:
        if leg.state != "Up":
            self._system.end(leg, 19, 480)

    def _redirects(self, leg: FakeChannel) -> None:
        assert leg.behaviour.redirects is not None
        redirected = DialRedirected(leg.told(), leg.behaviour.redirects)
        self._system.emit(redirected)
        self._system.end(leg, 23, 302, meanwhile=(redirected, redirected))
