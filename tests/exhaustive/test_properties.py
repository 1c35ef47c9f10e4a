"""What holds for every settings document, caller and state: the properties of the decision (Hypothesis)."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from callcontrol.directory.directory import Directory
from callcontrol.facts import (
    Barring,
    Caller,
    Company,
    Device,
    IncomingCall,
    LineState,
    Presentation,
)
from callcontrol.numbers import EMERGENCY_NUMBERS
from callcontrol.routing.decide import CalledLine, decide
from callcontrol.routing.explain import MOST_STEPS, explain, sentence
from callcontrol.routing.outgoing import decide_outgoing
from callcontrol.routing.steps import (
    Busy,
    CallEmergency,
    ForwardInside,
    ForwardOutside,
    MessageTaken,
    NoAnswer,
    Outcome,
    Redirected,
    Refuse,
    Refused,
    Ring,
    Step,
    TakeMessage,
    Tried,
    Unreachable,
)
from callcontrol.routing.walk import is_over
from callcontrol.settings.parse import parse
from tests.unit.routing.world import ANONYMOUS, BOOK, COLLEAGUE, LINES, NOW, STRANGER, UNAVAILABLE, A, B, C, D

TARGETS = ["4002", "4003", "4004", "4005", "4900", "550", "551", "0660606060", "0222969570", "+441632960000",
           "0899000000", "3631", "4999", "112", "0345000000"]  # fmt: skip
DIALLED = [*TARGETS, "*72", "*67112", "*670660606060", "*999", "abc", "", *sorted(EMERGENCY_NUMBERS)]

numbers_ = st.sampled_from(TARGETS)
switch = st.booleans()
callers = st.fixed_dictionaries(
    {},
    optional={
        "numbers": st.lists(st.sampled_from(["0140000000", "01*", "00*", "4003", "02*"]), max_size=2),
        "contacts": st.lists(st.sampled_from(["dupont", "nick", "colleague", "gone"]), max_size=2),
        "contact_groups": st.lists(st.sampled_from(["family", "friends", "nobody"]), max_size=2),
        "extensions": st.lists(st.sampled_from(["4002", "4003", "4005"]), max_size=2),
    },
)
with_callers = st.fixed_dictionaries({"enabled": switch, "callers": callers})
managers = st.fixed_dictionaries(
    {},
    optional={
        "incoming": st.sampled_from(["ring", "ring", "forward", "voicemail"]),
        "dnd": st.fixed_dictionaries({"enabled": switch, "priority_enabled": switch, "priority": callers}),
        "no_answer": st.fixed_dictionaries(
            {
                "forward_enabled": switch,
                "number": numbers_,
                "forward_after": st.integers(6, 3600),
                "voicemail_enabled": switch,
                "voicemail_after": st.integers(0, 60),
            }
        ),
        "busy": st.fixed_dictionaries(
            {"forward_enabled": switch, "number": numbers_, "voicemail_enabled": switch}
        ),
        "unavailable": st.fixed_dictionaries({"forward_enabled": switch, "number": numbers_}),
        "selective_forward": st.fixed_dictionaries(
            {"enabled": switch, "number": numbers_, "callers": callers}
        ),
        "selective_reject": with_callers,
        "distinctive_ring": with_callers,
        "reject_anonymous": switch,
    },
).flatmap(lambda raw: numbers_.map(lambda number: {**raw, "unconditional": {"number": number}}))
after = st.fixed_dictionaries(
    {"action": st.sampled_from(["forward", "voicemail", "refuse"]), "number": numbers_}
)
advanced = st.fixed_dictionaries(
    {
        "incoming": st.sampled_from(["ring", "forward", "voicemail"]),
        "number": numbers_,
        "no_answer": after,
        "busy": after,
    }
)
barrings = st.fixed_dictionaries({barring.value: switch for barring in Barring})
people = st.sampled_from(
    [
        STRANGER,
        ANONYMOUS,
        UNAVAILABLE,
        COLLEAGUE,
        Caller(Presentation.ANONYMOUS, line=B, company="demo", extension="4003", device=f"sip:1@{B}"),
        Caller(
            Presentation.SHOWN, "+33222969569", line=A, company="demo", extension="4002", device=f"sip:0@{A}"
        ),
        Caller(Presentation.SHOWN, "+33222969569", line=A, company="demo", extension="4002"),
        Caller(Presentation.SHOWN, "+33660606060"),
    ]
)
outcomes: st.SearchStrategy[Outcome] = st.sampled_from(
    [
        NoAnswer(),
        Busy(),
        Busy(declined=True),
        Unreachable(),
        *(Redirected(target) for target in [*TARGETS, "*72", "x"]),
    ]
)
NUMBERS = (A, B, C, D)


class World:
    """A company with four lines whose settings, devices and calls are anything."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.company = Company(
            "demo",
            "Démo",
            max_calls=draw(st.sampled_from([None, 0, 3])),
            barring=frozenset(draw(st.sets(st.sampled_from(list(Barring)), max_size=2))),
        )
        self.directory = filled(self.company, draw)
        self.states = {
            number: LineState(
                tuple(Device(f"sip:{index}@{number}") for index in range(draw(st.integers(0, 2)))),
                draw(st.sampled_from([0, 0, 4, 5])),
                draw(st.integers(0, 4)),
            )
            for number in NUMBERS
        }
        self.call = IncomingCall(
            draw(people),
            A,
            tuple(draw(st.sampled_from([[], [], [B], ["+33660606060"]]))),
            draw(st.integers(0, 6)),
        )
        self.outcomes: list[Outcome] = draw(st.lists(outcomes, min_size=1, max_size=6))

    def called(self, number: str) -> CalledLine | None:
        line = self.directory.line(number)
        if line is None:
            return None
        return CalledLine(line, self.company, self.directory.settings(number), self.states[number], BOOK)


