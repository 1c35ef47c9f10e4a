"""Every settings document of a line, and all of them together.

Pure. Each field, its range and its default stand once, in ``call_documents.py`` and ``mailbox_documents.py``.
Nothing here looks at another line, at the directory or at a clock; what needs them is in ``check.py``.
A document is replaced, never altered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pydantic import BaseModel

from callcontrol.settings.call_documents import (
    AfterTheRing,
    AskNumber,
    BarringSwitches,
    CallManager,
    CallManagerAdvanced,
    CallSettings,
    DoNotDisturb,
    Period,
    QuarterWeek,
    Schedule,
    SelectiveForward,
    SelectiveList,
    Unavailable,
    Unconditional,
    WhenBusy,
    WhenUnanswered,
)
from callcontrol.settings.fields import NOBODY, Callers
from callcontrol.settings.mailbox_documents import (
    Absence,
    BusinessHours,
    GreetingKind,
    GreetingKinds,
    Greetings,
    InboxAccess,
    MailTarget,
    MessageSettings,
    Notifications,
    Variant,
)

__all__ = [
    "DOCUMENTS",
    "NOBODY",
    "Absence",
    "AfterTheRing",
    "AskNumber",
    "BarringSwitches",
    "BusinessHours",
    "CallManager",
    "CallManagerAdvanced",
    "CallSettings",
    "Callers",
    "DoNotDisturb",
    "GreetingKind",
    "GreetingKinds",
    "Greetings",
    "InboxAccess",
    "LineSettings",
    "MailTarget",
    "MessageSettings",
    "Notifications",
    "Period",
    "QuarterWeek",
    "Schedule",
    "SelectiveForward",
    "SelectiveList",
    "Unavailable",
    "Unconditional",
    "Variant",
    "WhenBusy",
    "WhenUnanswered",
]

DOCUMENTS: Mapping[str, type[BaseModel]] = MappingProxyType(
    {
        "call-manager": CallManager,
        "call-manager-advanced": CallManagerAdvanced,
        "call-settings": CallSettings,
        "message-settings": MessageSettings,
        "greetings": Greetings,
        "notifications": Notifications,
        "inbox-access": InboxAccess,
        "business-hours": BusinessHours,
    }
)
"""Each document under its name in the API."""


@dataclass(frozen=True, slots=True)
class LineSettings:
    """All documents of one line, each whole. The attribute is the document's name with ``_`` for ``-``."""

    call_manager: CallManager = field(default_factory=CallManager)
    call_manager_advanced: CallManagerAdvanced = field(default_factory=CallManagerAdvanced)
    call_settings: CallSettings = field(default_factory=CallSettings)
    message_settings: MessageSettings = field(default_factory=MessageSettings)
    greetings: Greetings = field(default_factory=Greetings)
    notifications: Notifications = field(default_factory=Notifications)
    inbox_access: InboxAccess = field(default_factory=InboxAccess)
    business_hours: BusinessHours = field(default_factory=BusinessHours)
