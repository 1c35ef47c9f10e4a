"""The texts of the pages: whole in both languages, and each that a template names is there."""

from __future__ import annotations

import importlib
import pkgutil
import re
import string

import pytest

from callcontrol.portal_bridge.pages import words
from callcontrol.portal_bridge.pages.frame import TEMPLATES
from callcontrol.portal_bridge.pages.words import Table, Words, frame

TABLES: dict[str, Table] = {
    module.name: importlib.import_module(f"{words.__name__}.{module.name}").WORDS
    for module in pkgutil.iter_modules(words.__path__)
}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_text_is_there_in_both_languages_with_the_same_places(name: str) -> None:
    for key, (french, english) in TABLES[name].items():
        assert french.strip(), key
        assert english.strip(), key
        assert _places(french) == _places(english), key
        assert "<" not in french + english, "a text is no HTML"
        assert "'" not in french, f"{key}: French has ’"


def _places(text: str) -> set[str | None]:
    return {place for _, place, _, _ in string.Formatter().parse(text)} - {None}


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES))
)
def test_every_text_that_a_template_names_exists(path: object) -> None:
    text = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    named = set(re.findall(r'\bt\([\'"]([a-z_0-9]+)[\'"](?! ~)', text))
    known = {key for table in TABLES.values() for key in table}
    assert named <= known, named - known


def test_french_has_its_spaces_and_what_is_put_in_is_text() -> None:
    told = Words("fr", {"x": ("Voici : « {name} » !", "Here: “{name}”")}, frame.WORDS)
    assert told("x", name="<b>") == "Voici\u00a0: «\u00a0&lt;b&gt;\u00a0»\u00a0!"
    with pytest.raises(KeyError):
        told("nothing")
