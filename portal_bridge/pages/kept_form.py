"""A form that came when its session was over: carried through the log-in in the page itself, then offered to its owner
to be sent again. Pure.

The server keeps nothing, and nothing is done before its owner presses the button. No secret is carried (``keeps``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from callcontrol.portal_bridge.pages import csrf
from callcontrol.portal_bridge.pages.form import Form

LARGEST = 128 * 1024
"""Bytes of a form that is carried: somebody who is not logged in sends it."""
_TO, _TOKEN, _FIELD = "kept_to", "kept_token", "kept."


@dataclass(frozen=True, slots=True)
class KeptForm:
    """``to`` is the path that it was sent to, ``page`` that of its page, ``token`` the one that it came with."""

    to: str
    page: str
    token: str
    values: tuple[tuple[str, str], ...] = field(repr=False)

    @property
    def carried(self) -> tuple[tuple[str, str], ...]:
        """The hidden fields of the log-in's own form."""
        return (
            (_TO, self.to),
            (_TOKEN, self.token),
            *((_FIELD + name, value) for name, value in self.values),
        )


def of_sent(form: Form, to: str, page: str, token: str) -> KeptForm | None:
    """What was typed; None: nothing was."""
    values = tuple(
        (name, value) for name, all_of in form.values.items() for value in all_of if name != csrf.FIELD
    )
    return KeptForm(to, page, token, values) if values else None


def of_log_in(form: Form, page: str) -> KeptForm | None:
    """What the log-in's form carries."""
    values = tuple(
        (name.removeprefix(_FIELD), value)
        for name, all_of in form.values.items()
        if name.startswith(_FIELD)
        for value in all_of
    )
    return KeptForm(form.text(_TO), page, form.text(_TOKEN), values) if values else None
