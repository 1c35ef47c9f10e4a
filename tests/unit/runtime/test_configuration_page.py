"""``docs/configuration.md`` has every key that the program reads, and no other: it is asked itself, by a key that there
is not, which it refuses with those that there are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from callcontrol.config.flat import flat
from callcontrol.config.load import ConfigError, load
from callcontrol.errors import SettingsInvalid
from callcontrol.provisioning.parse import parse

PAGE = (Path(__file__).parents[3] / "docs" / "configuration.md").read_text("utf-8")
CONFIGURATION, _, COMPANY = PAGE.partition("# The company file")
KNOWN = re.compile(r"known are (.+?)\.?$")


def told(text: str) -> Mapping[str, tuple[list[str], dict[str, str]]]:
    """Of each table by its heading: the last words of its keys, and their defaults."""
    found = {}
    for section in text.split("\n## ")[1:]:
        rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| `")]
        name = section.split("`")[1]
        defaults = {row[0].strip("| `"): row[1].strip("`") for row in rows}
        found[name] = ([key.rpartition(".")[2] for key in defaults], defaults)
    return found


def refusal(folder: Path, text: str) -> list[str]:
    """The keys that callcontrol.yaml could have had instead."""
    file = folder / "callcontrol.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load(file, {}, make_secrets=False)
    match = KNOWN.search(str(refused.value))
    assert match is not None, refused.value
    return match[1].split(", ")


def test_every_section_and_key_of_the_configuration_is_told_and_no_other(tmp_path: Path) -> None:
    tables = told(CONFIGURATION)
    assert sorted(tables) == sorted(refusal(tmp_path, "zzz: 1"))
    for section, (keys, _) in tables.items():
        wrong = "trunks: [{name: a, host: b, zzz: 1}]" if section == "trunks" else f"{section}: {{zzz: 1}}"
        assert sorted(keys) == sorted(refusal(tmp_path, wrong)), section


def test_the_defaults_are_those_of_an_empty_file() -> None:
    real = flat(load(None, {"CALLCONTROL_RUNTIME_DIR": "/nowhere"}, make_secrets=False))
    shown = {key: value for _, defaults in told(CONFIGURATION).values() for key, value in defaults.items()}
    compared = [
        key for key in shown if key in real and re.fullmatch(r"[\w.]+(\d|info|callcontrol)", shown[key])
    ]
    assert len(compared) > 9
    for key in compared:
        assert real[key] in (shown[key], f"{shown[key]}000000"), key


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("company", "company: {name: X, zzz: 1}"),
        ("company.sites", "company: {name: X, sites: [{name: S, zzz: 1}]}"),
        ("lines", "company: {name: X}\nlines: [{zzz: 1}]"),
        ("short_codes", "company: {name: X}\nshort_codes: [{zzz: 1}]"),
        ("groups", "company: {name: X}\ngroups: [{zzz: 1}]"),
        ("pickup_groups", "company: {name: X}\npickup_groups: [{zzz: 1}]"),
    ],
)
def test_every_key_of_the_company_file_is_told_and_no_other(heading: str, text: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        parse(text.encode())
    (said,) = [mistake.text for mistake in refused.value.mistakes if mistake.where.endswith("zzz")]
    match = KNOWN.search(said) or re.search(r"(?:connus sont|existe[nt]* ) ?:? ?(.+?)\.?$", said)
    assert match is not None, said
    keys = [key for key in match[1].split(", ") if key not in ("sites", "barring")]
    cut = keys[-1].endswith("…")  # a long list is told in part
    shown = told(COMPANY)[heading][0]
    assert {key.rstrip(",….") for key in keys if key.rstrip(",….")} <= set(shown)
    assert cut or len(shown) == len(keys)
