"""The page *Accueil* as it stands in a browser: what its form says, and what it is told about it. Pure.

Everything that is not saved is in the form alone: each answer is made of what was sent, so that nothing typed is lost
and the server keeps nothing between two requests.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from callcontrol.changes.line_settings import Kept
from callcontrol.errors import Mistake
from callcontrol.portal_bridge.call_manager import form
from callcontrol.portal_bridge.call_manager.chooser import Chooser
from callcontrol.portal_bridge.call_manager.form import BadForm, Values
from callcontrol.portal_bridge.call_manager.picker import Picker
from callcontrol.settings.parse import to_raw

SECTIONS = ("selective_forward", "selective_reject", "distinctive_ring", "unavailable", "reject_anonymous")
"""The advanced settings, each of which opens."""


@dataclass(frozen=True, slots=True)
class State:
    """``values`` is what the form says, ``seen`` and ``etag`` the document that it was made from. ``told`` names one of
    the words of the page, or is a sentence; ``elsewhere`` has the paths that somebody else changed meanwhile, ``focus``
    the path whose link is returned to."""

    values: Values
    seen: Values
    etag: str
    mistakes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    told: str = ""
    elsewhere: tuple[str, ...] = ()
    opened: frozenset[str] = frozenset()
    focus: str = ""
    picker: Picker | None = None
    chooser: Chooser | None = None

    @property
    def unsaved(self) -> bool:
        """Whether the form says something else than what is kept."""
        return bool(form.differing(self.values, self.seen))


def of_kept(kept: Kept, **more: Any) -> State:
    """The page of a document as it stands."""
    values = form.values_of(to_raw(kept.model))
    return State(values, values, etag_of(kept.versions), **more)


def etag_of(versions: tuple[int, ...]) -> str:
    """The document's versions as the form has them."""
    return "-".join(map(str, versions))


def of_form(fields: Mapping[str, Sequence[str]]) -> State:
    """What was sent. Raises BadForm."""
    values = form.values_of_form(fields)
    seen = form.values_of_json(_one(fields, "seen"))
    opened = frozenset(_one(fields, "opened", "").split(",")) & set(SECTIONS)
    return State(values, seen, _one(fields, "etag"), opened=opened)


def with_mistakes(state: State, mistakes: Sequence[Mistake]) -> State:
    """Each mistake stands beside the field that it is in; what is in none stands above."""
    found: dict[str, list[str]] = {}
    for each in mistakes:
        texts = found.setdefault(_place(each.where), [])
        if each.text not in texts:
            texts.append(each.text)
    wrong = {path.partition(".")[0] for path in found}
    return replace(state, mistakes=found, told="refused", opened=state.opened | (wrong & set(SECTIONS)))


def brought(state: State, kept: Kept, told: str) -> State:
    """The same after somebody else changed the document to ``kept``: what was changed here stays to be applied."""
    theirs = form.values_of(to_raw(kept.model))
    return replace(
        state,
        values=form.brought_together(state.seen, state.values, theirs),
        seen=theirs,
        etag=etag_of(kept.versions),
        elsewhere=form.differing(state.seen, theirs),
        told=told,
    )


def seen_field(seen: Values) -> str:
    """``seen`` as a field of the form."""
    return json.dumps(seen, ensure_ascii=False, separators=(",", ":"))


def _place(where: str) -> str:
    return next((path for path in form.FIELDS if where == path or where.startswith(f"{path}.")), "")


def _one(fields: Mapping[str, Sequence[str]], name: str, otherwise: str | None = None) -> str:
    values = fields.get(name, () if otherwise is None else (otherwise,))
    if len(values) != 1:
        raise BadForm
    return values[0]
