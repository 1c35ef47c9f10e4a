"""Which Debian mirror this host uses, read from apt's own configuration texts. Pure: it opens no file but
through ``read``, and never knows a host name by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_ONE_LINE = re.compile(r"deb\s+(?:\[[^\]]*\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)(?P<components>(?:\s+\S+)*)")


@dataclass(frozen=True, slots=True)
class Source:
    """One place that apt takes binary packages from."""

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]


def parse_one_line(text: str) -> Iterator[Source]:
    """The classic format: ``deb [options] URI SUITE COMPONENT…`` (sources.list(5), ONE-LINE-STYLE FORMAT)."""
    for raw in text.splitlines():
        line = raw.split("#", 1)[0].strip()
        if match := _ONE_LINE.fullmatch(line):
            yield Source(match["uri"], (match["suite"],), tuple(match["components"].split()))


def parse_deb822(text: str) -> Iterator[Source]:
    """The newer format: stanzas of ``Field: value`` (sources.list(5), DEB822-STYLE FORMAT)."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for stanza in re.split(r"\n\s*\n", "\n".join(lines)):
        fields: dict[str, str] = {}
        name = ""
        for line in stanza.splitlines():
            if line[:1].isspace():
                fields[name] = fields.get(name, "") + " " + line.strip()
            elif ":" in line:
                name, value = line.split(":", 1)
                name = name.strip().lower()
                fields[name] = value.strip()
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() == "no":
            continue
        for uri in fields.get("uris", "").split():
            yield Source(
                uri, tuple(fields.get("suites", "").split()), tuple(fields.get("components", "").split())
            )


def mirror(sources: Iterable[Source], codename: str, read: Callable[[Path], str]) -> str | None:
    """The URI that serves the host's own release (``codename``: bookworm, trixie…) with component main, or
    None.

    A ``mirror+file:`` list (Debian's cloud images) is followed to its first entry; cdrom and the like are
    passed over.
    """
    for source in sources:
        if "main" not in source.components or not {codename, "sid", "unstable"} & set(source.suites):
            continue
        uri = source.uri
        if uri.startswith("mirror+file:"):
            listed = read(Path("/" + uri.removeprefix("mirror+file:").lstrip("/"))).split()
            uri = next((entry for entry in listed if "://" in entry), "")
        if uri.startswith(("http://", "https://", "file:")):
            return uri
    return None
