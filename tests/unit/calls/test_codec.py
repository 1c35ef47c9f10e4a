"""The codec of the journal across releases: what a later or an earlier one wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import pytest

from callcontrol.journal.codec import Codec, encode
from tests.unit.calls.story_entries import MORNING


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Lamp:
    """As this release knows it: ``since`` and ``shades`` are newer than the journals of the last one."""

    colour: Colour
    since: datetime | None = None
    shades: tuple[Colour, ...] | None = None


def _another_lamp() -> type:
    @dataclass(frozen=True)
    class Lamp:
        watts: int

    return Lamp


CODEC = Codec(Lamp)


def test_two_classes_of_one_name_are_refused_when_the_codec_is_made() -> None:
    with pytest.raises(AssertionError, match="two classes are called Lamp"):
        Codec(Lamp, _another_lamp())


def test_a_class_that_stands_in_two_unions_is_one_class() -> None:
    assert Codec(Lamp, Lamp).decode(encode(Lamp(Colour.RED))) == Lamp(Colour.RED)


def test_a_field_of_a_later_release_is_passed_over() -> None:
    assert CODEC.decode({"$": "Lamp", "colour": "red", "watts": {"$": "Watts", "n": 3}}) == Lamp(Colour.RED)


def test_a_field_that_an_earlier_release_did_not_have_is_its_default() -> None:
    assert CODEC.decode({"$": "Lamp", "colour": "red"}) == Lamp(Colour.RED, None, None)


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        ({"$": "Lamp"}, TypeError),
        ({"$": "Lamp", "colour": "blue"}, ValueError),
        ({"$": "Lantern", "colour": "red"}, KeyError),
        ({"$": ["Lamp"], "colour": "red"}, TypeError),
    ],
    ids=["a field without default is missing", "a value of a later release", "a class of one", "rubbish"],
)
def test_what_cannot_be_understood_is_refused(raw: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        CODEC.decode(raw)


def test_a_list_that_may_be_missing_comes_back_with_its_kinds() -> None:
    lamp = Lamp(Colour.RED, MORNING, (Colour.RED, Colour.RED))
    again = CODEC.decode(encode(lamp))
    assert again == lamp
    assert {type(shade) for shade in again.shades} == {Colour}
