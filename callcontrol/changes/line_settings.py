"""Reading and changing the settings documents of a line (contract.md), the same for pages, API, star codes and menus.

Everything that is written was parsed, checked beside the line and its company, and goes into the audit trail with its
origin. What cannot be right changes nothing. A change is in force when ``change`` returns: the next call obeys it,
however soon it comes. Never reads the calls' directory for what is kept: what was just written is what is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import BaseModel

from callcontrol import numbers
from callcontrol.changed_by import ChangedBy
from callcontrol.changes import named_recordings, owners_word
from callcontrol.changes.check import check_against_line, warnings
from callcontrol.changes.services import ChangeServices
from callcontrol.errors import Mistake, Overtaken, SettingsInvalid, VersionConflict
from callcontrol.facts import Line
from callcontrol.sentences.table import mistake
from callcontrol.settings.delay import documents_behind, documents_to_write, with_one_delay
from callcontrol.settings.model import LineSettings
from callcontrol.settings.parse import parse, to_raw

log = structlog.get_logger()

MOST_TRIES = 5
"""A change that names no version is made again on what somebody else wrote meanwhile, so often at most."""

LARGEST_DOCUMENT = 48 * 1024
"""Bytes of a document as JSON, so that whatever is kept can be sent back by whoever reads it (``api.route``)."""

Change = Callable[[BaseModel], object]
"""From a document as it is to the raw document that it shall be."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A document as it stands. ``versions`` change whenever anything that it shows changes; ``warnings`` is what is
    allowed but probably not meant."""

    model: BaseModel
    versions: tuple[int, ...]
    warnings: tuple[Mistake, ...] = ()


async def read(services: ChangeServices, line: Line, document: str, language: str) -> Kept:
    """The document now. Raises StoreDown."""
    settings, versions = await _load(services, line, document)
    return _kept(_document(settings, document), versions, line, document, language)


async def change(
    services: ChangeServices,
    line: Line,
    document: str,
    make: Change,
    *,
    language: str,
    by: ChangedBy,
    expected: Callable[[tuple[int, ...]], bool] | None = None,
) -> Kept:
    """Replace the document by what ``make`` makes of it, and return it as it then stands.

    Raises SettingsInvalid with every mistake; VersionConflict when ``expected`` does not like the versions found;
    without it Overtaken, when other processes write all the time; NotFound when the line is gone; StoreDown;
    NotInForce.
    """
    async with services.turns.of(line.number):
        documents, versions, written = await _made(services, line, document, make, language, by, expected)
    await services.calls.in_force([("document", line.number, name) for name in written])
    return _kept(documents[document], {**versions, **written}, line, document, language)


async def _made(
    services: ChangeServices,
    line: Line,
    document: str,
    make: Change,
    language: str,
    by: ChangedBy,
    expected: Callable[[tuple[int, ...]], bool] | None,
) -> tuple[Mapping[str, BaseModel], Mapping[str, int], Mapping[str, int]]:
    """The documents written, the versions of all of them before, and of those written now."""
    for tries_left in reversed(range(MOST_TRIES)):
        settings, versions = await _load(services, line, document)
        if expected is not None and not expected(_versions_of(document, line, versions)):
            raise VersionConflict(document, -1, versions.get(document, 0))
        model = parse(document, make(_document(settings, document)), language)
        mistakes = check_against_line(
            model, line=line, directory=services.directory, language=language, kept=settings
        )
        before = _document(settings, document)
        mistakes += await _recording_mistakes(services, line, model, before, language)
        mistakes += owners_word.mistakes(document, before, model, line=line, by=by, language=language)
        if len(model.model_dump_json().encode()) > LARGEST_DOCUMENT:
            mistakes.append(mistake("document_too_large", "", language, kilobytes=LARGEST_DOCUMENT // 1024))
        if mistakes:
            raise SettingsInvalid(mistakes)
        documents = documents_to_write(line, settings, document, model)
        try:
            return documents, versions, await _write(services, line, documents, versions, by)
        except VersionConflict as conflict:
            if expected is not None:
                raise
            if not tries_left:
                raise Overtaken(f"{document} is changed all the time") from conflict
    raise AssertionError("the last try returns or raises")


async def _recording_mistakes(
    services: ChangeServices, line: Line, model: BaseModel, before: BaseModel, language: str
) -> list[Mistake]:
    """Asks the store, not the directory: what was uploaded a moment ago may be named."""
    ids = {recording for recording, _ in named_recordings.named(model).values()}
    there = await services.recordings.kinds(line.number, ids) if ids else {}
    return named_recordings.mistakes(model, before, there, language)


async def _write(
    services: ChangeServices,
    line: Line,
    documents: Mapping[str, BaseModel],
    versions: Mapping[str, int],
    by: ChangedBy,
) -> Mapping[str, int]:
    return await services.documents.put_all(
        line.number,
        {name: to_raw(model) for name, model in documents.items()},
        expected_versions={name: versions.get(name, 0) for name in documents},
        by=by,
    )


async def _load(
    services: ChangeServices, line: Line, document: str
) -> tuple[LineSettings, Mapping[str, int]]:
    """The settings with what is kept of ``document`` and of no other, each parsed once; versions by name."""
    stored = await services.documents.some(line.number, documents_behind(line, document))
    parsed: dict[str, Any] = {}
    for name, (raw, _) in stored.items():
        try:
            parsed[name.replace("-", "_")] = parse(name, raw)
        except SettingsInvalid as error:
            log.error(
                "settings.unreadable", line=numbers.redact(line.number), document=name,
                mistakes=[each.where for each in error.mistakes],
            )  # fmt: skip
    return with_one_delay(line, LineSettings(**parsed)), {name: row[1] for name, row in stored.items()}


def _document(settings: LineSettings, document: str) -> BaseModel:
    model: BaseModel = getattr(settings, document.replace("-", "_"))
    return model


def _kept(model: BaseModel, versions: Mapping[str, int], line: Line, document: str, language: str) -> Kept:
    return Kept(model, _versions_of(document, line, versions), tuple(warnings(model, language=language)))


def _versions_of(document: str, line: Line, versions: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(versions.get(name, 0) for name in documents_behind(line, document))
