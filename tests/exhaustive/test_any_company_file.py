"""Whatever comes as a company file, it is a company or it is refused in sentences."""

from __future__ import annotations

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from callcontrol.errors import SettingsInvalid
from callcontrol.provisioning.model import CompanyFile
from callcontrol.provisioning.parse import parse
from tests.unit.provisioning.test_company_file import DEMO


def answers(raw: bytes | str) -> None:
    """The one promise: a whole company, or SettingsInvalid with sentences."""
    mistakes = []
    try:
        company: CompanyFile | None = parse(raw)
    except SettingsInvalid as invalid:
        company, mistakes = None, invalid.mistakes
    assert (company is None) == bool(mistakes)
    assert all(mistake.text and mistake.line and mistake.line >= 1 for mistake in mistakes)


@given(st.binary(max_size=400))
def test_whatever_bytes_come_the_answer_is_a_company_or_mistakes(raw: bytes) -> None:
    answers(raw)


@given(st.text(max_size=400))
def test_whatever_text_comes_the_answer_is_a_company_or_mistakes(raw: str) -> None:
    answers(raw)


SECTIONS = ("company", "lines", "groups", "short_codes", "pickup_groups", "sites", "barring", "members")
FIELDS = ("name", "number", "extension", "language", "pin", "code", "max_calls", "country", "timezone", "x")
KEYS = st.sampled_from(SECTIONS + FIELDS)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=12),
        st.sampled_from(["0222969569", "4002", "112", "fr", "FR", "Main", "731946", "Europe/Paris"]),
    ),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(KEYS, children, max_size=6),
    max_leaves=30,
)


@settings(max_examples=300)
@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_whatever_yaml_comes_the_answer_is_a_company_or_mistakes(document: object) -> None:
    answers(yaml.safe_dump(document, allow_unicode=True))


@settings(max_examples=300)
@given(st.data())
def test_the_demo_company_damaged_anywhere_is_still_answered(data: st.DataObject) -> None:
    raw = DEMO.read_bytes()
    begin = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(begin, min(len(raw), begin + 40)))
    answers(raw[:begin] + data.draw(st.binary(max_size=20)) + raw[end:])
