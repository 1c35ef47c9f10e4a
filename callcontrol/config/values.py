"""Where configuration values come from: a YAML file whose lines are remembered, and environment variables
that win.

Everything stays text until a typed getter reads it, so that a bad value is refused in the same sentence
whether it stood in the file or in the environment. Never opens a file and never looks at ``os.environ`` by
itself.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import assert_never
from urllib.parse import urlsplit

import yaml

from callcontrol.errors import CallControlError

_TRUE, _FALSE = frozenset({"true", "yes", "on", "1"}), frozenset({"false", "no", "off", "0"})
_ADDRESS = r"[0-9A-Za-z.!#$%&'*+/=?^_`{|}~-]{1,64}@[0-9A-Za-z](?:[0-9A-Za-z.-]{0,250}[0-9A-Za-z])?"
_MAILBOX = re.compile(rf'"?(?P<name>[^"<>@,;]*?)"?\s*<(?P<inside>{_ADDRESS})>|(?P<alone>{_ADDRESS})')
_DEEPEST = 8
"""Levels of a configuration file at most; it has three."""
_SHIFT = re.compile(r"([+-])(\d{1,7})([smhd])")
_SHIFT_UNIT = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class ConfigError(CallControlError):
    """The configuration cannot be used; the text is one sentence that names the key and where it stands."""


@dataclass(frozen=True, slots=True)
class Value:
    """One configured text and where it stands, for the sentence of a refusal."""

    key: str
    text: str
    where: str

    def refuse(self, wanted: str) -> ConfigError:
        shown = self.text if len(self.text) <= 60 else self.text[:57] + "..."
        return ConfigError(f"{self.where}: {self.key} must be {wanted}, not {shown!r}.")


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one mapping, read by key with a default. ``where`` names the mapping itself."""

    found: Mapping[str, Value]
    where: str = ""

    def text(self, key: str, default: str) -> str:
        value = self.found.get(key)
        if value is None:
            return default
        if not value.text.strip() or any(ord(c) < 32 or ord(c) == 127 for c in value.text):
            raise value.refuse("a non-empty text on one line")
        return value.text.strip()

    def optional(self, key: str) -> str | None:
        return self.text(key, "") or None

    def required(self, key: str) -> str:
        if key not in self.found:
            raise ConfigError(f"{self.where}: {key} is missing.")
        return self.text(key, "")

    def word(self, key: str, default: str) -> str:
        """A name that can stand in an Asterisk section, a dialplan argument or a URL as it is."""
        text = self.text(key, default)
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", text):
            raise self.found[key].refuse("letters, digits, - and _ only")
        return text

    def choice(self, key: str, default: str, among: Iterable[str]) -> str:
        text = self.text(key, default)
        if text not in (allowed := list(among)):
            raise self.found[key].refuse("one of " + ", ".join(allowed))
        return text

    def number(self, key: str, default: int, low: int, high: int) -> int:
        value = self.found.get(key)
        if value is None:
            return default
        if not re.fullmatch(r"[0-9]{1,9}", value.text) or not low <= int(value.text) <= high:
            raise value.refuse(f"a whole number from {low} to {high}")
        return int(value.text)

    def port(self, key: str, default: int) -> int:
        return self.number(key, default, 1, 65535)

    def flag(self, key: str, default: bool) -> bool:
        value = self.found.get(key)
        if value is None:
            return default
        word = value.text.strip().lower()
        if word in _TRUE or word in _FALSE:
            return word in _TRUE
        raise value.refuse("true or false")

    def url(self, key: str, default: str | None, schemes: tuple[str, ...]) -> str | None:
        value = self.found.get(key)
        if value is None:
            return default
        if not value.text.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise value.refuse("a URL that begins with " + " or ".join(f"{scheme}://" for scheme in schemes))
        return self.text(key, "")

    def server_url(self, key: str, schemes: tuple[str, ...]) -> str | None:
        """A URL of nothing but a server, with a log-in or without, which no refusal shows."""
        text = self.url(key, None, schemes)
        if text is None:
            return None
        try:
            parts = urlsplit(text)
            good = bool(parts.hostname) and parts.port != 0 and not (parts.path.strip("/") or parts.query)
        except ValueError:
            good = False
        if not good:
            raise ConfigError(
                f"{self.found[key].where}: {key} must be {schemes[0]}://[user:password@]host[:port]."
            )
        return text

    def mailbox(self, key: str, default: str) -> tuple[str | None, str]:
        """One e-mail address, with the name before it or without: ``Name <name@example.net>``."""
        found = _MAILBOX.fullmatch(self.text(key, default))
        if found is None:
            raise self.found[key].refuse("one e-mail address (name@example.net, or Name <name@example.net>)")
        return (found["name"] or "").strip() or None, found["inside"] or found["alone"]

    def address(self, key: str, default: str) -> str:
        text = self.text(key, default)
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            raise self.found[key].refuse("an IP address") from None

    def optional_address(self, key: str) -> str | None:
        return self.address(key, "") if key in self.found else None

    def user_part(self, key: str) -> str | None:
        """The user part of a SIP address, without anything that would have to be escaped there."""
        text = self.optional(key)
        if text is not None and not re.fullmatch(r"[A-Za-z0-9._+*~!-]{1,64}", text):
            raise self.found[key].refuse("letters, digits and . _ + * ~ ! - only")
        return text

    def networks(self, key: str) -> tuple[str, ...]:
        """A list of networks in CIDR notation or single addresses; empty by default."""
        value = self.found.get(key)
        parts = [part.strip() for part in value.text.split(",")] if value is not None else []
        try:
            return tuple(str(ipaddress.ip_network(part)) for part in parts)
        except ValueError:
            assert value is not None
            raise value.refuse("a list of networks (192.0.2.0/24) or addresses") from None

    def host(self, key: str, default: str) -> str:
        text = self.text(key, default)
        if not re.fullmatch(r"[A-Za-z0-9.:-]{1,253}", text):
            raise self.found[key].refuse("a host name or an IP address")
        return text

    def path(self, key: str, default: Path) -> Path:
        text = self.optional(key)
        return default if text is None else Path(text).expanduser().absolute()

    def clock(self, key: str) -> datetime | timedelta | None:
        """A fixed instant with its zone (``2026-11-22T09:00:00+01:00``) or a shift of the true time
        (``+90m``)."""
        text = self.optional(key)
        if text is None:
            return None
        if shift := _SHIFT.fullmatch(text):
            seconds = int(shift[2]) * _SHIFT_UNIT[shift[3]]
            return timedelta(seconds=seconds if shift[1] == "+" else -seconds)
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            instant = None
        if instant is None or instant.tzinfo is None:
            raise self.found[key].refuse(
                "an instant with its zone (2026-11-22T09:00:00+01:00) or a shift (+90m)"
            )
        return instant


