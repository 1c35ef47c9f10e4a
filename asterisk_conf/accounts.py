"""What crosses between the app and Asterisk's configuration: a line's SIP account, the arguments of Stasis,
the names of recordings and records of the native fallback. Pure: no I/O, no clock.

Nothing that a user wrote reaches a configuration file but through ``safe_text``.
"""

from __future__ import annotations

import base64
import binascii
import csv
import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from callcontrol.facts import Barring, Presentation

REALM = "callcontrol"
"""The SIP digest realm: passwords stand in lines.conf only as hashes that count for this realm."""

UNASKED, ASKED = "unasked", "asked"
"""Two mailboxes of Asterisk for each line, which say the same: whose lamp is sent unasked for, and whose lamp is
subscribed to. With one, Asterisk would refuse the subscription of a device that is sent its lamp anyway."""

STASIS_ARGS = (
    "kind",
    "dialled",
    "endpoint",
    "remote_addr",
    "from",
    "pai",
    "remote_party",
    "privacy",
    "diversion",
    "history_info",
    "call_id",
    "presentation",
    "max_forwards",
    "to",
    "called_party",
)
"""The arguments of Stasis in their order (extensions.conf tells what each is)."""

UNREADABLE = "!"
"""Stands for a header that is too long to be passed on whole."""
OPEN, CLOSE = "\x02", "\x03"
"""How brackets come in the arguments of Stasis: Asterisk's own parser would trip over them."""

FALLBACK_CALL_FIELDS = (
    "unique_id",
    "linked_id",
    "kind",
    "line",
    "caller",
    "dialled",
    "called",
    "outside",
    "start",
    "answer",
    "end",
    "disposition",
    "recording",
    "recorded",
)
"""The columns of fallback-calls.csv. ``caller`` is a number, ``anonymous`` or ``unavailable``; times are seconds since
1970 (0 for never answered); ``recording`` is the file's name in the fallback folder, if a message was taken;
``recorded`` is when the recording began."""

TIMED = "-timed"
"""Stands behind the name of a recording of the fallback that has silence where nothing came of its caller."""

_LONGEST_TEXT = 80
_RECORDING = re.compile(
    r"(?P<called>\d{2,15})_(?P<caller>\+?[0-9*#]{1,32}|anonymous|unavailable)_(?P<start>\d{9,11})_(?P<id>[0-9.-]{3,60})\.wav16"
)


@dataclass(frozen=True, slots=True)
class LineAccount:
    """What Asterisk must know about a line. ``barring`` is effective: the line's classes and the company's.
    ``main_caller_id`` is the company's: what emergency calls present where the line has no ``site_number``."""

    number: str
    company: str
    name: str
    sip_password: str
    extension: str | None = None
    language: str = "fr"
    site_number: str | None = None
    main_caller_id: str | None = None
    barring: frozenset[Barring] = frozenset()
    hide_number: bool = False
    dtls: str | None = None
    """``savp`` or ``savpf``: it has a second account, with the same password, for phones that offer this by DTLS."""
    pickup_groups: tuple[str, ...] = ()
    refused_from: tuple[str, ...] = ()
    """Addresses and networks that guess at its password: from there it is answered as if it did not exist."""

    def __post_init__(self) -> None:
        """Refuses what would break the file: these come from provisioning, which has checked them already."""
        if not re.fullmatch(r"[0-9]{2,15}", self.number, re.ASCII):
            raise ValueError(f"a line's number must be digits: {self.number!r}")
        for name, value, shape in (
            ("company", self.company, r"[A-Za-z0-9-]{1,64}"),
            ("extension", self.extension or "00", r"[0-9]{2,6}"),
            ("language", self.language, r"[a-z]{2}"),
            ("dtls", self.dtls or "savp", r"savpf?"),
            ("site_number", self.site_number or "0", r"\+?[0-9]{1,15}"),
            ("main_caller_id", self.main_caller_id or "0", r"\+?[0-9]{1,15}"),
        ):
            if not re.fullmatch(shape, value, re.ASCII):
                raise ValueError(f"the {name} of line {self.number} cannot be {value!r}")


@dataclass(frozen=True, slots=True)
class ShortCode:
    """A company's abbreviated number, dialled like the number it stands for."""

    company: str
    code: str
    number: str


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """A number of ours where no phone registers: calls to it end here, also without the app. ``messages``: it has a
    box that takes them (a group); else they are refused with words (a fax number, the access to the boxes)."""

    number: str
    language: str = "fr"
    messages: bool = False
    company: str | None = None
    extension: str | None = None


