"""What a person is told for what is wrong stays word for word: company file, configuration, settings, web forms."""

from __future__ import annotations

import json

import pytest

from callcontrol.sentences import files, secrets, settings, sounds
from callcontrol.sentences.table import SENTENCES
from tests.unit.sentences.wrong import TOLD, told

KEPT: dict[str, list[str]] = json.loads(TOLD.read_text(encoding="utf-8"))
NOW = told()


@pytest.mark.parametrize("wrong", sorted(KEPT.keys() | NOW.keys()))
def test_a_wrong_input_is_told_in_the_same_words(wrong: str) -> None:
    assert NOW.get(wrong) == KEPT.get(wrong)
    assert NOW[wrong], "this input is not refused"


def test_no_code_has_two_sentences() -> None:
    tables = (files.SENTENCES, secrets.SENTENCES, settings.SENTENCES, sounds.SENTENCES)
    assert len(SENTENCES) == sum(len(table) for table in tables)
