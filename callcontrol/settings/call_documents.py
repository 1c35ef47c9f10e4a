"""The documents about calls: ``call-manager``, ``call-manager-advanced``, ``call-settings`` (spec §2.3, §3, §4).

Pure. Field names are those of the API and never change (contract); defaults and ranges stand here and nowhere else.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from callcontrol.documents.fields import refuse
from callcontrol.settings.fields import (
    NOBODY,
    Callers,
    Dialled,
    Document,
    ForwardNumber,
    Name,
    QuarterHours,
    RecordId,
    VoicemailDelay,
    as_tuple,
    at_most,
)


class Unconditional(Document):
    """*Renvoi inconditionnel*: the number that ``incoming: forward`` uses, kept when it does not."""

    number: Dialled | None = None


class DoNotDisturb(Document):
    """*Ne pas déranger*, and who reaches the line all the same."""

    enabled: bool = False
    priority_enabled: bool = False
    priority: Callers = NOBODY


class WhenUnanswered(Document):
    """*S'il n'y a pas de réponse*. Both delays are seconds from the start of the ring; the first to end wins.

    ``voicemail_after`` is the one place where a simple line's delay is kept: ``delay.py`` shows the same value
    in ``message-settings`` and writes it back here.
    """

    forward_enabled: bool = False
    number: ForwardNumber = None
    forward_after: Annotated[int, Field(ge=6, le=3600)] = 36
    voicemail_enabled: bool = True
    voicemail_after: VoicemailDelay = 60


class WhenBusy(Document):
    """*Si votre téléphone est occupé*. With both off the caller hears the busy announcement."""

    forward_enabled: bool = False
    number: ForwardNumber = None
    voicemail_enabled: bool = True


class Unavailable(Document):
    """*Renvoi sur indisponibilité*: no device registered. Off: voicemail."""

    forward_enabled: bool = False
    number: ForwardNumber = None


class SelectiveForward(Document):
    """*Renvoyer la sélection*."""

    enabled: bool = False
    number: ForwardNumber = None
    callers: Callers = NOBODY


class SelectiveList(Document):
    """*Rejeter la sélection* and *Sonnerie distincte*: a list with a switch."""

    enabled: bool = False
    callers: Callers = NOBODY


class CallManager(Document):
    """``call-manager``: the home page of every licence but the advanced one."""

    incoming: Literal["ring", "forward", "voicemail"] = "ring"
    unconditional: Annotated[Unconditional, Field(validate_default=True)] = Unconditional()
    dnd: DoNotDisturb = DoNotDisturb()
    no_answer: WhenUnanswered = WhenUnanswered()
    busy: WhenBusy = WhenBusy()
    unavailable: Unavailable = Unavailable()
    selective_forward: SelectiveForward = SelectiveForward()
    selective_reject: SelectiveList = SelectiveList()
    distinctive_ring: SelectiveList = SelectiveList()
    reject_anonymous: bool = False

    @field_validator("unconditional")
    @classmethod
    def _forward_needs_its_number(cls, value: Unconditional, info: ValidationInfo) -> Unconditional:
        if info.data.get("incoming") == "forward" and value.number is None:
            raise refuse("number_missing", at="number")
        return value


# --- the advanced manager (spec §4) ------------------------------------------------------------------------


class QuarterWeek(Document):
    """Cells of a quarter of an hour, drawn in the week; a day that is left out has none."""

    mon: QuarterHours = ()
    tue: QuarterHours = ()
    wed: QuarterHours = ()
    thu: QuarterHours = ()
    fri: QuarterHours = ()
    sat: QuarterHours = ()
    sun: QuarterHours = ()


class Period(Document):
    """A named period of the week with its rule list."""

    name: Name
    cells: QuarterWeek = QuarterWeek()
    list: RecordId


class Schedule(Document):
    """*Planification*: up to three periods, another list in all other cases, and one for special days."""

    periods: Annotated[tuple[Period, ...], BeforeValidator(as_tuple), *at_most(3)] = ()
    otherwise: RecordId | None = None
    special: RecordId | None = None


class AfterTheRing(Document):
    """*Si je ne réponds pas*, *si je suis déjà en ligne*."""

    action: Literal["forward", "voicemail", "refuse"] = "voicemail"
    number: Annotated[Dialled | None, Field(validate_default=True)] = None

    @field_validator("number")
    @classmethod
    def _forward_needs_its_number(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("action") == "forward":
            raise refuse("number_missing")
        return value


class CallManagerAdvanced(Document):
    """``call-manager-advanced``. Its delay is ``message-settings.voicemail_after``."""

    incoming: Literal["ring", "forward", "voicemail", "list", "schedule"] = "ring"
    number: Annotated[Dialled | None, Field(validate_default=True)] = None
    list: Annotated[RecordId | None, Field(validate_default=True)] = None
    schedule: Schedule = Schedule()
    no_answer: AfterTheRing = AfterTheRing()
    busy: AfterTheRing = AfterTheRing()
    ringback: RecordId | None = None
    before_forward: Literal["ring", "voicemail", "list", "schedule"] = "ring"
    """What ``*73`` goes back to: kept by ``*72``."""

    @field_validator("number", "list")
    @classmethod
    def _what_is_chosen_is_given(cls, value: str | None, info: ValidationInfo) -> str | None:
        chosen = info.data.get("incoming")
        if value is None and info.field_name == "number" and chosen == "forward":
            raise refuse("number_missing")
        if value is None and info.field_name == "list" and chosen == "list":
            raise refuse("list_missing")
        return value


# --- call settings (spec §2.3, §2.4, §7) -------------------------------------------------------------------


class AskNumber(Document):
    """*Me demander un numéro de transfert à chaque fois*, for each forward code."""

    unconditional: bool = True
    busy: bool = True
    no_answer: bool = True
    unavailable: bool = True


class BarringSwitches(Document):
    """*Blocage d'appel*: True bars the class; the names are those of ``facts.Barring``."""

    national: bool = False
    international: bool = False
    premium: bool = False
    access_codes: bool = False
    config_codes: bool = False


class CallSettings(Document):
    """``call-settings``."""

    hide_number: bool = False
    show_caller_number: bool = True
    show_caller_name: bool = True
    ask_number: AskNumber = AskNumber()
    barring: BarringSwitches = BarringSwitches()
