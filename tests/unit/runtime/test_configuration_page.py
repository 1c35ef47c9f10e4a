"""``docs/configuration.md`` is what the models of the two files say, exactly. After a change:
``python -m tests.unit.runtime.test_configuration_page``. And it has every key that the program reads, and no other: it
is asked itself, by a key that there is not, which it refuses with those that there are."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from callcontrol.config.environment import variable
from callcontrol.config.file import ConfigFile
from callcontrol.config.flat import flat
from callcontrol.config.load import ConfigError, load
from callcontrol.documents.fields import Kind
from callcontrol.documents.read import Key, keys
from callcontrol.errors import SettingsInvalid
from callcontrol.provisioning.model import CompanyFile
from callcontrol.provisioning.parse import parse

FILE = Path(__file__).parents[3] / "docs" / "configuration.md"
PAGE = FILE.read_text("utf-8")
CONFIGURATION, _, COMPANY = PAGE.partition("# The company file")
KNOWN = re.compile(r"known are (.+?)\.?$")


HEAD = """# Every key

Of `callcontrol.yaml` and of the company file: printed from the tables that the program reads them by
(`python -m tests.unit.runtime.test_configuration_page`; a test holds it). What to do with them is in
[operations.md](operations.md).

An unknown key, a repeated one and a bad value are refused with their line, and nothing is changed.

# callcontrol.yaml

Every key is optional but those of a trunk that are said to be required. An environment variable wins over the file:
`CALLCONTROL_SIP_PORT` for `sip.port`.
"""
OF_COMPANY = """
# The company file

`callcontrol provision FILE` makes the company what the file says; [demo/company.yaml](../demo/company.yaml) is a model.
Numbers may be written in any spelling, in quotation marks: YAML takes `0222969569` for another number.
"""


def printed() -> str:
    """The page as it must be."""
    return (
        HEAD
        + "".join(_tables(ConfigFile, "", environment=True))
        + OF_COMPANY
        + "".join(_tables(CompanyFile, ""))
    )


def _tables(model: type, path: str, *, environment: bool = False) -> Iterator[str]:
    """A table for the plain keys of a mapping, and one for each mapping or list of mappings in it."""
    known = keys(model)
    plain = {name: key for name, key in known.items() if not _below(key)}
    if plain:
        yield "\n| key | default | meaning |\n|---|---|---|\n"
        yield from (_row(f"{path}{name}", model, key) for name, key in plain.items())
    if environment and path and "[]" not in path and plain:
        first = next(iter(plain))
        yield f"\nIn the environment: `{variable(path.rstrip('.'), first)}` …\n"
    for name, key in known.items():
        if not _below(key):
            continue
        assert key.model is not None
        yield f"\n## `{path}{name}`{', a list' if key.many else ''}\n\n{_sentence(key.means)}\n"
        yield from _tables(key.model, "" if key.many else f"{path}{name}.", environment=environment)


def _below(key: Key) -> bool:
    """Whether there are keys below it."""
    return key.model is not None and bool(keys(key.model))


def _row(shown: str, model: type, key: Key) -> str:
    return f"| `{shown}` | {_default(model, key)} | {key.means}{_choices(key)} |\n"


def _choices(key: Key) -> str:
    kinds = (each for each in getattr(key.hint, "__metadata__", ()) if isinstance(each, Kind))
    words = [str(kind.parameters["choices"]) for kind in kinds if "choices" in kind.parameters]
    return "".join(f" (one of {', '.join(f'`{word}`' for word in each.split(', '))})" for each in words)


def _default(model: type, key: Key) -> str:
    field = _field(model, key)
    if field.default is not dataclasses.MISSING:
        return _shown(field.default)
    return "required" if field.default_factory is dataclasses.MISSING else _shown(field.default_factory())


def _shown(value: Any) -> str:
    match value:
        case None | () | "" | frozenset() if not value:
            return "–"
        case Path() if value == Path():
            return "–"
        case bool():
            return "true" if value else "false"
        case Enum():
            return f"`{value.value}`"
        case tuple():
            return f"`{', '.join(map(str, value))}`"
        case _:
            return f"`{value}`"


def _field(model: type, key: Key) -> dataclasses.Field[Any]:
    return next(each for each in dataclasses.fields(model) if each.name == key.field)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


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
    for section, (shown, _) in tables.items():
        wrong = "trunks: [{name: a, host: b, zzz: 1}]" if section == "trunks" else f"{section}: {{zzz: 1}}"
        assert sorted(shown) == sorted(refusal(tmp_path, wrong)), section


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


def test_the_page_is_what_the_models_say() -> None:
    assert printed() == PAGE


def test_no_key_stands_on_the_page_without_a_meaning() -> None:
    rows = [line.split(" | ") for line in PAGE.splitlines() if line.startswith("| `")]
    assert len(rows) > 70
    assert [row for row in rows if len(row) != 3 or not row[2].strip(" |")] == []


if __name__ == "__main__":
    FILE.write_text(printed(), "utf-8")