@dataclass(frozen=True, slots=True)
class ConfigDocument:
    """A parsed configuration file: its scalars by dotted key, and its lists of mappings by key."""

    scalars: Mapping[str, Value]
    lists: Mapping[str, tuple[Mapping[str, Value], ...]]


def parse(text: str, name: str, keys: frozenset[str], lists: Mapping[str, frozenset[str]]) -> ConfigDocument:
    """Read YAML ``text`` (called ``name`` in refusals); ``keys`` are the dotted keys that exist, ``lists``
    the item keys of each list. Raises ConfigError for bad YAML, an unknown or repeated key, or a wrong
    shape."""
    try:
        _refuse_depth(text, name)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{name} line {line}: this is not valid YAML ({error.problem}).") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{name}: this is not valid YAML ({str(error).splitlines()[0]}).") from None
    scalars: dict[str, Value] = {}
    found: dict[str, tuple[Mapping[str, Value], ...]] = {}
    if root is None or _is_null(root):
        return ConfigDocument(scalars, found)
    for key, node, where in _entries(root, name, ""):
        if key in lists:
            found[key] = _items(key, node, name, lists[key])
            continue
        sections = {known.split(".")[0] for known in keys}
        if key not in sections:
            raise ConfigError(
                f"{where}: {key} is not a known key; known are {', '.join(sorted(sections | set(lists)))}."
            )
        if not _is_null(node):
            scalars.update(_scalars(node, name, f"{key}.", keys))
    return ConfigDocument(scalars, found)


def _refuse_depth(text: str, name: str) -> None:
    """Nested deeply, a file would eat the stack of ``yaml.compose``; events need none. Raises ConfigError."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        assert event.start_mark is not None
        match event:
            case yaml.CollectionStartEvent():
                depth += 1
            case yaml.CollectionEndEvent():
                depth -= 1
        if depth > _DEEPEST:
            raise ConfigError(f"{name} line {event.start_mark.line + 1}: too many nested levels.")


def _items(key: str, node: yaml.Node, name: str, keys: frozenset[str]) -> tuple[Mapping[str, Value], ...]:
    if _is_null(node):
        return ()
    if not isinstance(node, yaml.SequenceNode):
        raise ConfigError(f"{name} line {node.start_mark.line + 1}: {key} must be a list.")
    return tuple(_scalars(item, name, f"{key}[{index}].", keys) for index, item in enumerate(node.value))


def _scalars(node: yaml.Node, name: str, prefix: str, keys: frozenset[str]) -> dict[str, Value]:
    """The scalars of one mapping. Keys are returned dotted for sections and bare for items of a list."""
    item = prefix.endswith("].")
    found = {}
    for key, child, where in _entries(node, name, prefix):
        stored = key if item else prefix + key
        if stored not in keys:
            siblings = sorted(k.removeprefix(prefix) for k in keys if item or k.startswith(prefix))
            raise ConfigError(f"{where}: {prefix}{key} is not a known key; known are {', '.join(siblings)}.")
        if _is_null(child):
            continue
        found[stored] = Value(prefix + key, _text(child, prefix + key, where), where)
    return found


def _text(node: yaml.Node, key: str, where: str) -> str:
    match node:
        case yaml.ScalarNode():
            return str(node.value)
        case yaml.SequenceNode() if all(isinstance(child, yaml.ScalarNode) for child in node.value):
            return ",".join(str(child.value) for child in node.value)
        case yaml.SequenceNode() | yaml.MappingNode():
            raise ConfigError(f"{where}: {key} must be a single value.")
        case yaml.Node():
            raise ConfigError(f"{where}: {key} must be a single value.")
        case _:
            assert_never(node)


def _entries(node: yaml.Node, name: str, prefix: str) -> Iterable[tuple[str, yaml.Node, str]]:
    line = f"{name} line {node.start_mark.line + 1}"
    if not isinstance(node, yaml.MappingNode):
        what = prefix.rstrip(".") or "the file"
        raise ConfigError(f"{line}: {what} must be a mapping of keys to values.")
    seen = set()
    for key_node, child in node.value:
        where = f"{name} line {key_node.start_mark.line + 1}"
        key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else ""
        if key in seen:
            raise ConfigError(f"{where}: {prefix}{key} stands there twice.")
        seen.add(key)
        yield key, child, where


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"
