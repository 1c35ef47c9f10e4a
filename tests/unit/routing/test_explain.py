"""``explain``: the whole story, through the same ``decide``; and every rule in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import callcontrol.routing
from callcontrol.because import Because
from callcontrol.facts import IncomingCall, LineState
from callcontrol.routing.decide import CalledLine
from callcontrol.routing.explain import RULES, explain, sentence
from callcontrol.routing.situation import reason
from callcontrol.routing.steps import Answered, Explained
from tests.unit.routing.world import BOOK, COMPANY, DESK, NOW, STRANGER, A, B, D, directory, told

TO_B_THEN_D = {
    "A": {"no_answer": {"forward_enabled": True, "number": "4003", "forward_after": 10}},
    "B": {"incoming": "forward", "unconditional": {"number": "4005"}},
}


def story(documents: dict[str, object], *, devices: tuple[str, ...] = (A, B, D)) -> tuple[Explained, ...]:
    where = directory(COMPANY, **documents)

    def called(number: str) -> CalledLine | None:
        line = where.account(number)
        if line is None:
            return None
        state = LineState((DESK,) if number in devices else ())
        return CalledLine(line, COMPANY, where.settings(number), state, BOOK)

    return explain(IncomingCall(STRANGER, A), A, called, where, NOW)


STORIES: list[tuple[str, dict[str, object], list[str]]] = [
    ("a ring, then voicemail", {}, ["ring 1 for 60 (ring.default)", f"voicemail {A} (voicemail.no_answer)"]),
    ("a chain of forwards ends in the first line's mailbox", TO_B_THEN_D,
     ["ring 1 for 10 (ring.default)", f"inside {B} no-answer (forward.no_answer)",
      f"inside {D} unconditional (forward.unconditional)", "ring 1 for 60 (ring.default)",
      f"voicemail {A} (voicemail.no_answer)"]),
    ("A forwards to B, B to A: A's mailbox",
     {"A": {"incoming": "forward", "unconditional": {"number": "4003"}},
      "B": {"incoming": "forward", "unconditional": {"number": "4002"}}},
     [f"inside {B} unconditional (forward.unconditional)", f"voicemail {A} (voicemail.forward_loop)"]),
    ("A to B to D to A: A's mailbox",
     {"A": {"incoming": "forward", "unconditional": {"number": "4003"}},
      "B": {"incoming": "forward", "unconditional": {"number": "4005"}},
      "D": {"incoming": "forward", "unconditional": {"number": "4002"}}},
     [f"inside {B} unconditional (forward.unconditional)", f"inside {D} unconditional (forward.unconditional)",
      f"voicemail {A} (voicemail.forward_loop)"]),
    ("outside, unanswered, then voicemail", {"A": {"incoming": "forward", "unconditional": {"number": "0660606060"}}},
     ["outside +33660606060 unconditional (forward.unconditional)", f"voicemail {A} (voicemail.forward_no_answer)"]),
    ("a group has no phone of its own", {"A": {"incoming": "forward", "unconditional": {"number": "4900"}}},
     ["inside 0222969500 unconditional (forward.unconditional)", f"voicemail {A} (voicemail.unavailable)"]),
    ("a refused caller", {"A": {"selective_reject": {"enabled": True, "callers": {"contacts": ["dupont"]}}}},
     ["refuse caller-refused rejected (refuse.selective)"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("documents", "expected"), [row[1:] for row in STORIES], ids=[row[0] for row in STORIES]
)
def test_a_story(documents: dict[str, object], expected: list[str]) -> None:
    assert [told(each.step) for each in story(documents)] == expected


def test_a_story_ends_where_somebody_is_assumed_to_answer() -> None:
    where = directory()
    line = where.line(A)
    assert line is not None
    called = CalledLine(line, COMPANY, where.settings(A), LineState((DESK,)), BOOK)
    steps = explain(IncomingCall(STRANGER, A), A, lambda _: called, where, NOW, lambda _: Answered(A))
    assert [told(each.step) for each in steps] == ["ring 1 for 60 (ring.default)"]


def test_a_line_that_is_gone_has_no_story() -> None:
    assert explain(IncomingCall(STRANGER, A), A, lambda _: None, directory(), NOW) == ()


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_has_a_sentence_in_each_language_with_the_same_parameters(rule: str) -> None:
    fields: Callable[[str], set[str]] = lambda text: set(re.findall(r"{(\w+)}", text))  # noqa: E731
    assert fields(RULES[rule].fr) == fields(RULES[rule].en)
    for language in ("fr", "en"):
        text = sentence(Because(rule), language)
        assert text[0].isupper()
        assert text.endswith(".")
    assert sentence(Because(rule), "fr") != sentence(Because(rule), "en")


def test_every_rule_that_the_routing_names_is_documented() -> None:
    folder = Path(callcontrol.routing.__file__ or "").parent
    named = {
        rule
        for file in folder.glob("*.py")
        for rule in re.findall(
            r'"((?:ring|refuse|forward|voicemail|outgoing|barred)\.[a-z_]+)"', file.read_text("utf-8")
        )
    }
    assert named
    assert named <= set(RULES)


@pytest.mark.parametrize(
    ("because", "language", "text"),
    [
        (reason("forward.busy", target="+33660606060"), "fr",
         "La ligne a déjà son nombre maximum d’appels : l’appel est renvoyé vers 06 60 60 60 60."),
        (reason("forward.busy", target=B), "en",
         "The line already has its maximum number of calls: the call is forwarded to 02 22 96 95 70."),
        (reason("voicemail.forward_barred", target="+33660606060", barring="national"), "en",
         "Calls to 06 60 60 60 60 are barred (national and mobile): "
         "instead of being forwarded the call goes to voicemail."),
        (Because("later.version", (("x", "y"),)), "fr", "Règle later.version."),
        (Because("ring.default"), "en", "The line's phones ring for at most ? s."),
        (reason("ring.default", seconds="{x}"), "en", "The line's phones ring for at most {x} s."),
    ],
)  # fmt: skip
def test_a_sentence(because: Because, language: str, text: str) -> None:
    assert sentence(because, language) == text
