"""An example of each settings document and of a change to it, for the documentation. Pure.

The documents are the defaults with what makes them worth reading; a test sends each of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callcontrol.settings.model import DOCUMENTS
from callcontrol.settings.parse import merge, parse, to_raw

PATCHES: Mapping[str, Mapping[str, Any]] = {
    "call-manager": {
        "dnd": {"enabled": True, "priority_enabled": True, "priority": {"numbers": ["0612345678", "0299*"]}},
        "no_answer": {"forward_enabled": True, "number": "06 12 34 56 78", "forward_after": 20},
    },
    "call-manager-advanced": {"incoming": "ring", "no_answer": {"action": "forward", "number": "0612345678"}},
    "call-settings": {"hide_number": True, "barring": {"premium": True}},
    "message-settings": {
        "voicemail_after": 25,
        "mail_enabled": True,
        "addresses": [{"address": "camille@example.net", "voice": True, "fax": False}],
    },
    "greetings": {"kind": "number"},
    "notifications": {"mwi_voice": "urgent"},
    "inbox-access": {"autoplay_voice": True},
    "business-hours": {"sat": [["09:00", "12:00"]]},
}
"""A change of a part, by document."""

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    name: to_raw(parse(name, merge(name, parse(name, {}), PATCHES[name]))) for name in DOCUMENTS
}
"""A whole document."""
