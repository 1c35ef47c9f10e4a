"""Read a company file (contract.md, "Company file"): a whole, right ``CompanyFile``, or every mistake. Pure.

Never half of each: a file with one mistake changes nothing. What a mistake says never repeats a secret.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from callcontrol import numbers
from callcontrol.documents.tree import ListNode, MappingNode, Node, Scalar, read
from callcontrol.errors import Mistake, SettingsInvalid
from callcontrol.facts import Barring, Licence
from callcontrol.pins import password_mistakes, pin_mistakes
from callcontrol.provisioning.fields import EnoughMistakes, Fields, Notes
from callcontrol.provisioning.model import (
    CompanyEntry,
    CompanyFile,
    GroupEntry,
    LineEntry,
    PickupGroupEntry,
    ShortCodeEntry,
    SiteEntry,
)
from callcontrol.provisioning.names import Names
from callcontrol.sentences.table import LANGUAGES, language_of

COUNTRIES = ("FR",)
"""Those whose plan a call knows from end to end; ``numbers.py`` knows more."""
HUNTING = ("simultaneous", "linear", "circular", "longest_idle")
_SECTIONS = ("company", "lines", "short_codes", "groups", "pickup_groups")
_COMPANY = (
    "name",
    "timezone",
    "language",
    "country",
    "max_calls",
    "extension_length",
    "main_caller_id",
    "barring",
    "support_email",
    "voicemail_number",
    "max_messages",
    "drop_silent_messages",
    "sites",
)
_LINE = (
    "number",
    "extension",
    "name",
    "licence",
    "sip_password",
    "portal_password",
    "pin",
    "email",
    "fax_number",
    "site",
    "language",
    "max_calls",
    "administrator",
)
_GROUP = (
    "number",
    "extension",
    "name",
    "hunting",
    "supervised",
    "advanced",
    "site",
    "members",
    "portal_password",
    "pin",
    "email",
)


def parse(raw: bytes | str) -> CompanyFile:
    """The company in a file, given as it was read from the disk or as text.

    Raises SettingsInvalid with every mistake: its sentence in the company's language (English where that is not
    known), its dotted path and its line.
    """
    root = read(raw, "en")
    if root is None or (isinstance(root, Scalar) and root.null):
        root = MappingNode(1)
    notes = Notes(language_of(_language_told(root)))
    try:
        return _file(root, notes)
    except EnoughMistakes:
        raise SettingsInvalid(notes.all()) from None


def _file(root: Node, notes: Notes) -> CompanyFile:
    top = Fields(root, "", _SECTIONS, notes)
    company_node = top.node("company")
    if company_node is None:
        if isinstance(root, MappingNode):
            top.refuse("field_missing", "company", name="company")
        raise SettingsInvalid(notes.all())
    company, names = _company(company_node, notes)
    lines = [_line(Fields(node, at, _LINE, notes), company, names) for at, node in top.items("lines")]
    groups = [_group(Fields(node, at, _GROUP, notes), company, names) for at, node in top.items("groups")]
    codes = [_short_code(node, at, company, names) for at, node in top.items("short_codes")]
    pickup = [_pickup_group(node, at, names) for at, node in top.items("pickup_groups")]
    if notes.found:
        raise SettingsInvalid(notes.all())
    return CompanyFile(company, tuple(lines), tuple(codes), tuple(groups), tuple(pickup))


def _language_told(root: Node) -> str | None:
    """The company's language, looked for before anything else is read: the mistakes are told in it."""
    for name in ("company", "language"):
        entries = root.entries if isinstance(root, MappingNode) else []
        root = next((value for _, key, value in entries if key == name), Scalar(1, "", True))
    return root.text if isinstance(root, Scalar) and root.text else None


def _company(node: Node, notes: Notes) -> tuple[CompanyEntry, Names]:
    fields = Fields(node, "company", _COMPANY, notes)
    country = fields.text("country") or "FR"
    if country not in COUNTRIES:
        fields.refuse("country", "country", name=country)
        country = "FR"
    length = fields.integer("extension_length", 2, 6) or 4
    names = Names(country, length, notes)
    company = CompanyEntry(
        name=fields.text("name", required=True) or "",
        timezone=_timezone(fields),
        language=fields.choice("language", LANGUAGES) or "fr",
        country=country,
        max_calls=fields.integer("max_calls", 1, 1_000_000),
        extension_length=length,
        main_caller_id=fields.number("main_caller_id", country),
        barring=_barring(fields),
        support_email=fields.mail("support_email"),
        voicemail_number=names.take_access(fields),
        max_messages=fields.integer("max_messages", 1, 10_000) or 100,
        drop_silent_messages=fields.flag("drop_silent_messages"),
        sites=tuple(_site(site, at, names) for at, site in fields.items("sites")),
    )
    return company, names


