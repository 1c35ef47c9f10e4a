"""What a user fills in for a contact, a group of contacts or a saved number: every field and its limits, once.

Pure. The same for a page, the API, a file and a menu; what only the directory or the store knows is checked by the
module that makes the change. Every refusal carries a code of ``sentences/settings.py``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from callcontrol.documents.fields import refuse
from callcontrol.settings.fields import Document, MailAddress, OneLine, RecordIds, at_most

NumberKind = Literal["home", "work", "mobile", "fax", "other"]
_Short = Annotated[OneLine, Field(max_length=80)]
_Long = Annotated[OneLine, Field(max_length=300)]
_Number = Annotated[OneLine, Field(min_length=1, max_length=40)]


class ContactNumber(Document):
    """A number of a contact."""

    kind: NumberKind = "other"
    number: Annotated[_Number, Field(description="In any spelling, kept as typed; an extension too.")]


class ContactIn(Document):
    """A contact. It needs a name, a nickname or a firm."""

    first_name: _Short = ""
    last_name: _Short = ""
    nickname: _Short = ""
    title: _Short = ""
    company: _Short = ""
    numbers: Annotated[list[ContactNumber], *at_most(20), Field(default_factory=list)]
    primary_number: Annotated[str | None, Field(description="One of `numbers`.")] = None
    emails: Annotated[list[MailAddress], *at_most(20), Field(default_factory=list)]
    primary_email: Annotated[str | None, Field(description="One of `emails`.")] = None
    sms: _Number | None = None
    home_address: _Long = ""
    work_address: _Long = ""

    @model_validator(mode="after")
    def _has_a_name(self) -> ContactIn:
        if not (self.first_name or self.last_name or self.nickname or self.company):
            raise refuse("name_missing")
        return self


class ContactGroupIn(Document):
    """A group with all its members."""

    name: Annotated[OneLine, Field(min_length=1, max_length=80)]
    contacts: Annotated[RecordIds, Field(description="Identifiers of contacts.", default_factory=list)]
    groups: Annotated[
        RecordIds, Field(description="Identifiers of groups in this one.", default_factory=list)
    ]


class ForwardNumberIn(Document):
    """A number to save."""

    number: Annotated[_Number, Field(description="In any spelling, kept as typed.")]
    name: Annotated[OneLine, Field(min_length=1, max_length=80)]
