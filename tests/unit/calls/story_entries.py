"""Hypothesis strategies for every entry of a call's story, with everything that may stand in one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from callcontrol.because import Because
from callcontrol.facts import Caller, Device, Guest, Presentation
from callcontrol.history import Peer
from callcontrol.journal import entries
from callcontrol.message import Message, MessageKind
from callcontrol.routing import steps
from callcontrol.routing.steps import DiversionReason, RefusalKind

MORNING = datetime(2026, 11, 18, 9, tzinfo=UTC)
INSTANTS = st.integers(0, 10**9).map(lambda n: MORNING + timedelta(milliseconds=n))
TEXTS = st.text(max_size=12)
NAMES = st.none() | TEXTS
IDS = st.text("0123456789abcdef-", min_size=1, max_size=8)
LINES = st.sampled_from(["0222969569", "0222969570", "0222969571"])
BECAUSE = st.builds(Because, TEXTS, st.lists(st.tuples(TEXTS, TEXTS), max_size=2).map(tuple))
DEVICES = st.lists(st.builds(Device, TEXTS, NAMES), max_size=3).map(tuple)
CALLERS = st.builds(
    Caller, st.just(Presentation.SHOWN), NAMES, NAMES, st.none() | LINES, NAMES, NAMES, NAMES
) | st.builds(Caller, st.sampled_from([Presentation.ANONYMOUS, Presentation.UNAVAILABLE]), name=NAMES)
GUESTS = st.builds(Guest, IDS, CALLERS, NAMES.map(str), st.none() | LINES)
PEERS = st.builds(Peer, st.sampled_from(Presentation), NAMES, NAMES)
MESSAGES = st.builds(
    Message, IDS, LINES, st.sampled_from(MessageKind), PEERS, INSTANTS, TEXTS,
    st.none() | st.floats(0, 300), st.none() | st.integers(0, 99), st.booleans(), st.booleans(),
    st.none() | INSTANTS, st.none() | IDS,
)  # fmt: skip
SECONDS = st.integers(0, 3600) | st.floats(0, 3600)
STEPS = (
    st.builds(steps.Ring, DEVICES, SECONDS, BECAUSE, st.booleans())
    | st.builds(steps.ForwardInside, LINES, st.sampled_from(DiversionReason), BECAUSE)
    | st.builds(steps.ForwardOutside, TEXTS, st.sampled_from(DiversionReason), BECAUSE, SECONDS)
    | st.builds(steps.TakeMessage, LINES, BECAUSE, st.booleans(), st.booleans())
    | st.builds(steps.Refuse, TEXTS, st.sampled_from(RefusalKind), BECAUSE)
)
OUTGOING = (
    st.builds(steps.CallLine, LINES, BECAUSE, st.booleans(), st.booleans())
    | st.builds(steps.CallOutside, TEXTS, TEXTS, st.booleans(), BECAUSE)
    | st.builds(steps.CallEmergency, TEXTS, TEXTS, BECAUSE)
    | st.builds(steps.RunStarCode, TEXTS, TEXTS, BECAUSE)
    | st.builds(steps.Refuse, TEXTS, st.sampled_from(RefusalKind), BECAUSE)
)
OUTCOMES = (
    st.builds(steps.Answered, TEXTS)
    | st.builds(steps.NoAnswer)
    | st.builds(steps.Busy, st.booleans())
    | st.builds(steps.Unreachable)
    | st.builds(steps.Redirected, TEXTS)
    | st.builds(steps.MessageTaken, st.none() | IDS)
    | st.builds(steps.Refused)
)
STATUS = st.none() | st.integers(200, 699)
ENTERED = st.builds(
    entries.Entered, INSTANTS, IDS, IDS, CALLERS, TEXTS, st.lists(TEXTS, max_size=3).map(tuple)
)
LETTERS = st.lists(MESSAGES, max_size=2).map(tuple)
ENTRIES = (
    ENTERED
    | st.builds(entries.OutgoingDecided, INSTANTS, OUTGOING)
    | st.builds(entries.Reached, INSTANTS, LINES)
    | st.builds(entries.Decided, INSTANTS, STEPS)
    | st.builds(entries.CameOf, INSTANTS, OUTCOMES)
    | st.builds(entries.LegStarted, INSTANTS, IDS, TEXTS, st.none() | LINES)
    | st.builds(entries.LegDialled, INSTANTS, IDS)
    | st.builds(entries.LegAnswered, INSTANTS, IDS)
    | st.builds(entries.LegEnded, INSTANTS, IDS, TEXTS, STATUS)
    | st.builds(entries.Transferred, INSTANTS, IDS, LINES, GUESTS, OUTGOING, st.booleans())
    | st.builds(entries.Replaced, INSTANTS, IDS, LINES, GUESTS, IDS, IDS)
    | st.builds(entries.CallerAnswered, INSTANTS)
    | st.builds(entries.RecordingStarted, INSTANTS, MESSAGES)
    | st.builds(entries.MarkedUrgent, INSTANTS, IDS, st.booleans())
    | st.builds(entries.RecordingDone, INSTANTS, IDS, st.none() | st.floats(0, 300))
    | st.builds(entries.AccessReached, INSTANTS, TEXTS)
    | st.builds(entries.MenuOpened, INSTANTS, LINES)
    | st.builds(entries.MenuPlays, INSTANTS, IDS)
    | st.builds(entries.DraftStarted, INSTANTS, IDS)
    | st.builds(entries.DraftDropped, INSTANTS, IDS)
    | st.builds(entries.Sending, INSTANTS, LETTERS, st.none() | IDS, NAMES)
    | st.builds(entries.Sent, INSTANTS, LETTERS)
    | st.builds(entries.Ended, INSTANTS)
)
