"""A call lives what ``explain`` tells: random settings, phones and callers, one call after the other.

``explain`` is told what came of each step, as the journal has it; its lines, steps, reasons and end must then be
those of the call. Some calls die with their process on the way and are taken up by the next.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.typing import EventDict

from callcontrol.facts import Caller, Device, Group, IncomingCall, Licence, LineState
from callcontrol.journal.entries import CameOf, Decided, Entered, Entry, OutgoingDecided, Reached
from callcontrol.journal.fold import fold
from callcontrol.journal.story import Story
from callcontrol.routing.decide import CalledLine
from callcontrol.routing.explain import explain
from callcontrol.routing.steps import Answered, ForwardInside, NoAnswer, Outcome, Step
from tests.exhaustive.test_calls_random import CALLERS, furnish
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import COMPANY, LINES, World

pytestmark = VIRTUAL_TIME

CALLS = 150
GROUP = "0222969500"
HUNG_UP = Answered("nobody: the caller has left")
"""What ``explain`` is told of the step during which the caller left, so that it ends there too."""


def furnished(world: World, dice: random.Random) -> None:
    """Anything is set, Sacha has the advanced manager, and Camille may forward to a group, where nobody answers."""
    furnish(world, dice)
    somewhere = ["4002", "4003", "4004", "4900", "0612345678"]
    after = [
        {"action": dice.choice(["forward", "voicemail", "refuse"]), "number": dice.choice(somewhere)}
    ] * 2
    world.line("4005").sets_document(
        "call-manager-advanced",
        {"incoming": dice.choice(["ring", "ring", "forward"]), "number": dice.choice(somewhere)}
        | dict(zip(("no_answer", "busy"), after, strict=True)),
    )
    if dice.random() < 0.3:
        world.line("4002").sets(incoming="forward", unconditional={"number": "4900"})


async def one_call(world: World, dice: random.Random) -> list[Entry]:
    """A call from outside or from a colleague, to its end; what its journal was told."""
    before = len(world.entries())
    to = dice.choice(LINES)
    if dice.random() < 0.6:
        call = world.trunk_call(to=to.number, speaks=1.0, **dice.choice(CALLERS))
    else:
        other = dice.choice([line for line in LINES if line is not to])
        call = world.line(other.number).dials(to.extension or "", phone=1, speaks=1.0)
    call.will_hang_up(dice.choice([3.0, 90.0, 400.0]))
    if dice.random() < 0.2:
        world.later(dice.uniform(0, 12), world.process.die)
        await world.dies()
        await world.returns(away=0.2)
    await call.ends()
    return world.entries()[before:]


def lived(told: Sequence[Entry]) -> list[tuple[str, Step]]:
    """The decisions of a call, each with its line."""
    steps, line = [], ""
    for entry in told:
        if isinstance(entry, Reached):
            line = entry.line
        elif isinstance(entry, Decided):
            steps.append((line, entry.step))
    return steps


def explained(world: World, told: Sequence[Entry]) -> list[tuple[str, Step]]:
    """What ``explain`` tells of the same call, given what came of its steps."""
    directory, story = world.directory, Story()
    for entry in told:
        if isinstance(entry, (Entered, OutgoingDecided, Reached)):
            fold(story, entry)
    outcomes = _outcomes(told)

    def called(number: str) -> CalledLine | None:
        line = directory.account(number)
        if line is None:
            return None
        devices = tuple(Device(contact) for contact in world.asterisk.contacts.get(number, {}))
        return CalledLine(
            line, COMPANY, directory.settings(number), LineState(devices), directory.contacts(number)
        )

    first = story.hops[0]
    call = IncomingCall(_with_phone(story.seen, world), first.line, story.diversions, len(story.diversions))
    steps = explain(call, first.line, called, directory, first.started_at, lambda _: next(outcomes, HUNG_UP))
    return [(each.line, each.step) for each in steps]


def _with_phone(caller: Caller, world: World) -> Caller:
    """The caller with the contact of the phone in its hand, which must not ring."""
    contacts = world.asterisk.contacts.get(caller.line or "", {})
    return replace(
        caller, device=next((each for each in contacts if each.endswith(f"@{caller.device}")), None)
    )


def _outcomes(told: Sequence[Entry]) -> Iterator[Outcome]:
    """What came of the steps that ``explain`` cannot know: of a forward to nobody it knows it."""
    step: Step | None = None
    for entry in told:
        if isinstance(entry, Decided):
            step = entry.step
        elif isinstance(entry, CameOf):
            if isinstance(step, ForwardInside):
                assert entry.outcome == NoAnswer()
            else:
                yield entry.outcome


@pytest.mark.parametrize("seed", range(3))
async def test_a_call_lives_what_explain_tells(seed: int, tmp_path: Path, log: list[EventDict]) -> None:
    dice = random.Random(2000 + seed)
    world = World(tmp_path)
    world.change_line("4005", licence=Licence.FULL_MEETING_ADVANCED)
    world.directory.put_group(Group(GROUP, "demo", "Accueil", extension="4900"))
    rules: Counter[str] = Counter()
    hops: Counter[int] = Counter()
    for number in range(CALLS):
        if number % 3 == 0:
            furnished(world, dice)
        told = await one_call(world, dice)
        steps = lived(told)
        if not steps:  # it ended before any decision: barred, or the caller left at once
            continue
        assert explained(world, told) == steps
        rules.update(step.because.rule for _, step in steps)
        hops[sum(isinstance(entry, Reached) for entry in told)] += 1
    world.nothing_left()
    assert len(rules) >= 12, rules
    assert hops[2] + hops[3] + hops[4] >= 10, hops
    assert len(world.processes) > 10
