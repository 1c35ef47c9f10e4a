"""The dialog of a number to forward to: a saved one (numéro sauvegardé) or another, which is temporary. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from callcontrol import numbers
from callcontrol.changes.check import target_problem
from callcontrol.changes.ports import ForwardNumber
from callcontrol.directory.directory import Directory
from callcontrol.errors import SettingsInvalid
from callcontrol.facts import Line
from callcontrol.portal_bridge.call_manager import form
from callcontrol.sentences.table import sentence
from callcontrol.settings.parse import parse


@dataclass(frozen=True, slots=True)
class Chooser:
    """The open dialog of the forward at ``path``. ``chosen`` is the id of a saved number; ``was`` what stood in the
    field of the temporary one when it opened; ``number`` and ``name`` are those of one that is to be saved."""

    path: str
    saved: Sequence[ForwardNumber]
    chosen: str = ""
    temporary: str = ""
    was: str = ""
    number: str = ""
    name: str = ""
    mistakes: Mapping[str, str] = field(default_factory=dict)

    @property
    def focus(self) -> str:
        """The field in which its user goes on: the first that is wrong, else that of the temporary number."""
        return next((each for each in ("number", "name") if each in self.mistakes), "temporary")


def opened(path: str, current: str | None, saved: Sequence[ForwardNumber], country: str) -> Chooser:
    """The dialog with the present number chosen, among the saved ones if it is one of them."""
    for one in saved:
        if current and same(one.number, current, country):
            return Chooser(path, saved, chosen=one.id)
    return Chooser(path, saved, temporary=current or "", was=current or "")


def of_form(path: str, fields: Mapping[str, Sequence[str]], saved: Sequence[ForwardNumber]) -> Chooser:
    """The dialog as it was sent. Raises form.BadForm."""

    def sent(name: str) -> str:
        values = fields.get(f"chooser.{name}", ("",))
        if len(values) != 1 or len(values[0]) > form.LONGEST:
            raise form.BadForm
        return values[0]

    return Chooser(path, saved, sent("chosen"), sent("temporary"), sent("was"), sent("number"), sent("name"))


def answer(chooser: Chooser, line: Line, directory: Directory, language: str) -> str | Chooser:
    """The number that was chosen, or the dialog with what is wrong in its field. A field that was touched counts more
    than a saved number, one that was not less."""
    typed = chooser.temporary.strip()
    found = next((one.number for one in chooser.saved if one.id == chooser.chosen), None)
    number = found if found is not None and typed == chooser.was.strip() else typed or found
    wrong = _problem(number, line, directory, language)
    if wrong is None and number is not None:
        return number
    return replace(chooser, mistakes={"temporary": wrong or sentence("number_missing", language)})


def _problem(number: str | None, line: Line, directory: Directory, language: str) -> str | None:
    try:
        parse("call-manager", {"unconditional": {"number": number}}, language)
    except SettingsInvalid as error:
        return error.mistakes[0].text
    if number is not None and (code := target_problem(number, line=line, directory=directory)):
        return sentence(code, language, {"number": number})
    return None


def same(one: str, other: str, country: str) -> bool:
    """Whether two spellings lead to the same place."""
    return one.strip() == other.strip() or numbers.same(one, other, country)