def _timezone(fields: Fields) -> str:
    name = fields.text("timezone") or "Europe/Paris"
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        fields.refuse("timezone", "timezone", name=name)
    return name


def _barring(fields: Fields) -> frozenset[Barring]:
    node = fields.node("barring")
    if node is None:
        return frozenset()
    switches = Fields(node, fields.path("barring"), (barring.value for barring in Barring), fields.notes)
    return frozenset(barring for barring in Barring if switches.flag(barring.value))


def _site(node: Node, where: str, names: Names) -> SiteEntry:
    fields = Fields(node, where, ("name", "number"), names.notes)
    name = fields.text("name", required=True) or ""
    names.take_site(fields, name)
    return SiteEntry(name, fields.number("number", names.country))


def _line(fields: Fields, company: CompanyEntry, names: Names) -> LineEntry:
    number = names.take_number(fields)
    extension = names.take_extension(fields)
    names.know_line(number, extension)
    licence = Licence(fields.choice("licence", (each.value for each in Licence)) or Licence.FULL)
    fax = names.take_fax(fields)
    own = [each for each in (number, extension, fax) if each]
    return LineEntry(
        at=fields.line,
        number=number,
        name=fields.text("name", required=True) or "",
        extension=extension,
        licence=licence,
        language=fields.choice("language", LANGUAGES) or company.language,
        site=names.site(fields),
        max_calls=fields.integer("max_calls", 1, 1000) or 5,
        fax_number=fax,
        administrator=fields.flag("administrator"),
        email=fields.mail("email"),
        sip_password=_sip_password(fields, own, required=licence is not Licence.FAX),
        portal_password=_secret(fields, "portal_password", own),
        pin=_secret(fields, "pin", own),
    )


def _sip_password(fields: Fields, own: list[str], *, required: bool) -> str | None:
    text = fields.text("sip_password", required=required)
    if text is None:
        return None
    visible = text.isascii() and text.isprintable() and " " not in text
    if not visible or not 8 <= len(text) <= 64 or text in {numbers.national(each) for each in own}:
        fields.refuse("sip_password", "sip_password")
    return text


def _secret(fields: Fields, name: str, own: list[str]) -> str | None:
    text = fields.text(name)
    if text is None:
        return None
    rules = pin_mistakes if name == "pin" else password_mistakes
    for sentence in rules(text, own, fields.notes.language):
        fields.notes.say(Mistake(fields.path(name), sentence, fields.at(name)))
    return text


def _group(fields: Fields, company: CompanyEntry, names: Names) -> GroupEntry:
    number, extension = names.take_number(fields), names.take_extension(fields)
    own = [each for each in (number, extension) if each]
    return GroupEntry(
        at=fields.line,
        number=number,
        name=fields.text("name", required=True) or "",
        extension=extension,
        hunting=fields.choice("hunting", HUNTING) or "simultaneous",
        supervised=fields.flag("supervised"),
        advanced=fields.flag("advanced"),
        site=names.site(fields),
        members=_members(fields, names),
        email=fields.mail("email"),
        portal_password=_secret(fields, "portal_password", own),
        pin=_secret(fields, "pin", own),
    )


def _short_code(node: Node, where: str, company: CompanyEntry, names: Names) -> ShortCodeEntry:
    fields = Fields(node, where, ("code", "number"), names.notes)
    code = names.take_code(fields)
    return ShortCodeEntry(
        fields.line, code, fields.number("number", company.country, required=True, short=True) or ""
    )


def _pickup_group(node: Node, where: str, names: Names) -> PickupGroupEntry:
    fields = Fields(node, where, ("name", "members"), names.notes)
    name = fields.text("name", required=True) or ""
    names.take_pickup_group(fields, name)
    return PickupGroupEntry(fields.line, name, _members(fields, names))


def _members(fields: Fields, names: Names) -> tuple[str, ...]:
    members: dict[str, None] = {}
    for where, node in fields.items("members"):
        if isinstance(node, (ListNode, MappingNode)):
            fields.notes.add("not_scalar", where, node.line)
            continue
        line = names.line(node.text)
        if line is None:
            fields.notes.add("member_unknown", where, node.line, name=node.text)
        elif line in members:
            fields.notes.add("member_twice", where, node.line, name=node.text)
        else:
            members[line] = None
    return tuple(members)