class Accounts(NamedTuple):
    """All that Asterisk must know of our numbers."""

    lines: Sequence[LineAccount]
    short_codes: Sequence[ShortCode] = ()
    others: Sequence[OwnNumber] = ()


@dataclass(frozen=True, slots=True)
class FallbackRecording:
    """A message taken without the app, as its file's name tells it."""

    called: str
    presentation: Presentation
    number: str | None
    started_at: datetime
    unique_id: str


def fallback_recording(name: str) -> FallbackRecording | None:
    """Read the name of a file in the fallback folder (``<called>_<caller>_<epoch>_<unique id>.wav16``); None
    when it is another file."""
    match = _RECORDING.fullmatch(name)
    if match is None:
        return None
    caller = match["caller"]
    shown = caller not in (Presentation.ANONYMOUS, Presentation.UNAVAILABLE)
    return FallbackRecording(
        match["called"],
        Presentation.SHOWN if shown else Presentation(caller),
        caller if shown else None,
        datetime.fromtimestamp(int(match["start"]), UTC),
        match["id"],
    )


def read_fallback_calls(text: str) -> list[dict[str, str]]:
    """The calls of a fallback-calls.csv, one dict of FALLBACK_CALL_FIELDS each. Asterisk writes a row for
    every phone that rang; they become one: from the first start to the last end, answered when one of them
    was."""
    calls: dict[str, dict[str, str]] = {}
    for values in csv.reader(io.StringIO(text)):
        if len(values) == len(FALLBACK_CALL_FIELDS) - 1:  # written before ``recorded`` was
            values.append("")
        if len(values) != len(FALLBACK_CALL_FIELDS):
            continue
        row = dict(zip(FALLBACK_CALL_FIELDS, values, strict=True))
        call = calls.setdefault(row["unique_id"], row)
        if row is call:
            continue
        call["start"] = min(call["start"], row["start"], key=_seconds)
        call["end"] = max(call["end"], row["end"], key=_seconds)
        if not _seconds(call["answer"]) and _seconds(row["answer"]):
            call["answer"], call["disposition"] = row["answer"], row["disposition"]
        for name in ("called", "outside", "recording", "recorded"):
            call[name] = call[name] or row[name]
    return list(calls.values())


def decode_stasis_args(args: Sequence[str]) -> dict[str, str]:
    """The arguments of StasisStart by their names of STASIS_ARGS; repeated headers are joined by newlines.

    Never fails: an argument that is missing or damaged reads as empty."""
    given = [*args, *[""] * len(STASIS_ARGS)]
    return {
        name: value if name == "kind" else "\n".join(_decode(part) for part in value.split("."))
        for name, value in zip(STASIS_ARGS, given, strict=False)
    }


def encode_stasis_args(values: dict[str, str]) -> list[str]:
    """The inverse of ``decode_stasis_args``, for tests and for channels that the app makes itself."""
    return [
        values.get(name, "")
        if name == "kind"
        else ".".join(
            line if line == UNREADABLE else _encode(line) for line in values.get(name, "").split("\n")
        )
        for name in STASIS_ARGS
    ]


def safe_text(text: str, longest: int = _LONGEST_TEXT) -> str:
    """``text`` as it can stand in a quoted value of an Asterisk file: one line, no quote, comment or escape
    character."""
    kept = "".join(c if c.isprintable() and c not in '";\\<>[]{}$' else " " for c in text)
    return " ".join(kept.split())[:longest].strip()


def aor(account: str) -> str:
    """The name of an account's registrations. Not its user name alone: a SUBSCRIBE for a lamp would find it, whoever
    asks."""
    return f"{account}@{REALM}"


def lamp_aor(number: str, sip_password: str) -> str:
    """The name under which a line's lamp is subscribed to: nobody can know it, and its own endpoint alone is led
    there."""
    return hashlib.sha256(f"lamp:{password_hash(number, sip_password)}".encode()).hexdigest()[:40]


def password_hash(user: str, password: str) -> str:
    """HA1 of RFC 7616 for our realm: the secret itself never stands in a file."""
    return hashlib.md5(f"{user}:{REALM}:{password}".encode(), usedforsecurity=False).hexdigest()


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _encode(line: str) -> str:
    return base64.b64encode(f"x{line.replace('(', OPEN).replace(')', CLOSE)}".encode()).decode()


def _decode(part: str) -> str:
    if part == UNREADABLE:
        return UNREADABLE
    try:
        return (
            base64.b64decode(part + "=" * (-len(part) % 4))
            .decode("utf-8", "replace")[1:]
            .replace(OPEN, "(")
            .replace(CLOSE, ")")
        )
    except (binascii.Error, ValueError):
        return ""