def filled(company: Company, draw: st.DrawFn) -> Directory:
    made = Directory()
    made.put_company(company)
    for line in LINES:
        made.put_line(line)
        for name, documents in (("call-manager", managers), ("call-manager-advanced", advanced)):
            raw: Any = draw(documents)
            parse(name, raw)
            made.put_document(line.number, name, raw)
        made.put_document(line.number, "call-settings", {"barring": draw(barrings)})
    made.put_short_code("demo", "550", "0970711058")
    made.put_short_code("demo", "551", "00441632960000")
    return made


@st.composite
def worlds(draw: st.DrawFn) -> World:
    return World(draw)


def played(world: World) -> list[tuple[str, Step]]:
    """The call with the drawn outcomes, to its end."""
    drawn = iter(world.outcomes * MOST_STEPS)

    def outcome(step: Step) -> Outcome:
        match step:
            case TakeMessage():
                return MessageTaken()
            case Refuse():
                return Refused()
            case ForwardOutside() | ForwardInside() | Ring():
                return next(drawn)

    story = explain(world.call, A, world.called, world.directory, NOW, outcome)
    assert story[-1].outcome is not None
    assert is_over(story[-1].outcome), "a call always ends"
    return [(each.line, each.step) for each in story]


@given(worlds())
@settings(max_examples=120, deadline=None)
def test_a_call_ends_soon_never_loops_and_never_rings_its_caller(world: World) -> None:
    steps = played(world)
    assert len(steps) <= 6 * 4
    visited = [A] + [step.line for _, step in steps if isinstance(step, ForwardInside)]
    assert len(visited) == len(set(visited)), "no line is reached twice"
    assert len(visited) - 1 + world.call.forwards <= 5 or len(visited) == 1
    outside = [step for _, step in steps if isinstance(step, ForwardOutside)]
    assert len(outside) <= 1
    for _, step in steps:
        if isinstance(step, Ring):
            assert step.devices
            assert 0 < step.seconds <= 3600
            assert all(device.contact != world.call.caller.device for device in step.devices)


@given(worlds())
@settings(max_examples=120, deadline=None)
def test_every_step_has_a_reason_in_both_languages(world: World) -> None:
    for _, step in played(world):
        for language in ("fr", "en"):
            text = sentence(step.because, language)
            assert "?" not in text
            assert not text.startswith(("Règle ", "Rule "))


@given(worlds())
@settings(max_examples=120, deadline=None)
def test_voicemail_is_always_the_first_lines_and_the_call_ends_there(world: World) -> None:
    steps = [step for _, step in played(world)]
    for step in steps:
        if isinstance(step, TakeMessage):
            assert step.box == world.call.first_line
    assert not any(isinstance(step, (TakeMessage, Refuse)) for step in steps[:-1])


@given(worlds())
@settings(max_examples=120, deadline=None)
def test_a_refused_caller_makes_nothing_ring_on_that_line(world: World) -> None:
    steps = played(world)
    refused = {line for line, step in steps if step.because.rule in ("refuse.anonymous", "refuse.selective")}
    assert not any(line in refused and isinstance(step, (Ring, TakeMessage)) for line, step in steps)


@given(worlds())
@settings(max_examples=120, deadline=None)
def test_no_forward_passes_barring_or_the_companys_limit(world: World) -> None:
    for number, step in played(world):
        if not isinstance(step, ForwardOutside):
            continue
        most, state = world.company.max_calls, world.states[number]
        assert most is None or state.company_outside_calls < most
        barred = world.directory.settings(number).call_settings.barring
        if step.number.startswith("+33") and not step.number.startswith("+338"):
            assert not barred.national
            assert Barring.NATIONAL not in world.company.barring
        assert step.number not in EMERGENCY_NUMBERS


@given(worlds(), outcomes)
@settings(max_examples=120, deadline=None)
def test_the_same_facts_give_the_same_step(world: World, outcome: Outcome) -> None:
    called = world.called(A)
    assert called is not None
    first = decide(world.call, called, world.directory, NOW, ())
    assert first == decide(world.call, called, world.directory, NOW, ())
    if isinstance(first, Ring):
        tried = (Tried(first, outcome),)
        assert decide(world.call, called, world.directory, NOW, tried) == decide(
            world.call, called, world.directory, NOW, tried
        )


@given(worlds(), st.sampled_from(DIALLED), switch, st.sampled_from(["", "*67", "*82"]))
@settings(max_examples=120, deadline=None)
def test_an_emergency_call_always_goes_out_and_nothing_else_passes_for_one(
    world: World, dialled: str, withheld: bool, prefix: str
) -> None:
    called = world.called(A)
    assert called is not None
    step = decide_outgoing(
        called.line, world.company, called.settings, called.state, prefix + dialled, world.directory,
        withheld_by_phone=withheld,
    )  # fmt: skip
    assert isinstance(step, CallEmergency) is (
        dialled in EMERGENCY_NUMBERS or (dialled == "*67112" and not prefix)
    )
    assert "?" not in sentence(step.because, "fr") + sentence(step.because, "en")
