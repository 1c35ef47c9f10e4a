"""How numbers are spelt and told to the synthesiser, and what a word is. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


def listed(names: str) -> tuple[str, ...]:
    """Return the words of a line."""
    return tuple(names.split())


UNITS = listed(
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
    " dix-sept dix-huit dix-neuf"
)
TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante", 80: "quatre-vingt"}
ENGLISH_UNITS = listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
)
ENGLISH_TENS = listed("twenty thirty forty fifty sixty seventy eighty ninety")


@dataclass(frozen=True)
class Word:
    """One word file. `text` is for the reader, `say` for the synthesiser; `final`: the voice falls."""

    id: str
    text: str
    say: str
    family: str
    final: bool = False


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


def both(id_: str, text: str, say: str, family: str) -> Iterator[Word]:
    """Yield a word twice: in the middle of a sentence, and with a falling voice at its end."""
    yield Word(id_, text, say, family)
    yield Word(f"{id_}-end", text, say, family, final=True)
