"""The kinds of field that only the configuration has; the others are in ``documents/fields.py``. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from callcontrol import numbers
from callcontrol.documents.fields import Kind, Several, matching, refuse, whole

LONGEST = 4096
"""Characters of a URL, a password or a path."""
_TRUE, _FALSE = frozenset({"true", "yes", "on", "1"}), frozenset({"false", "no", "off", "0"})
_ADDRESS = r"[0-9A-Za-z.!#$%&'*+/=?^_`{|}~-]{1,64}@[0-9A-Za-z](?:[0-9A-Za-z.-]{0,250}[0-9A-Za-z])?"
_MAILBOX = re.compile(rf'"?(?P<name>[^"<>@,;]*?)"?\s*<(?P<inside>{_ADDRESS})>|(?P<alone>{_ADDRESS})')
_SHIFT = re.compile(r"([+-])(\d{1,7})([smhd])")
WORD = matching(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", "not_word")
HOST = matching(r"[A-Za-z0-9.:-]{1,253}", "not_host", LONGEST)
_SHIFT_UNIT = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def switch(text: str) -> bool:
    """Yes or no, in any of their words; else ValueError."""
    word = text.lower()
    if word not in _TRUE | _FALSE:
        raise ValueError(text)
    return word in _TRUE


def _trunk_name(text: str) -> str:
    if str(WORD.parse(text)).isdigit():
        raise refuse("trunk_digits")
    return text


@dataclass(frozen=True, slots=True)
class Sender:
    """``Name <name@example.net>``, or an address alone."""

    name: str | None
    address: str

    def __str__(self) -> str:
        return self.address if self.name is None else f"{self.name} <{self.address}>"


def _sender(text: str) -> Sender:
    found = _MAILBOX.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return Sender((found["name"] or "").strip() or None, found["inside"] or found["alone"])


def _proxy(text: str) -> str:
    host, _, port = text.partition(":") if text.count(":") == 1 else (text, "", "")
    HOST.parse(host)
    if port and not (re.fullmatch(r"[0-9]{1,5}", port) and 1 <= int(port) <= 65535):
        raise ValueError(text)
    return text


def _full_number(text: str) -> str:
    known = numbers.canonical(text)
    if known is None or not known.startswith("+"):
        raise ValueError(text)
    return known


def codec_list(known: Sequence[str]) -> Kind:
    """Some of ``known``, in order."""

    def parse(text: str) -> str:
        if text.lower() not in known:
            raise ValueError(text)
        return text.lower()

    return Several(parse, "not_codecs", {"choices": ", ".join(known)})


def _source(text: str) -> str:
    """A network, an address or a host name: anything else would let strangers in or break pjsip.conf."""
    if "/" in text:
        ipaddress.ip_network(text, strict=False)
        return text
    return str(HOST.parse(text))


def _clock(text: str) -> datetime | timedelta:
    if shift := _SHIFT.fullmatch(text):
        seconds = int(shift[2]) * _SHIFT_UNIT[shift[3]]
        return timedelta(seconds=seconds if shift[1] == "+" else -seconds)
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return instant


def url_with(*schemes: str) -> Kind:
    """A URL of one of some schemes."""
    begins = tuple(f"{scheme}://" for scheme in schemes)

    def parse(text: str) -> str:
        if not text.startswith(begins):
            raise ValueError(text)
        return text

    return Kind(parse, "not_url", {"schemes": " or ".join(begins)}, LONGEST)


def server_url(*schemes: str) -> Kind:
    """A URL of nothing but a server, with a log-in or without, which no refusal shows."""
    any_url = url_with(*schemes)

    def parse(text: str) -> object:
        any_url.parse(text)
        try:
            parts = urlsplit(text)
            good = bool(parts.hostname) and parts.port != 0 and not (parts.path.strip("/") or parts.query)
        except ValueError:
            good = False
        if not good:
            raise refuse("not_server", scheme=schemes[0])
        return text

    return replace(any_url, parse=parse)


PostgresUrl = Annotated[str, url_with("postgresql", "postgres")]
HttpUrl = Annotated[str, url_with("http", "https")]
SmtpUrl = Annotated[str, server_url("smtp", "smtps")]
Line = Annotated[str, Kind(longest=LONGEST)]
Switch = Annotated[bool, Kind(switch, "not_bool")]
Port = Annotated[int, whole(1, 65535)]
Word = Annotated[str, WORD]
"""A name that can stand in an Asterisk section, a dialplan argument or a URL as it is."""
TrunkName = Annotated[str, Kind(_trunk_name, "not_word")]
Host = Annotated[str, HOST]
Address = Annotated[str, Kind(lambda text: str(ipaddress.ip_address(text)), "not_address")]
SENDER = Kind(_sender, "not_mail", longest=LONGEST)
Proxy = Annotated[str, Kind(_proxy, "not_proxy", longest=LONGEST)]
UserPart = Annotated[str, matching(r"[A-Za-z0-9._+*~!-]{1,64}", "not_user_part")]
"""The user part of a SIP address, without anything that would have to be escaped there."""
FullNumber = Annotated[str, Kind(_full_number, "not_full_number")]
Networks = Annotated[tuple[str, ...], Several(lambda text: str(ipaddress.ip_network(text)), "not_networks")]
Sources = Annotated[tuple[str, ...], Several(_source, "not_sources")]
Folder = Annotated[Path, Kind(lambda text: Path(text).expanduser().absolute(), "not_folder", longest=LONGEST)]
File = Annotated[Path, Kind(lambda text: Path(text).expanduser(), "not_file", longest=LONGEST)]
"""A file; one without a folder stands beside callcontrol.yaml."""
Clock = Annotated[datetime | timedelta, Kind(_clock, "not_clock")]
"""A fixed instant with its zone (``2026-11-22T09:00:00+01:00``) or a shift of the true time (``+90m``)."""
