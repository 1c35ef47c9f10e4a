"""The words and numbers that dialogue.say puts together, per language, and how each is told to the synthesiser.

Pure: no sound is made here. `build.py` writes the result to words.yaml, which the service and actors read.
A word that can stand last has a second file `…-end` with a falling voice: else a number sounds unfinished.
"""

from __future__ import annotations

from collections.abc import Iterator

from studio.counts import english_counts, french_counts
from studio.spelling import UNITS, Word, both, english, french, french_say, listed

WEEKDAYS = {
    "fr": listed("lundi mardi mercredi jeudi vendredi samedi dimanche"),
    "en": listed("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
}
MONTHS = {
    "fr": listed("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
    "en": listed(
        "January February March April May June July August September October November December",
    ),
}
ORDINALS = listed(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
    " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third"
    " twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
)
YEARS = range(2024, 2036)
WHOLE = 20
"""Up to here French minutes and seconds are recorded with their number: "six" and "dix" lose their s."""


def words(language: str) -> tuple[Word, ...]:
    """Return every word file of `language` ("fr" or "en"), in the order of the reading list."""
    return tuple(_french() if language == "fr" else _english())


def _french() -> Iterator[Word]:
    for n in range(100):
        yield from both(f"number-{n}", french(n), french_say(french(n)), "number")
    for n in range(10):
        yield from both(f"pair-0{n}", f"zéro {UNITS[n]}", f"zéro {UNITS[n]}", "number")
    for n in (1, 21, 31, 41, 51, 61, 81):
        yield Word(f"number-{n}-f", french(n, True), french_say(french(n, True)), "number")
    for n in range(1, 10):
        text = "cent" if n == 1 else f"{UNITS[n]} cents"
        yield from both(f"hundred-{n}", text, text, "hundred")
    yield from both("thousand", "mille", "mille", "hundred")
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
        yield from both(f"hour-{n}", text, french_say(text), "hour")

    for unit, several in (("minute", "minutes"), ("second", "secondes")):
        for n in range(0 if unit == "second" else 1, WHOLE + 1):
            text = f"{french(n, True)} {several if n > 1 else several[:-1]}"
            yield Word(f"{unit}-{n}", text, french_say(text), unit)
        yield Word(f"{unit}s", several, several, unit)
    yield from french_counts()
    yield from _french_days()


def _french_days() -> Iterator[Word]:
    for id_, text in (("today", "aujourd'hui"), ("yesterday", "hier"), ("tomorrow", "demain")):
        yield Word(id_, text, text, "relative")
    for n in range(1, 32):
        text = f"le {french(n) if n > 1 else 'premier'}"
        yield Word(f"the-{n}", text, french_say(text), "the")
    for n, name in enumerate(WEEKDAYS["fr"], 1):
        yield Word(f"every-{n}", f"tous les {name}s", f"tous les {french_say(name)}", "every")
    yield Word("every-working-day", "tous les jours ouvrables", "tous les jours ouvrables", "every")
    yield Word("every-day", "tous les jours", "tous les jours", "every")
    for id_, text in (("and", "et"), ("until", "jusqu'à"), ("and-from", "puis de"), ("midnight", "minuit")):
        yield Word(id_, text, text, "joint")


def _english() -> Iterator[Word]:
    for n in range(100):
        word = Word(f"number-{n}", english(n), english(n).replace("-", " "), "number")
        # Only single digits end a phone number in English, which is said digit by digit.
        yield from both(word.id, word.text, word.say, "number") if n < 10 else [word]
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
    yield from english_counts()
    yield from _english_days()


def _english_days() -> Iterator[Word]:
    for id_ in ("today", "yesterday", "tomorrow"):
        yield Word(id_, id_, id_, "relative")
    for n, name in enumerate(WEEKDAYS["en"], 1):
        yield Word(f"every-{n}", f"every {name}", f"every {name}", "every")
    yield Word("every-working-day", "every working day", "every working day", "every")
    yield Word("every-day", "every day", "every day", "every")
    joints = (
        ("and", "and"),
        ("until", "until"),
        ("and-from", "and from"),
        ("noon", "noon"),
        ("midnight", "midnight"),
    )
    for id_, text in joints:
        yield Word(id_, text, text, "joint")
