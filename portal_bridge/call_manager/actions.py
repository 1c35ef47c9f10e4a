"""What each button of the form of *Accueil* does: from the page as it was sent to the page as it then is.

A button sends ``do``: a verb and, behind a colon, what it is about. Only *Appliquer* and what is done to saved numbers
keep anything, by the same functions as the API (``changes``), and nothing is called saved before calls obey it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import ValidationError

from callcontrol.changed_by import ChangedBy
from callcontrol.changes import forward_numbers, line_settings
from callcontrol.changes.forms import ForwardNumberIn
from callcontrol.changes.ports import ForwardNumber
from callcontrol.changes.services import ChangeServices
from callcontrol.errors import NotInForce, SettingsInvalid, VersionConflict
from callcontrol.facts import Line
from callcontrol.portal_bridge.call_manager import chooser, form, picker, state
from callcontrol.portal_bridge.call_manager.form import BadForm
from callcontrol.portal_bridge.call_manager.state import State
from callcontrol.portal_bridge.texts import PROBLEMS
from callcontrol.sentences.table import mistakes
from callcontrol.settings.parse import to_raw

DOCUMENT = "call-manager"
Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose page it is, and what its changes are made with."""

    changes: ChangeServices
    line: Line
    language: str
    by: ChangedBy

    @property
    def country(self) -> str:
        return self.changes.directory.company(self.line.company).country

    async def kept(self) -> line_settings.Kept:
        """The document as it stands."""
        return await line_settings.read(self.changes, self.line, DOCUMENT, self.language)

    async def saved(self) -> Sequence[ForwardNumber]:
        """The saved numbers."""
        return await self.changes.forward_numbers.all(self.line.number)


async def act(desk: Desk, fields: Fields) -> State:
    """Do what the button says. Raises BadForm; NotFound, StoreDown."""
    verb, _, about = "".join(fields.get("do", ())).partition(":")
    if verb not in VERBS:
        raise BadForm
    return await VERBS[verb](desk, state.of_form(fields), fields, about)


async def _apply(desk: Desk, page: State, fields: Fields, about: str) -> State:
    try:
        kept = await line_settings.change(
            desk.changes,
            desk.line,
            DOCUMENT,
            lambda current: form.with_values(to_raw(current), page.values),
            language=desk.language,
            by=desk.by,
            expected=lambda versions: state.etag_of(versions) == page.etag,
        )
    except SettingsInvalid as error:
        return state.with_mistakes(page, error.mistakes)
    except VersionConflict:
        return state.brought(page, await desk.kept(), "overtaken")
    except NotInForce:
        told = PROBLEMS["not-in-force"].text(desk.language)
        return state.of_kept(await desk.kept(), told=told, opened=page.opened)
    return state.of_kept(kept, told="saved", opened=page.opened)


async def _cancel(desk: Desk, page: State, fields: Fields, about: str) -> State:
    return state.of_kept(await desk.kept(), opened=page.opened)


async def _bring(desk: Desk, page: State, fields: Fields, about: str) -> State:
    return state.brought(page, await desk.kept(), "brought")


async def _busy_forward_off(desk: Desk, page: State, fields: Fields, about: str) -> State:
    return replace(page, values={**page.values, "busy.forward_enabled": False})


# --- the dialog of callers -----------------------------------------------------------------------------------


async def _open_callers(desk: Desk, page: State, fields: Fields, about: str) -> State:
    if about not in form.LISTS:
        raise BadForm
    return replace(page, picker=picker.Picker(about, page.values[about]))


def _in_picker(change: Callable[[picker.Picker, Desk, str], picker.Picker]) -> Verb:
    async def act_on(desk: Desk, page: State, fields: Fields, about: str) -> State:
        return replace(
            page, picker=change(picker.of_form(_dialog(fields, "callers", form.LISTS), fields), desk, about)
        )

    return act_on


def _tab(at: picker.Picker, desk: Desk, about: str) -> picker.Picker:
    if about not in picker.TABS:
        raise BadForm
    return replace(at, tab=about, search="")


async def _callers_ok(desk: Desk, page: State, fields: Fields, about: str) -> State:
    """What still stands in the field is added, too."""
    path = _dialog(fields, "callers", form.LISTS)
    at = picker.with_typed(picker.of_form(path, fields), desk.language)
    if at.mistake is not None:
        return replace(page, picker=replace(at, tab="list"))
    return _returned(replace(page, values={**page.values, path: at.picked}), path)


