"""The words and numbers that say.py puts together, per language, and how each is told to the synthesiser.

Pure: no sound is made here. `build.py` writes the result to words.yaml, which the service and actors read.
A word that can stand last has a second file `…-end` with a falling voice: else a number sounds unfinished.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


def _list(names: str) -> tuple[str, ...]:
    return tuple(names.split())


UNITS = _list(
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
    " dix-sept dix-huit dix-neuf"
)
TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante", 80: "quatre-vingt"}
ENGLISH_UNITS = _list(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
)
ENGLISH_TENS = _list("twenty thirty forty fifty sixty seventy eighty ninety")
WEEKDAYS = {
    "fr": _list("lundi mardi mercredi jeudi vendredi samedi dimanche"),
    "en": _list("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
}
MONTHS = {
    "fr": _list("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
    "en": _list(
        "January February March April May June July August September October November December",
    ),
}
ORDINALS = _list(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
    " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third"
    " twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
)
YEARS = range(2024, 2036)
WHOLE = 20
"""Up to here French minutes and seconds are recorded with their number: "six" and "dix" lose their s."""


@dataclass(frozen=True)
class Word:
    """One word file. `text` is for the reader, `say` for the synthesiser; `final`: the voice falls."""

    id: str
    text: str
    say: str
    family: str
    final: bool = False


def words(language: str) -> tuple[Word, ...]:
    """Return every word file of `language` ("fr" or "en"), in the order of the reading list."""
    return tuple(_french() if language == "fr" else _english())


def french(n: int, feminine: bool = False) -> str:
    """Spell 0–99: french(81) -> "quatre-vingt-un", french(21, feminine=True) -> "vingt et une"."""
    if n < 20:
        word = UNITS[n]
    else:
        ten = n // 10 * 10 if n < 60 else n // 20 * 20
        rest = n - ten
        if rest == 0:
            word = "quatre-vingts" if n == 80 else TENS[ten]
        elif rest in (1, 11) and ten != 80:
            word = f"{TENS[ten]} et {UNITS[rest]}"
        else:
            word = f"{TENS[ten]}-{UNITS[rest]}"
    return word + "e" if feminine and word.endswith("un") else word


def english(n: int) -> str:
    """Spell 0–99: english(42) -> "forty-two"."""
    if n < 20:
        return ENGLISH_UNITS[n]
    return ENGLISH_TENS[n // 10 - 2] + (f"-{ENGLISH_UNITS[n % 10]}" if n % 10 else "")


def french_say(text: str) -> str:
    """Respell for espeak-ng: it glues compounds, loses the schwa of "quatre-vingt", blurs the nasal of "lundi"."""
    if text == "quatre-vingt-un":
        return "/katʁəvˈɛ̃ ˈœ̃/"
    if text == "lundi":
        return "/lˈɛ̃di/"
    return text.replace("quatre-vingts", "/katʁəvˈɛ̃/").replace("quatre-vingt", "/katʁəvɛ̃/").replace("-", " ")


def _both(id_: str, text: str, say: str, family: str) -> Iterator[Word]:
    yield Word(id_, text, say, family)
    yield Word(f"{id_}-end", text, say, family, final=True)


def _french() -> Iterator[Word]:
    for n in range(100):
        yield from _both(f"number-{n}", french(n), french_say(french(n)), "number")
    for n in range(10):
        yield from _both(f"pair-0{n}", f"zéro {UNITS[n]}", f"zéro {UNITS[n]}", "number")
    for n in (1, 21, 31, 41, 51, 61, 81):
        yield Word(f"number-{n}-f", french(n, True), french_say(french(n, True)), "number")
    for n in range(1, 10):
        text = "cent" if n == 1 else f"{UNITS[n]} cents"
        yield from _both(f"hundred-{n}", text, text, "hundred")
    yield from _both("thousand", "mille", "mille", "hundred")
    for kind, names in (("weekday", WEEKDAYS), ("month", MONTHS)):
        for n, name in enumerate(names["fr"], 1):
            yield Word(f"{kind}-{n}", name, french_say(name), kind)
    yield Word("day-1", "premier", "premier", "month")
    for year in YEARS:
        text = f"deux mille {french(year - 2000)}"
        yield Word(f"year-{year}", text, french_say(text), "year", final=True)
    yield Word("at", "à", "à", "number")
    for n in range(24):
        text = f"{french(n, True)} heure{'s' if n > 1 else ''}"
        yield from _both(f"hour-{n}", text, french_say(text), "hour")

    for unit, several in (("minute", "minutes"), ("second", "secondes")):
        for n in range(0 if unit == "second" else 1, WHOLE + 1):
            text = f"{french(n, True)} {several if n > 1 else several[:-1]}"
            yield Word(f"{unit}-{n}", text, french_say(text), unit)
        yield Word(f"{unit}s", several, several, unit)


def _english() -> Iterator[Word]:
    for n in range(100):
        word = Word(f"number-{n}", english(n), english(n).replace("-", " "), "number")
        # Only single digits end a phone number in English, which is said digit by digit.
        yield from _both(word.id, word.text, word.say, "number") if n < 10 else [word]
    for n in range(1, 10):
        yield Word(f"pair-0{n}", f"oh {english(n)}", f"oh {english(n)}", "number")
        yield Word(f"hundred-{n}", f"{english(n)} hundred", f"{english(n)} hundred", "hundred")
    yield Word("thousand", "thousand", "thousand", "hundred")
    for kind, names in (("weekday", WEEKDAYS), ("month", MONTHS)):
        for n, name in enumerate(names["en"], 1):
            yield Word(f"{kind}-{n}", name, name, kind)
    for n, ordinal in enumerate(ORDINALS, 1):
        yield Word(f"day-{n}", ordinal, ordinal.replace("-", " "), "day")
    for year in YEARS:
        text = f"twenty {english(year - 2000)}"
        yield Word(f"year-{year}", text, text.replace("-", " "), "year", final=True)
    yield Word("at", "at", "at", "number")
    for id_, text, say in (("am", "a m", "AM"), ("pm", "p m", "PM")):
        yield Word(id_, text, say, "month", final=True)
    for unit in ("hour", "minute", "second"):
        for id_, text in ((f"{unit}-one", f"one {unit}"), (f"{unit}s", f"{unit}s")):
            yield Word(id_, text, text, "unit")
