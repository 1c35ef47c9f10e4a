"""The documents about the mailbox: ``inbox-access``, ``message-settings``, ``greetings``, ``business-hours``,
``notifications`` (spec §5, §6).

Pure. Field names are those of the API and never change (contract); defaults and ranges stand here and nowhere else.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, field_validator

from callcontrol.documents.fields import refuse
from callcontrol.settings.fields import (
    Document,
    Hours,
    MailAddress,
    RecordId,
    VoicemailDelay,
    as_tuple,
    at_most,
)


class InboxAccess(Document):
    """``inbox-access``: how the voice menu knows and greets its owner."""

    pin_disabled: bool = False
    quick_login: bool = True
    autoplay_voice: bool = False
    autoplay_fax: bool = False
    playback: Literal["details_and_message", "message", "details"] = "details_and_message"


class MailTarget(Document):
    """An address that messages are mailed to."""

    address: MailAddress
    voice: bool = True
    fax: bool = True


class MessageSettings(Document):
    """``message-settings``. ``voicemail_after`` is kept here for the advanced manager only (see ``delay.py``)."""

    voicemail_after: VoicemailDelay = 45
    live_screening: bool = False
    mail_enabled: bool = False
    addresses: Annotated[tuple[MailTarget, ...], BeforeValidator(as_tuple), *at_most(50)] = ()
    keep_original: bool = False
    action_links: bool = False

    @field_validator("addresses")
    @classmethod
    def _each_address_once(cls, value: tuple[MailTarget, ...]) -> tuple[MailTarget, ...]:
        seen: set[str] = set()
        for target in value:
            if target.address.lower() in seen:
                raise refuse("address_twice", address=target.address)
            seen.add(target.address.lower())
        return value


class Variant(Document):
    """A greeting of its own for one case; without a recording the kind's normal one is played."""

    enabled: bool = False
    recording: RecordId | None = None


class GreetingKind(Document):
    """A kind of greeting: its normal recording and its three variants."""

    recording: RecordId | None = None
    busy: Variant = Variant()
    outside_hours: Variant = Variant()
    internal: Variant = Variant()


class GreetingKinds(Document):
    """Every kind keeps its recordings, whichever is chosen."""

    personal: GreetingKind = GreetingKind()
    name: GreetingKind = GreetingKind()
    number: GreetingKind = GreetingKind()
    system: GreetingKind = GreetingKind()


class Absence(Document):
    """*Absence prolongée*: may forbid to leave a message, may differ for callers of the company."""

    recording: RecordId | None = None
    accept_messages: bool = True
    internal_different: bool = False
    internal_recording: RecordId | None = None


class Greetings(Document):
    """``greetings``."""

    kind: Literal["absence", "personal", "name", "number", "system"] = "system"
    kinds: GreetingKinds = GreetingKinds()
    absence: Absence = Absence()
    recorded_name: RecordId | None = None


_OFFICE_HOURS = (("09:00", "12:30"), ("14:00", "18:00"))


class BusinessHours(Document):
    """``business-hours``, in the line's time zone. A day with no interval is closed."""

    mon: Hours = _OFFICE_HOURS
    tue: Hours = _OFFICE_HOURS
    wed: Hours = _OFFICE_HOURS
    thu: Hours = _OFFICE_HOURS
    fri: Hours = _OFFICE_HOURS
    sat: Hours = ()
    sun: Hours = ()
    closed_holidays: bool = True


class Notifications(Document):
    """``notifications``: the lamp and the reminders."""

    mwi_voice: Literal["all", "urgent", "none"] = "all"
    mwi_fax: bool = False
    reminders_enabled: bool = True