# --- the dialog of a number ----------------------------------------------------------------------------------


async def _open_number(desk: Desk, page: State, fields: Fields, about: str) -> State:
    if about not in form.NUMBERS:
        raise BadForm
    return replace(page, chooser=chooser.opened(about, page.values[about], await desk.saved(), desk.country))


async def _number_ok(desk: Desk, page: State, fields: Fields, about: str) -> State:
    """The forward that a number was chosen for is switched on: that is what one chooses it for. What still stands in
    the fields of a number to be saved is saved, too."""
    path = _dialog(fields, "number", form.NUMBERS)
    at = chooser.of_form(path, fields, await desk.saved())
    if _to_be_saved(fields):
        with_it = (await _save_number(desk, page, fields, about)).chooser
        if with_it is None or with_it.mistakes:
            return replace(page, chooser=with_it)
        at = replace(with_it, temporary=at.temporary, was=at.was)
    answer = chooser.answer(at, desk.line, desk.changes.directory, desk.language)
    if isinstance(answer, chooser.Chooser):
        return replace(page, chooser=answer)
    switched = {form.SWITCH_OF[path]: True} if path in form.SWITCH_OF else {}
    return _returned(replace(page, values={**page.values, path: answer, **switched}), path)


async def _number_enter(desk: Desk, page: State, fields: Fields, about: str) -> State:
    return await (_save_number if _to_be_saved(fields) else _number_ok)(desk, page, fields, about)


def _to_be_saved(fields: Fields) -> bool:
    """Whether something stands there."""
    return any(text.strip() for name in ("number", "name") for text in fields.get(f"chooser.{name}", ()))


async def _save_number(desk: Desk, page: State, fields: Fields, about: str) -> State:
    at = chooser.of_form(_dialog(fields, "number", form.NUMBERS), fields, ())
    wrong = {}
    try:
        typed = ForwardNumberIn.model_validate({"number": at.number, "name": at.name})
        kept = await forward_numbers.add(desk.changes, desk.line, typed, language=desk.language, by=desk.by)
        at = replace(at, chosen=kept.id, number="", name="", temporary=at.was)
    except ValidationError as error:
        wrong = {each.where: each.text for each in mistakes(error, desk.language)}
    except SettingsInvalid as error:
        wrong = {each.where: each.text for each in error.mistakes}
    return replace(page, chooser=replace(at, saved=await desk.saved(), mistakes=wrong))


async def _forget_number(desk: Desk, page: State, fields: Fields, about: str) -> State:
    path = _dialog(fields, "number", form.NUMBERS)
    await forward_numbers.remove(desk.changes, desk.line, about, by=desk.by)
    return replace(page, chooser=chooser.of_form(path, fields, await desk.saved()))


async def _close(desk: Desk, page: State, fields: Fields, about: str) -> State:
    return _returned(page, _dialog(fields, None, (*form.LISTS, *form.NUMBERS)))


def _dialog(fields: Fields, kind: str | None, paths: Sequence[str]) -> str:
    """The path that the open dialog is about."""
    found, _, path = "".join(fields.get("dialog", ())).partition(":")
    if path not in paths or kind not in (None, found):
        raise BadForm
    return path


def _returned(page: State, path: str) -> State:
    section = path.partition(".")[0]
    return replace(page, focus=path, opened=page.opened | ({section} & set(state.SECTIONS)))


Verb = Callable[[Desk, State, Fields, str], Awaitable[State]]
VERBS: Mapping[str, Verb] = {
    "apply": _apply,
    "cancel": _cancel,
    "bring": _bring,
    "busy-forward-off": _busy_forward_off,
    "callers": _open_callers,
    "tab": _in_picker(_tab),
    "picker-search": _in_picker(lambda at, desk, about: at),
    "picker-add": _in_picker(lambda at, desk, about: picker.with_typed(at, desk.language)),
    "picker-empty": _in_picker(lambda at, desk, about: replace(at, picked=form.callers("{}"), typed="")),
    "drop": _in_picker(lambda at, desk, about: picker.without(at, about)),
    "picker-ok": _callers_ok,
    "number": _open_number,
    "number-ok": _number_ok,
    "number-enter": _number_enter,
    "number-save": _save_number,
    "forget": _forget_number,
    "dialog-close": _close,
}
"""Each button's verb."""
