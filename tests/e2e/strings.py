"""What hostile or clumsy hands dial: numbers that cost, in every writing, and what is no number at all. The same each
time for the same ``seed``."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator

COSTLY = (
    "0899123456",
    "0892701234",
    "0890123456",
    "118712",
    "3635",
    "00882991234567",
    "0015551234567",
    "0612345678",
)
_BEFORE = (
    "",
    "0",
    "00",
    "+",
    "+33",
    "0033",
    "00033",
    "*67",
    "*82",
    "*31#",
    "#31#",
    "**",
    "*",
    "#",
    "9",
    "550",
    "1",
    "%2B33",
)
_BEHIND = (
    "",
    "#",
    "*",
    ";npdi",
    ";phone-context=+33",
    "%23",
    "&PJSIP",
    ",1",
    "w1",
    "@x",
    ";user=phone",
    "%00",
    ".",
    "-1",
)
_SIGNS = string.digits * 3 + "*#+ABCDabcd-_.!~'()&=$,;?/%"
_WORDS = (
    *(
        "s",
        "h",
        "i",
        "t",
        "o",
        "a",
        "fax",
        "T",
        "e",
        "hangup",
        "default",
        "fallback",
        "from-line",
        "Local",
        "PJSIP",
    ),
    *(
        "${EXTEN}",
        "$[1+1]",
        "$%7BSYSTEM(id)%7D",
        "%s%n",
        "..%2F..%2Fetc",
        "' OR 1=1 --",
        "<script>",
        "anonymous",
    ),
    *(
        "demo-trunk",
        "PJSIP%2F0899123456%40demo-trunk",
        "Local%2F0899123456%40from-line",
        "112;x",
        "*318*318",
        "*8*8",
    ),
)


def dialled(count: int, seed: int = 11) -> Iterator[str]:
    """User parts of a request URI, as sent."""
    dice = random.Random(seed)
    made = [f"{before}{number}{behind}" for number in COSTLY for before in _BEFORE for behind in _BEHIND]
    dice.shuffle(made)
    fixed = [*_WORDS, *made]
    for index in range(count):
        if index < len(fixed) and index % 3:
            yield escaped(fixed[index])
        else:
            length = dice.choice((1, 2, 3, 5, 8, 13, 21, 34, 80, 200, 900))
            yield escaped("".join(dice.choice(_SIGNS) for _ in range(length)))


def escaped(text: str) -> str:
    """What a SIP URI may hold there; a percent sign stays."""
    allowed = string.ascii_letters + string.digits + "-_.!~*'()&=+$,;?/%#"
    return "".join(sign if sign in allowed and sign not in "?" else f"%{ord(sign):02X}" for sign in text)
