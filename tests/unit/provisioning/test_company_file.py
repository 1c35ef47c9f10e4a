"""The company file: what is right is read, what is wrong is refused with its line, whatever it is."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path

import pytest

from callcontrol.documents.read import MOST_FAULTS
from callcontrol.errors import SettingsInvalid
from callcontrol.facts import Barring, Licence
from callcontrol.provisioning.model import LineEntry, PickupGroupEntry, ShortCodeEntry
from callcontrol.provisioning.parse import parse
from callcontrol.sentences.table import MOST_MISTAKES

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
DEMO = HERE.parents[2] / "demo" / "company.yaml"


def _refusals() -> dict[str, tuple[int | None, str]]:
    spec = importlib.util.spec_from_file_location("corpus_refusals", HERE / "corpus_refusals.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: dict[str, tuple[int | None, str]] = module.REFUSALS
    return found


REFUSALS = _refusals()


def refused(raw: bytes | str) -> SettingsInvalid:
    with pytest.raises(SettingsInvalid) as invalid:
        parse(raw)
    return invalid.value


def test_every_file_of_the_corpus_is_listed() -> None:
    assert sorted(REFUSALS) == sorted(path.stem for path in CORPUS.iterdir())


@pytest.mark.parametrize("name", sorted(REFUSALS))
def test_a_wrong_file_is_refused_with_one_clear_sentence_and_its_line(name: str) -> None:
    line, sentence = REFUSALS[name]
    raw = (CORPUS / f"{name}.yaml").read_bytes()
    started = time.process_time()
    (mistake,) = refused(raw).mistakes
    assert time.process_time() - started < 2
    assert sentence in mistake.text
    assert mistake.line is not None
    assert line in (None, mistake.line)
    assert len(mistake.text) < 400


def test_the_number_of_the_boxes_is_nobody_elses() -> None:
    lines = """lines: [{number: "0222969569", name: A, sip_password: "kestrel-vole-57"}]"""
    company = """company: {name: C, voicemail_number: "02 22 96 95 10"}"""
    assert parse(f"{company}\n{lines}").company.voicemail_number == "+33222969510"
    (mistake,) = refused(f"{company.replace('95 10', '95 69')}\n{lines}").mistakes
    assert (mistake.where, mistake.line) == ("lines[0].number", 2)


def test_the_demo_company_is_right() -> None:
    company = parse(DEMO.read_bytes())
    assert [(line.number, line.extension, line.licence) for line in company.lines] == [
        ("0222969569", "4002", Licence.FULL),
        ("0222969570", "4003", Licence.SIMPLE),
        ("0222969571", "4004", Licence.FULL_MEETING_ADVANCED),
        ("0222969572", "4005", Licence.SIMPLE),
    ]
    assert company.company.barring == {Barring.PREMIUM}
    (group,) = company.groups
    assert (group.number, group.extension, group.supervised) == ("0222969500", "4900", True)
    assert group.members == ("0222969569", "0222969570")
    assert all((group.portal_password, group.pin, group.email))
    assert [(code.code, code.number) for code in company.short_codes] == [("550", "+33970711058")]
    assert company.lines[0].fax_number == "+33970717800"
    assert company.pickup_groups[0].members == ("0222969569", "0222969570", "0222969572")
    assert all(line.portal_password and line.pin and line.email for line in company.lines)


def test_digits_stay_digits_without_quotes_and_numbers_are_one_whatever_their_spelling() -> None:
    company = parse(
        """
company: {name: 2022, main_caller_id: 02 22 76 54 32}
lines:
  - {number: 0222765432, extension: 0012, name: 007, sip_password: 57310248-ab93-61z, pin: 084613}
  - {number: +33 (0)2 22 96 95 69, name: yes, sip_password: no-secret-is-null-7, email: null, site: ~}
pickup_groups: [{name: on, members: [0012, "+33 2 22 96 95 69"]}]
short_codes: [{code: 01, number: 3631}]
"""
    )
    one, two = company.lines
    assert (one.number, one.extension, one.name, one.pin) == ("0222765432", "0012", "007", "084613")
    assert two == LineEntry(at=5, number="0222969569", name="yes", sip_password="no-secret-is-null-7")
    assert company.company.main_caller_id == "+33222765432"
    assert company.pickup_groups == (PickupGroupEntry(6, "on", ("0222765432", "0222969569")),)
    assert company.short_codes == (ShortCodeEntry(7, "01", "3631"),)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    mistakes = refused(
        """company:
  name: Démo
  langage: fr
lines:
  - number: abc
    name: One
    max_calls: many
    sip_password: secret-of-one-7
groups: nothing
"""
    ).mistakes
    assert [(mistake.line, mistake.where) for mistake in mistakes] == [
        (3, "company.langage"),
        (5, "lines[0].number"),
        (7, "lines[0].max_calls"),
        (9, "groups"),
    ]


def test_a_file_with_a_thousand_mistakes_is_told_a_hundred_and_how_many_more() -> None:
    mistakes = refused("company: {name: A}\nlines:\n" + "  - {wrong: 1, name: A}\n" * 1000).mistakes
    assert len(mistakes) == 101
    assert mistakes[-1].text == "And 1900 more mistakes."


def test_secrets_are_neither_in_what_is_refused_nor_in_what_is_shown() -> None:
    text = """company: {name: A}
lines:
  - {number: "0222969569", name: A, sip_password: "caché-1", portal_password: Zgeheim, pin: 98x}
