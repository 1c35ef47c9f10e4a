"""What is taken while a company file is read: numbers, extensions, short codes, names; nothing may mean two things.

Pure. Each ``take_…`` reads a field, notes what is wrong with it, and remembers the line of the file that took it.
"""

from __future__ import annotations

import re

from callcontrol import numbers
from callcontrol.provisioning.fields import Fields, Notes


class Names:
    """The names of one company file."""

    def __init__(self, country: str, extension_length: int, notes: Notes) -> None:
        self.country = country
        self.notes = notes
        self._length = extension_length
        self._numbers: dict[str, int] = {}
        self._short: dict[str, int] = {}
        """Extensions and short codes: both are dialled, so that they are one space of names."""
        self._sites: dict[str, int] = {}
        self._pickup_groups: dict[str, int] = {}
        self._lines: dict[str, str] = {}
        """Lines by their number and by their extension."""

    def take_number(self, fields: Fields) -> str:
        """The number of a line or group, as its login is written."""
        return self._take_number(fields, "number", required=True, login=True) or ""

    def take_fax(self, fields: Fields) -> str | None:
        """A line's fax number, canonical."""
        return self._take_number(fields, "fax_number", required=False, login=False)

    def take_access(self, fields: Fields) -> str | None:
        """The number at which boxes are opened from outside, canonical: nobody else may have it."""
        return self._take_number(fields, "voicemail_number", required=False, login=False)

    def take_extension(self, fields: Fields) -> str | None:
        """A line's or group's extension."""
        text = fields.text("extension")
        if text is None:
            return None
        if not re.fullmatch(r"[0-9]+", text, re.ASCII) or len(text) != self._length:
            fields.refuse("extension_shape", "extension", length=self._length)
            return None
        return text if self._take_short(fields, "extension", text) else None

    def take_code(self, fields: Fields) -> str:
        """A short code."""
        text = fields.text("code", required=True)
        if text is None:
            return ""
        if not re.fullmatch(r"[0-9]{2,6}", text, re.ASCII):
            fields.refuse("code_shape", "code")
            return ""
        return text if self._take_short(fields, "code", text) else ""

    def take_site(self, fields: Fields, name: str) -> None:
        """The name of a site."""
        self._take_name(self._sites, fields, name)

    def take_pickup_group(self, fields: Fields, name: str) -> None:
        """The name of a pickup group."""
        self._take_name(self._pickup_groups, fields, name)

    def site(self, fields: Fields) -> str | None:
        """The name of a site that exists."""
        name = fields.text("site")
        if name is not None and name not in self._sites:
            fields.refuse("site_unknown", "site", name=name)
            return None
        return name

    def know_line(self, number: str, extension: str | None) -> None:
        """Let members be named by the line's number or extension."""
        for name in (number, extension):
            if name:
                self._lines.setdefault(name, number)

    def line(self, name: str) -> str | None:
        """The number of the line that a member names."""
        found = self._lines.get(name.strip())
        if found is None and (canonical := numbers.canonical(name, self.country)):
            found = self._lines.get(numbers.national(canonical, self.country))
        return found

    def _take_number(self, fields: Fields, name: str, *, required: bool, login: bool) -> str | None:
        canonical = fields.number(name, self.country, required=required)
        if canonical is None:
            return None
        digits = numbers.national(canonical, self.country)
        if login and not re.fullmatch(r"[0-9]{4,15}", digits, re.ASCII):
            fields.refuse("number", name, number=digits)
            return None
        if other := self._numbers.get(digits):
            fields.refuse("number_used", name, number=digits, other=other)
            return None
        self._numbers[digits] = fields.at(name)
        return digits if login else canonical

    def _take_short(self, fields: Fields, name: str, text: str) -> bool:
        if numbers.is_emergency(text):
            fields.refuse("emergency", name, number=text)
        elif other := self._short.get(text):
            fields.refuse("extension_used", name, extension=text, other=other)
        else:
            self._short[text] = fields.at(name)
            return True
        return False

    def _take_name(self, taken: dict[str, int], fields: Fields, name: str) -> None:
        if not name:
            return
        if other := taken.get(name):
            fields.refuse("name_used", "name", name=name, other=other)
        else:
            taken[name] = fields.at("name")
