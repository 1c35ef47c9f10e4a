"""Who is who on this installation, in memory: companies, lines, groups, short codes, settings, contacts.

Pure (no I/O, no clock, no log; what should be logged goes to a callback). The store's cache is its only writer in the
product; tests fill one by hand. Every question costs O(1), so that a call costs no query. A stored document that
cannot be right is reported and replaced by its default: it never kills a call.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from callcontrol import numbers
from callcontrol.directory.contacts import NO_CONTACTS, Contact, ContactBook, ContactGroup
from callcontrol.directory.documents import BadDocument, Documents
from callcontrol.errors import NotFound
from callcontrol.facts import Company, Group, Line
from callcontrol.settings.model import LineSettings

__all__ = ["BadDocument", "Contact", "ContactBook", "ContactGroup", "Directory"]


CALLS_OF_A_LINE = 5
MOST_CALLS_OF_A_COMPANY = 100
"""Where nothing is provisioned: without a limit of its own a company could be made to call out without end."""


class _Household:
    """A company and the names that mean something inside it."""

    __slots__ = ("company", "extensions", "lines", "short_codes")

    def __init__(self, company: Company) -> None:
        self.company = company
        self.extensions: dict[str, str] = {}
        self.short_codes: dict[str, str] = {}
        self.lines: dict[str, None] = {}


class Directory:
    """The directory. ``put_…`` replaces what was there under the same key; removing what is not there is no error."""

    def __init__(self, on_bad_document: BadDocument | None = None) -> None:
        self._documents = Documents(on_bad_document)
        self._households: dict[str, _Household] = {}
        self._lines: dict[str, Line] = {}
        self._groups: dict[str, Group] = {}
        self._fax: dict[str, str] = {}
        self._access: dict[str, Company] = {}
        self._contacts: dict[str, ContactBook] = {}

    # --- questions ---------------------------------------------------------------------------------------

    def company(self, company: str) -> Company:
        """The company with this id; ``NotFound`` when there is none."""
        household = self._households.get(company)
        if household is None:
            raise NotFound(f"company {company}")
        return household.company

    def most_outside_calls(self, company: Company) -> int:
        """How many trunk legs a company may hold: what it was given, else five for each line, at most 100 (spec §1)."""
        if company.max_calls is not None:
            return company.max_calls
        household = self._households.get(company.id)
        lines = len(household.lines) if household is not None else 0
        return min(CALLS_OF_A_LINE * lines, MOST_CALLS_OF_A_COMPANY)

    def companies(self) -> Iterator[Company]:
        """Every company."""
        return (household.company for household in self._households.values())

    def company_of_access(self, number: str) -> Company | None:
        """The company whose boxes are opened at this number from outside, asked in any spelling."""
        return self._access.get(numbers.canonical(number) or number)

    def line(self, number: str) -> Line | None:
        """The line with this number, in any spelling; None for a group or a stranger."""
        return self._lines.get(number) or self._lines.get(self._key(number))

    def has_dtls(self, number: str) -> bool:
        """Whether the line with these ten digits has a second account, for phones that speak DTLS alone."""
        line = self._lines.get(number)
        return line is not None and line.dtls

    def group(self, number: str) -> Group | None:
        """The hunt group with this number, in any spelling."""
        return self._groups.get(number) or self._groups.get(self._key(number))

    def account(self, number: str) -> Line | None:
        """The line with this number, or what a group with it is to its user and its callers; None for a stranger."""
        if (line := self.line(number)) is not None:
            return line
        group = self.group(number)
        return group.account(self.company(group.company).language) if group is not None else None

    def owner(self, number: str, country: str = "FR") -> tuple[str, str] | None:
        """The ten digits and the company of a line or group, asked in any spelling (see ``dialled.Names``)."""
        found = self._lines.get(number) or self._groups.get(number)
        if found is None:
            key = self._key(number, country)
            found = self._lines.get(key) or self._groups.get(key)
        return (found.number, found.company) if found else None

    def has_number(self, number: str) -> bool:
        """Whether a call from outside to this number, in any spelling, is for somebody here."""
        return bool(
            self.owner(number) or self.line_of_fax(number) or self.company_of_access(number) is not None
        )

    def line_of_fax(self, number: str) -> Line | None:
        """The line whose fax number this is, in any spelling."""
        owner = self._fax.get(number) or self._fax.get(self._key(number))
        return self._lines.get(owner) if owner else None

    def lines(self, company: str | None = None) -> Iterator[Line]:
        """Every line, or those of one company, in the order in which they came."""
        if company is None:
            return iter(self._lines.values())
        household = self._households.get(company)
        return (self._lines[number] for number in household.lines) if household else iter(())

    def groups(self, company: str | None = None) -> Iterator[Group]:
        """Every hunt group, or those of one company."""
        return (group for group in self._groups.values() if company in (None, group.company))

    def extension(self, company: str, extension: str) -> str | None:
        """The line or group number of an extension of this company."""
        household = self._households.get(company)
        return household.extensions.get(extension) if household else None

    def short_code(self, company: str, code: str) -> str | None:
        """The number that a short code of this company stands for."""
        household = self._households.get(company)
        return household.short_codes.get(code) if household else None

    def short_codes(self, company: str) -> dict[str, str]:
        """Every short code of a company with its number."""
        household = self._households.get(company)
        return dict(household.short_codes) if household else {}

    def settings(self, line: str | Line) -> LineSettings:
        """All settings of a line, parsed when first asked for. A line with nothing stored has the defaults."""
        known = line if isinstance(line, Line) else self.account(line)
        return self._documents.settings(known.number if known else cast(str, line), known)

    def version(self, line: str, document: str) -> int:
        """The version of a stored document; 0 when nothing is stored."""
        return self._documents.version(line, document)

    def contacts(self, line: str | Line) -> ContactBook:
        """The personal contacts of a line (its ten digits)."""
        return self._contacts.get(line.number if isinstance(line, Line) else line, NO_CONTACTS)

    # --- changes, made by the store's cache and by tests ---------------------------------------------------

    def put_company(self, company: Company) -> None:
        """Add or replace a company; what belongs to it stays."""
        household = self._households.get(company.id)
        if household is None:
            self._households[company.id] = _Household(company)
        else:
            self._access.pop(household.company.voicemail_number or "", None)
            household.company = company
        if company.voicemail_number:
            self._access[company.voicemail_number] = company

    def put_line(self, line: Line) -> None:
        """Add or replace a line. Its company must be known (``NotFound``)."""
        household = self._household(line.company)
        if line.number in self._lines:
            self._forget_names(self._lines[line.number])
        self._lines[line.number] = line
        self._documents.parse_again(line.number)
        household.lines[line.number] = None
        if line.extension:
            household.extensions[line.extension] = line.number
        if line.fax_number:
            self._fax[self._key(line.fax_number)] = line.number

    def remove_line(self, number: str) -> None:
        """Take a line (its ten digits) out with everything that belongs to it."""
        line = self._lines.pop(number, None)
        if line is not None:
            self._forget_names(line)
        self._documents.forget(number)
        self._contacts.pop(number, None)

    def put_group(self, group: Group) -> None:
        """Add or replace a hunt group. Its company must be known (``NotFound``)."""
        self._forget_group(group.number)
        self._groups[group.number] = group
        self._documents.parse_again(group.number)
        if group.extension:
            self._household(group.company).extensions[group.extension] = group.number

    def remove_group(self, number: str) -> None:
        """Take a hunt group (its ten digits) out with everything that belongs to it."""
        self._forget_group(number)
        self._documents.forget(number)
        self._contacts.pop(number, None)

    def _forget_group(self, number: str) -> None:
        group = self._groups.pop(number, None)
        if group is not None and group.extension:
            self._forget_extension(group.company, group.extension, number)

    def put_short_code(self, company: str, code: str, number: str) -> None:
        """Add or replace a short code of a company."""
        self._household(company).short_codes[code] = number

    def remove_short_code(self, company: str, code: str) -> None:
        """Take a short code out."""
        self._household(company).short_codes.pop(code, None)

    def put_document(self, line: str, document: str, raw: object, version: int = 1) -> bool:
        """Store a document of a line as it came from the database: data or JSON text. It is parsed when it is needed.

        False, and nothing is changed, when a newer version is there already (notifications may arrive late).
        """
        return self._documents.put(line, document, raw, version)

    def remove_document(self, line: str, document: str) -> None:
        """Back to the default."""
        self._documents.remove(line, document)

    def put_contacts(self, line: str, book: ContactBook) -> None:
        """Replace the personal contacts of a line."""
        self._contacts[line] = book

    # --- inside --------------------------------------------------------------------------------------------

    def _key(self, number: str, country: str = "FR") -> str:
        known = numbers.canonical(number, country)
        return numbers.national(known, country) if known else number

    def _household(self, company: str) -> _Household:
        household = self._households.get(company)
        if household is None:
            raise NotFound(f"company {company}")
        return household

    def _forget_names(self, line: Line) -> None:
        household = self._households.get(line.company)
        if household is not None:
            household.lines.pop(line.number, None)
        if line.extension:
            self._forget_extension(line.company, line.extension, line.number)
        if line.fax_number:
            self._fax.pop(self._key(line.fax_number), None)

    def _forget_extension(self, company: str, extension: str, number: str) -> None:
        household = self._households.get(company)
        if household is not None and household.extensions.get(extension) == number:
            del household.extensions[extension]