"""
    told = " ".join(mistake.text + mistake.where for mistake in refused(text).mistakes)
    assert not any(secret in told for secret in ("caché", "Zgeheim", "98x"))
    shown = repr(parse(DEMO.read_bytes()))
    assert not any(secret in shown for secret in ("Kestrel", "731946"))


def test_a_byte_order_mark_and_windows_line_ends_are_fine() -> None:
    assert parse(b"\xef\xbb\xbfcompany: {name: A}\r\nlines: []\r\n").company.name == "A"
    assert parse("\ufeffcompany: {name: A}\n").company.name == "A"


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    begun = time.process_time()
    (mistake,) = refused(b"a," * 25_000_000).mistakes
    assert "larger than 32 MB" in mistake.text
    assert time.process_time() - begun < 0.5


def test_a_file_of_too_many_values_or_mistakes_is_not_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("callcontrol.documents.tree.MOST_VALUES", 1000)
    (mistake,) = refused("company: [" + "a," * 1000 + "]").mistakes
    assert mistake.text == "The file holds more than 1000 values."
    monkeypatch.setattr("callcontrol.documents.tree.MOST_VALUES", 4_000_000)
    mistakes = refused("company: {name: A}\nlines:\n" + "  - {x: 1}\n" * 10_000).mistakes
    assert mistakes[-1].text == f"And {MOST_FAULTS - MOST_MISTAKES} more mistakes."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "company: {name: A}\nlines:\n" + "- x: 1\n" * 1_000_000,
            f"And {MOST_FAULTS - MOST_MISTAKES} more mistakes.",
        ),
        (
            "company: {name: A}\nlines:\n" + "- 0222969569\n" * 1_000_000,
            "The list has more than 100000 entries.",
        ),
        ("".join(f"key{n}: 1\n" for n in range(1_000_000)), "There are more than 1000 keys here."),
        ("x: 1\n" * 1_000_000, "There are more than 1000 keys here."),
    ],
    ids=["entries that are wrong", "texts in place of entries", "keys", "a key repeated"],
)
def test_a_file_of_a_million_wrong_lines_is_refused_soon(text: str, told: str) -> None:
    """Not read to its end: what is not read fills no memory."""
    raw = text.encode()
    begun = time.process_time()
    mistakes = refused(raw).mistakes
    assert mistakes[-1].text == told
    assert len(mistakes) in (1, MOST_MISTAKES + 1)
    assert time.process_time() - begun < 3  # 1.0 s was seen


def test_a_file_whose_lines_are_wrong_is_not_read_beyond_what_anybody_reads_of_it() -> None:
    """Counted in lines of the file, not in seconds: what stands behind is no YAML, and nobody says so."""
    keys = ", ".join(f"wrong{n}: 1" for n in range(20))
    for head, faults in (("lines", 20), ("groups", 20), ("nothing", 1)):
        entries = f"  - {{{keys}}}\n" * (MOST_FAULTS // faults + 1)
        mistakes = refused(f"company: {{name: A}}\n{head}:\n{entries}]]] no YAML\n").mistakes
        assert not any("YAML" in mistake.text for mistake in mistakes), head
        assert len(mistakes) <= MOST_MISTAKES + 1
    few = f"  - {{{keys}}}\n" * 10
    (mistake,) = refused(f"company: {{name: A}}\nlines:\n{few}]]] no YAML\n").mistakes
    assert mistake.line == 13


def test_a_file_whose_values_are_wrong_is_not_read_beyond_what_anybody_reads_of_it() -> None:
    """Each list as soon as it is read, where what it may name stands before it; elsewhere when all is read."""
    company, end = "company: {name: A}\n", "]]] no YAML\n"
    lines = "lines:\n" + '  - {number: "02229", name: A, max_calls: many}\n' * (MOST_FAULTS // 2 + 1)
    groups = "groups:\n" + '  - {number: "02229", name: A, hunting: many}\n' * (MOST_FAULTS // 2 + 1)
    for text in (
        company + lines,
        company + "lines: []\nshort_codes: []\n" + groups,
        "groups: []\n" + company + lines,
    ):
        mistakes = refused(text + end).mistakes
        assert not any("YAML" in mistake.text for mistake in mistakes)
        assert mistakes[-1].text == f"And {MOST_FAULTS - MOST_MISTAKES} more mistakes."
    for text in (lines + company, company + groups + "lines: []\n"):
        (mistake,) = refused(text + end).mistakes
        assert "YAML" in mistake.text
        assert refused(text).mistakes[-1].text == f"And {MOST_FAULTS - MOST_MISTAKES} more mistakes."


@pytest.mark.parametrize(
    "order", [("company", "lines", "groups"), ("groups", "company", "lines"), ("lines", "groups", "company")]
)
def test_a_file_means_the_same_in_any_order(order: tuple[str, ...]) -> None:
    parts = {
        "company": "company: {name: A, sites: [{name: S}]}\n",
        "lines": 'lines:\n- {number: "0222960001", name: B, site: S}\n- {number: "0222960001", name: C, site: T}\n',
        "groups": 'groups:\n- {number: "0222960002", name: D, members: ["0222960001", "0222960009"]}\n',
    }
    mistakes = refused("".join(parts[name] for name in order)).mistakes
    assert {mistake.where for mistake in mistakes} == {
        "lines[1].number",
        "lines[1].site",
        "groups[0].members[1]",
    }


def test_a_right_file_of_many_lines_is_read_to_its_end() -> None:
    lines = "".join(f'  - {{number: "02{n:08}", name: Poste {n}, email: null}}\n' for n in range(6000))
    sites = "company: {name: A, sites: [{name: S, number: '0222969500'}]}\n"
    assert len(parse(f"{sites}lines:\n{lines}").lines) == 6000
