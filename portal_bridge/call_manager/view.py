"""What the templates of *Accueil* show of its state, in the line's language. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from callcontrol.changes import check
from callcontrol.changes.ports import ForwardNumber
from callcontrol.directory.directory import Directory
from callcontrol.errors import SettingsInvalid
from callcontrol.facts import Line
from callcontrol.portal_bridge.call_manager import chooser, form, picker
from callcontrol.portal_bridge.call_manager.state import State, seen_field
from callcontrol.portal_bridge.pages.words import Words
from callcontrol.settings.parse import parse

LABELS: Mapping[str, tuple[str, ...]] = {
    "incoming": ("incoming",),
    "dnd.enabled": ("status",),
    "dnd.priority_enabled": ("priority",),
    "dnd.priority": ("dnd.priority",),
    "unconditional.number": ("incoming_forward",),
    "no_answer.forward_enabled": ("no_answer", "forward_to"),
    "no_answer.number": ("no_answer", "forward_to"),
    "no_answer.forward_after": ("no_answer", "forward_delay"),
    "no_answer.voicemail_enabled": ("no_answer", "to_voicemail"),
    "no_answer.voicemail_after": ("no_answer", "voicemail_delay"),
    "busy.forward_enabled": ("busy", "forward_to"),
    "busy.number": ("busy", "forward_to"),
    "busy.voicemail_enabled": ("busy", "to_box"),
    "unavailable.forward_enabled": ("unavailable",),
    "unavailable.number": ("unavailable", "number"),
    "selective_forward.enabled": ("selective_forward",),
    "selective_forward.number": ("selective_forward", "number"),
    "selective_forward.callers": ("selective_forward.callers",),
    "selective_reject.enabled": ("selective_reject",),
    "selective_reject.callers": ("selective_reject.callers",),
    "distinctive_ring.enabled": ("distinctive_ring",),
    "distinctive_ring.callers": ("distinctive_ring.callers",),
    "reject_anonymous": ("reject_anonymous",),
}
"""What each field is called where it does not stand in its place."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Where calls go during do not disturb. ``busy_forward``: because the busy forward is on."""

    text: str
    busy_forward: bool = False


class Home:
    """The page of a line."""

    def __init__(
        self,
        url: str,
        state: State,
        line: Line,
        directory: Directory,
        saved: Sequence[ForwardNumber],
        t: Words,
    ) -> None:
        self.url, self.state, self.line, self._t = url, state, line, t
        self._directory, self._saved = directory, saved
        self._country = directory.company(line.company).country
        self.values = state.values
        self.etag, self.seen = state.etag, seen_field(state.seen)
        self.mistakes = defaultdict(tuple, state.mistakes)
        self.opened, self.focus, self.unsaved = state.opened, state.focus, state.unsaved
        self.picker, self.chooser = state.picker, state.chooser
        self.told = t(state.told) if state.told in t else state.told

    @property
    def told_kind(self) -> str:
        return {"saved": "good", "": "calm", "brought": "calm"}.get(self.state.told, "bad")

    @property
    def most_calls(self) -> int:
        return self.line.max_calls

    def field(self, path: str) -> str:
        """A value as its field has it."""
        return form.as_field(self.values[path])

    def has_mistake(self, start: str) -> bool:
        """Whether anything below ``start`` is wrong."""
        return any(path.startswith(start) for path in self.mistakes)

    def number_shown(self, path: str) -> str:
        """The number of a forward with the name that it is saved under, or the guide's words where there is none."""
        number = self.values[path]
        if not number:
            return self._t("other_phone")
        for one in self._saved:
            if chooser.same(one.number, number, self._country):
                return f"{number} ({one.name})"
        return str(number)

    def callers_count(self, path: str) -> str:
        """How many callers are on a list, in words."""
        count = form.count(self.values[path])
        name = {0: "callers_none", 1: "callers_one"}.get(count, "callers_many")
        return self._t(name, count=count)

    @property
    def sentence(self) -> Sentence:
        """Where calls go during do not disturb, by the rows of spec §3 in their order (5, then 6)."""
        values = self.values
        if values["incoming"] == "forward" and values["unconditional.number"]:
            return Sentence(self._t("dnd_unconditional", number=values["unconditional.number"]))
        if values["incoming"] != "voicemail" and values["busy.forward_enabled"] and values["busy.number"]:
            return Sentence(self._t("dnd_number", number=values["busy.number"]), busy_forward=True)
        return Sentence(self._t("dnd_voicemail"))

    @property
    def warnings(self) -> list[str]:
        """What is allowed but probably not meant, of the form as it stands."""
        try:
            document = parse("call-manager", form.with_values({}, self.values))
        except SettingsInvalid:
            return []
        return [each.text for each in check.warnings(document, language=self._t.language)]

    @property
    def elsewhere(self) -> list[str]:
        """What somebody else changed meanwhile, in words."""
        kept = self.values
        return [
            f"{self._label(path)} : {self._value(path)}"
            + ("" if kept[path] == self.state.seen[path] else f" ({self._t('mine_kept')})")
            for path in self.state.elsewhere
        ]

    def _label(self, path: str) -> str:
        return " – ".join(self._t.plain(name).rstrip(" :") for name in LABELS[path])

    def _value(self, path: str) -> str:
        value: Any = self.state.seen[path]
        match value:
            case bool() if path == "dnd.enabled":
                return self._t("dnd" if value else "available")
            case bool():
                return self._t("on" if value else "off")
            case None:
                return "—"
            case dict():
                return f"{form.count(value)}"
            case _ if path == "incoming":
                return self._t(f"incoming_{value}")
            case _:
                return str(value)

    # the dialog of callers

    @property
    def picked(self) -> str:
        assert self.picker is not None
        return form.as_field(self.picker.picked)

    @property
    def counts(self) -> Mapping[str, int]:
        assert self.picker is not None
        return picker.counts(self.picker.picked)

    @cached_property
    def rows(self) -> picker.Rows:
        assert self.picker is not None
        return picker.rows(self.picker, self.line, self._directory, self._t("gone"))

    # how the line is shown

    @property
    def is_group(self) -> bool:
        return self.line.group

    @property
    def line_number(self) -> str:
        return self.line.number
