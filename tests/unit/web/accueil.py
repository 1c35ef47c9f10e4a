"""Values of the form of *Accueil*, of all kinds, as strategies."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from callcontrol.portal_bridge.call_manager import form

IDS = st.sampled_from(["a", "b", "c", "d", "4002", "0612345678", "02*"])
"""Few, so that two lists often have the same entry."""
LISTS = st.fixed_dictionaries({kind: st.lists(IDS, unique=True, max_size=4) for kind in form.KINDS})
TYPED = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20).map(str.strip)
_SECONDS = st.integers(0, 10**9 - 1) | TYPED.filter(lambda text: not (text.isascii() and text.isdigit()))
_KINDS: dict[str, st.SearchStrategy[Any]] = {
    "incoming": st.sampled_from(["ring", "forward", "voicemail"]),
    **dict.fromkeys(form.SWITCHES, st.booleans()),
    **dict.fromkeys(form.NUMBERS, st.none() | TYPED.filter(bool)),
    **dict.fromkeys(form.SECONDS, _SECONDS),
    **dict.fromkeys(form.LISTS, LISTS),
}
VALUES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(_KINDS)


def sent(values: form.Values) -> dict[str, tuple[str, ...]]:
    """As a browser sends them: a switch that is off is not sent."""
    texts = {path: form.as_field(value) for path, value in values.items()}
    return {path: (text,) for path, text in texts.items() if text or path not in form.SWITCHES}
