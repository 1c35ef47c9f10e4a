"""The words of counts: "six messages", "une page". Pure, like words.py, which takes its part from here."""

from __future__ import annotations

from collections.abc import Iterator

from studio.spelling import TENS, Word, both, french

COUNTED = 10
"""Up to here French counts are recorded with their noun: "six messages" loses the s of "six"."""

MUTE = (6, 8, 10, 18, 26, 28, 36, 38, 46, 48, 56, 58, 66, 68, 70, 78, 86, 88, 90, 98)
"""Numbers whose last consonant French drops before a noun that begins with one: "vingt-six messages"."""

# What is counted: id -> one, several. Only "page" is feminine in French.
NOUNS = {
    "fr": {
        "message": ("message", "messages"),
        "new-message": ("nouveau message", "nouveaux messages"),
        "urgent-message": ("message urgent", "messages urgents"),
        "kept-message": ("message conservé", "messages conservés"),
        "deleted-message": ("message supprimé", "messages supprimés"),
        "fax": ("fax", "fax"),
        "new-fax": ("nouveau fax", "nouveaux fax"),
        "page": ("page", "pages"),
        "reminder": ("rappel", "rappels"),
        "listed-number": ("numéro", "numéros"),
    },
    "en": {
        "message": ("message", "messages"),
        "new-message": ("new message", "new messages"),
        "urgent-message": ("urgent message", "urgent messages"),
        "kept-message": ("saved message", "saved messages"),
        "deleted-message": ("deleted message", "deleted messages"),
        "fax": ("fax", "faxes"),
        "new-fax": ("new fax", "new faxes"),
        "page": ("page", "pages"),
        "reminder": ("reminder", "reminders"),
        "listed-number": ("number", "numbers"),
    },
}
FEMININE_NOUNS = frozenset({"page"})


def mute_say(n: int) -> str:
    """Tell the synthesiser to drop the last consonant: six, huit, dix as "si", "ui", "di"."""
    ten = n // 20 * 20 if n < 20 or n >= 60 else n // 10 * 10
    last = {6: "sˈi", 8: "yˈi", 10: "dˈi", 18: "diz yˈi"}[n - ten]
    if not ten:
        return f"/{last}/"
    begun = {20: "/vɛ̃t", 80: "/katʁəvɛ̃"}.get(ten)
    return f"{begun} {last}/" if begun else f"{TENS[ten]} /{last}/"


def french_counts() -> Iterator[Word]:
    """Yield the French counts up to COUNTED with their nouns, the nouns, and the numbers before a noun."""
    for n in MUTE:
        text = f"{french(n)} (devant un nom)"
        yield Word(f"number-{n}-before", text, mute_say(n), "mute")
    for noun, (one, several) in NOUNS["fr"].items():
        feminine = noun in FEMININE_NOUNS
        for n in range(COUNTED + 1):
            number = french(n, feminine) if n else "aucune" if feminine else "aucun"
            text = f"{number} {several if n > 1 else one}"
            yield from both(f"{noun}-{n}", text, text, "count")
        yield from both(f"{noun}-many", several, several, "count")


def english_counts() -> Iterator[Word]:
    """Yield "no messages", "one message", "messages" for every noun."""
    for noun, (one, several) in NOUNS["en"].items():
        for id_, text in (
            (f"{noun}-0", f"no {several}"),
            (f"{noun}-1", f"one {one}"),
            (f"{noun}-many", several),
        ):
            yield from both(id_, text, text, "count")
