"""The codes that only switch something on or off: what each makes of the document, and what it says. Pure."""

from __future__ import annotations

from callcontrol.settings.model import CallManager

LISTS = {"*60": "selective_reject", "*61": "distinctive_ring", "*63": "selective_forward"}
"""The lists of callers that a code opens, by their names in the document."""
LIST_PROMPTS = {
    "selective_reject": "reject-list",
    "distinctive_ring": "distinctive-ring-list",
    "selective_forward": "forward-list",
}
"""With ``-on`` and ``-off``."""

_SWITCHES: dict[str, tuple[str, bool, str]] = {
    "*77": ("reject_anonymous", True, "reject-anonymous-on"),
    "*87": ("reject_anonymous", False, "reject-anonymous-off"),
    "*78": ("dnd", True, "dnd-on"),
    "*79": ("dnd", False, "dnd-off"),
    "*80": ("selective_reject", False, "reject-list-off"),
    "*81": ("distinctive_ring", False, "distinctive-ring-list-off"),
    "*83": ("selective_forward", False, "forward-list-off"),
}
SWITCHES = frozenset(_SWITCHES)


def switched(code: str, model: CallManager) -> CallManager:
    """The document after the code."""
    part, on, _ = _SWITCHES[code]
    if part == "reject_anonymous":
        return model.model_copy(update={part: on})
    return model.model_copy(update={part: getattr(model, part).model_copy(update={"enabled": on})})


def said(code: str) -> str:
    """The prompt that says what is set now."""
    return _SWITCHES[code][2]
