"""Reading and changing the settings documents of a line (contract.md), the same for the API and for pages.

Everything that is written was parsed, checked beside the line and its company, and goes into the audit trail with its
origin. What cannot be right changes nothing. Never reads the calls' cache: what was just written is what is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import BaseModel

from callcontrol import numbers
from callcontrol.changed_by import ChangedBy
from callcontrol.changes.check import check_against_line, warnings
from callcontrol.directory.directory import Directory
from callcontrol.errors import Mistake, SettingsInvalid
from callcontrol.facts import Line
from callcontrol.settings.delay import documents_to_write, is_advanced, with_one_delay
from callcontrol.settings.model import DOCUMENTS, LineSettings
from callcontrol.settings.parse import parse, to_raw
from callcontrol.store.settings import SettingsStore, VersionConflict

log = structlog.get_logger()

MOST_TRIES = 5
"""A change that names no version is made again on what somebody else wrote meanwhile, so often at most."""

Change = Callable[[BaseModel], object]
"""From a document as it is to the raw document that it shall be."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A document as it stands. ``versions`` change whenever anything that it shows changes; ``warnings`` is what is
    allowed but probably not meant."""

    model: BaseModel
    versions: tuple[int, ...]
    warnings: tuple[Mistake, ...] = ()


async def read(store: SettingsStore, line: Line, document: str, language: str) -> Kept:
    """The document now. Raises StoreDown."""
    settings, versions = await _load(store, line)
    model = getattr(settings, document.replace("-", "_"))
    return Kept(model, _versions_of(document, line, versions), tuple(warnings(model, language=language)))


async def change(
    store: SettingsStore,
    directory: Directory,
    line: Line,
    document: str,
    make: Change,
    *,
    language: str,
    by: ChangedBy,
    expected: Callable[[tuple[int, ...]], bool] | None = None,
) -> Kept:
    """Replace the document by what ``make`` makes of it, and return it as it then stands.

    Raises SettingsInvalid with every mistake; VersionConflict when ``expected`` does not like the versions found, or
    when others write all the time; NotFound when the line is gone; StoreDown.
    """
    for tries_left in reversed(range(MOST_TRIES)):
        settings, versions = await _load(store, line)
        found = _versions_of(document, line, versions)
        if expected is not None and not expected(found):
            raise VersionConflict(document, -1, versions.get(document, 0))
        model = parse(document, make(getattr(settings, document.replace("-", "_"))), language)
        if mistakes := check_against_line(model, line=line, directory=directory, language=language):
            raise SettingsInvalid(mistakes)
        try:
            await _write(store, line, documents_to_write(line, settings, document, model), versions, by)
        except VersionConflict:
            if not tries_left:
                raise
            continue
        return await read(store, line, document, language)
    raise AssertionError("the last try returns or raises")


async def _write(
    store: SettingsStore,
    line: Line,
    documents: Mapping[str, BaseModel],
    versions: Mapping[str, int],
    by: ChangedBy,
) -> None:
    await store.put_all(
        line.number,
        {name: to_raw(model) for name, model in documents.items()},
        expected_versions={name: versions.get(name, 0) for name in documents},
        by=by,
    )


async def _load(store: SettingsStore, line: Line) -> tuple[LineSettings, Mapping[str, int]]:
    stored = await store.all(line.number)
    parsed: dict[str, Any] = {}
    for name, (raw, _) in stored.items():
        if name not in DOCUMENTS:
            continue
        try:
            parsed[name.replace("-", "_")] = parse(name, raw)
        except SettingsInvalid as error:
            log.error(
                "settings.unreadable", line=numbers.redact(line.number), document=name,
                mistakes=[each.where for each in error.mistakes],
            )  # fmt: skip
    settings = with_one_delay(line, LineSettings(**parsed))
    return settings, {name: version for name, (_, version) in stored.items()}


def _versions_of(document: str, line: Line, versions: Mapping[str, int]) -> tuple[int, ...]:
    """``message-settings`` of a simple line shows a delay that the call manager keeps."""
    if document == "message-settings" and not is_advanced(line):
        return versions.get(document, 0), versions.get("call-manager", 0)
    return (versions.get(document, 0),)
