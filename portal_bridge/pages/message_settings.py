"""``/message-settings``, *Paramètres de Message* (guide 2.6, spec §5, §6): mail, live screening, how the box is opened.

Only *Appliquer* keeps anything, by the change that the API makes of the same documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from callcontrol.changes import line_settings
from callcontrol.errors import SettingsInvalid
from callcontrol.facts import Licence
from callcontrol.portal_bridge.pages import message_form
from callcontrol.portal_bridge.pages.message_form import ADDRESSES, GENERAL, PLAYBACKS, Target, Typed
from callcontrol.portal_bridge.pages.page import Menu, Page
from callcontrol.portal_bridge.pages.saving import save, version_of
from callcontrol.portal_bridge.pages.visit import Visit
from callcontrol.portal_bridge.problems import Problem
from callcontrol.settings.delay import is_advanced
from callcontrol.settings.model import DOCUMENTS
from callcontrol.settings.parse import parse, to_raw

PATH = "/message-settings"
NEW = "new"


@dataclass(frozen=True, slots=True)
class AddressDialog:
    """The open dialog. ``at`` is the place of the address in the list, or ``NEW``."""

    at: str
    typed: str = ""
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page as it stands in a browser. ``versions`` are those of the documents that it was made of; ``returned``: a
    dialog was closed, the focus goes back."""

    typed: Typed
    versions: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    dialog: AddressDialog | None = None
    told: str = ""
    returned: bool = False


async def show(visit: Visit) -> web.StreamResponse:
    """The settings as they are kept."""
    return await _answer(visit, await _kept(visit), as_kept=True)


async def act(visit: Visit) -> web.StreamResponse:
    """A button of the form."""
    verb, _, about = visit.form.text("do").partition(":")
    documents = message_form.documents(visit.line)
    sheet = Sheet(
        message_form.of_form(visit.form, visit.line),
        {each: visit.form.text(f"version.{each}") for each in documents},
    )
    match verb:
        case "apply":
            return await _apply(visit, sheet)
        case "cancel":
            return await _answer(visit, await _kept(visit), as_kept=True)
        case "add":
            sheet = replace(sheet, dialog=AddressDialog(NEW))
        case "edit":
            place = _place(about, sheet)
            sheet = replace(sheet, dialog=AddressDialog(about, sheet.typed.targets[place].address))
        case "remove":
            place = _place(about, sheet)
            left = (*sheet.typed.targets[:place], *sheet.typed.targets[place + 1 :])
            sheet = replace(sheet, typed=replace(sheet.typed, targets=left), returned=True)
        case "address-ok":
            sheet = _with_address(visit, sheet)
        case "dialog-close":
            sheet = replace(sheet, returned=True)
        case _:
            raise Problem("malformed")
    return await _answer(visit, sheet)


async def _apply(visit: Visit, sheet: Sheet) -> web.StreamResponse:
    """Both documents or none: a mistake in either is found before anything is written."""

    def wanted(document: str, model: BaseModel) -> dict[str, Any]:
        return message_form.raw_with(sheet.typed, to_raw(model), document, visit.line)

    errors: dict[str, str] = {}
    for document in sheet.versions:
        try:
            parse(document, wanted(document, DOCUMENTS[document]()), visit.language)
        except SettingsInvalid as error:
            errors |= {each.where: each.text for each in error.mistakes}
    for document, version in sheet.versions.items():
        errors = errors or await save(visit, document, partial(wanted, document), version)
    if errors:
        return await _answer(visit, replace(sheet, errors=errors, versions=(await _kept(visit)).versions))
    if not visit.in_part:
        return visit.go(PATH, "applied")
    told = replace(await _kept(visit), told=visit.words.plain("said_applied"))
    return await _answer(visit, told, as_kept=True)


def _with_address(visit: Visit, sheet: Sheet) -> Sheet:
    """What was typed into the dialog, put on the list; the documents' own check says what is wrong with it."""
    at, typed = visit.form.text("dialog"), visit.form.text("typed")[: message_form.LONGEST]
    targets = list(sheet.typed.targets)
    if at == NEW:
        targets.append(Target(typed))
    else:
        place = _place(at, sheet)
        targets[place] = replace(targets[place], address=typed)
    try:
        parse(GENERAL, {ADDRESSES: [{"address": each.address} for each in targets]}, visit.language)
    except SettingsInvalid as error:
        return replace(sheet, dialog=AddressDialog(at, typed, error.mistakes[0].text))
    return replace(sheet, typed=replace(sheet.typed, targets=tuple(targets)), returned=True)


def _place(about: str, sheet: Sheet) -> int:
    if not (about.isascii() and about.isdigit() and len(about) < 4 and int(about) < len(sheet.typed.targets)):
        raise Problem("malformed")
    return int(about)


async def _kept(visit: Visit) -> Sheet:
    raw, versions = {}, {}
    for document in message_form.documents(visit.line):
        kept = await line_settings.read(visit.site.changes, visit.line, document, visit.language)
        raw[document], versions[document] = to_raw(kept.model), version_of(kept.versions)
    return Sheet(message_form.of_documents(raw, visit.line), versions)


async def _answer(visit: Visit, sheet: Sheet, *, as_kept: bool = False) -> web.Response:
    """``as_kept``: what the sheet says is what is kept."""
    line, email = visit.line, visit.secrets.email
    there = {each.address.lower() for each in sheet.typed.targets}
    context: dict[str, Any] = {
        "sheet": sheet,
        "unsaved": not as_kept and sheet.typed != (await _kept(visit)).typed,
        "nowhere": sheet.typed.values["mail_enabled"]
        and not any(each.voice or each.fax for each in sheet.typed.targets),
        "known_addresses": [email] if email and email.lower() not in there else [],
        "is_simple": line.licence is Licence.SIMPLE,
        "is_advanced": is_advanced(line),
        "playbacks": PLAYBACKS,
    }
    if visit.in_part:
        return visit.part("message_settings/form.html", errors=sheet.errors, **context)
    return visit.show(errors=sheet.errors, **context)


PAGES = (Page(PATH, "message_settings", show, {"": act}, menu=Menu.SERVICE, icon="mail"),)
