"""A call under way in a few words, out of its story."""

from __future__ import annotations

from datetime import UTC, datetime

from callcontrol.because import Because
from callcontrol.facts import Caller, Presentation
from callcontrol.journal import entries
from callcontrol.journal.fold import fold
from callcontrol.journal.story import Story
from callcontrol.lifecycle.calls_now import call_now, calls_now
from callcontrol.live import Doing
from callcontrol.routes import FromLine, FromTrunk
from callcontrol.routing.steps import CallEmergency, CallOutside

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LINE = "0222969569"
OUTSIDE = Caller(Presentation.SHOWN, "+33145678901")
OURS = Caller(Presentation.SHOWN, "+33222969569", "Camille", LINE, "c")


def story(*told: entries.Entry) -> Story:
    made = Story()
    for entry in told:
        fold(made, entry)
    return made


def incoming(caller: Caller = OUTSIDE) -> tuple[entries.Entry, ...]:
    return (
        entries.Entered(NOW, "c1", "ch", caller, "+33222969569", by=FromTrunk("t")),
        entries.Reached(NOW, LINE, "c"),
    )


def test_an_incoming_call_hears_rings_talks_and_is_over() -> None:
    rings = (entries.LegStarted(NOW, "leg", "sip:x", LINE), entries.LegDialled(NOW, "leg"))
    assert call_now(story(*incoming())).doing is Doing.HEARS
    ringing = call_now(story(*incoming(), *rings))
    assert (ringing.doing, ringing.caller, ringing.called) == (Doing.RINGING, "+3314567••••", LINE)
    assert call_now(story(*incoming(), *rings, entries.LegAnswered(NOW, "leg"))).doing is Doing.TALKING
    assert calls_now([story(*incoming(), entries.Ended(NOW)), Story()]) == ()


def test_whoever_hides_is_no_number() -> None:
    assert call_now(story(*incoming(Caller(Presentation.ANONYMOUS)))).caller == "anonymous"


def test_an_outside_number_is_masked_and_an_emergency_is_not() -> None:
    dialled = entries.Entered(NOW, "c1", "ch", OURS, "0612345678", by=FromLine(LINE))
    placed = CallOutside("+33612345678", "+33222969569", False, Because("outgoing.outside"))
    seen = call_now(story(dialled, entries.OutgoingDecided(NOW, placed)))
    assert (seen.from_line, seen.called, seen.to_line) == (LINE, "+3361234••••", None)
    rescue = CallEmergency("112", "+33222969500", Because("outgoing.emergency"))
    assert call_now(story(dialled, entries.OutgoingDecided(NOW, rescue))).called == "112"
