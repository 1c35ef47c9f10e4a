"""What only the database knows to be wrong in a company file: numbers and extensions that somebody else has."""

from __future__ import annotations

from callcontrol import numbers
from callcontrol.errors import Mistake
from callcontrol.provisioning.model import CompanyFile
from callcontrol.sentences.table import language_of, mistake
from callcontrol.store.company_state import State
from callcontrol.store.pool import Connection

_KINDS = {"line": ("ligne", "line"), "group": ("groupement", "group")}


async def find_conflicts(
    connection: Connection, file: CompanyFile, state: State, *, delete_missing: bool
) -> list[Mistake]:
    """Every mistake, with the line of the file; empty when the file can be applied."""
    language = language_of(file.company.language)
    wanted = {entry.number: entry.at for entry in file.entries}
    kinds = dict.fromkeys((line.number for line in file.lines), "line")
    kinds |= dict.fromkeys((group.number for group in file.groups), "group")
    rows = await connection.fetch(
        "SELECT number, company, kind FROM numbers WHERE number = ANY($1)", list(wanted), timeout=60
    )
    found = []
    for row in rows:
        number, at = row["number"], wanted[row["number"]]
        if row["company"] != state.id:
            found.append(mistake("number_elsewhere", "number", language, at, number=number))
        elif row["kind"] != kinds[number]:
            kind = _KINDS[row["kind"]][0 if language == "fr" else 1]
            found.append(mistake("number_kind", "number", language, at, number=number, kind=kind))
    if not delete_missing:
        found.extend(_kept_extensions(file, state, language))
    found.extend(await _fax_conflicts(connection, file, state, language, delete_missing=delete_missing))
    found.extend(await _access_conflicts(connection, file, state, language))
    return found


async def _access_conflicts(
    connection: Connection, file: CompanyFile, state: State, language: str
) -> list[Mistake]:
    """The number at which boxes are opened, when a line, a group or another company has it."""
    access = file.company.voicemail_number
    if access is None:
        return []
    told = [entry.number for entry in file.entries]  # those differ: the file itself was read
    taken = await connection.fetchval(
        """SELECT EXISTS (SELECT FROM companies WHERE voicemail_number = $1 AND id IS DISTINCT FROM $2)
             OR EXISTS (SELECT FROM lines WHERE fax_number = $1 AND number <> ALL($4))
             OR EXISTS (SELECT FROM numbers WHERE number = $3 AND number <> ALL($4))""",
        access,
        state.id,
        numbers.national(access, file.company.country),
        told,
    )
    return (
        [mistake("access_elsewhere", "company.voicemail_number", language, 1, number=access)] if taken else []
    )


def _kept_extensions(file: CompanyFile, state: State, language: str) -> list[Mistake]:
    """Extensions and short codes of the file that a line which is not in the file goes on having."""
    told = {entry.number for entry in file.entries}
    kept = {
        fields["extension"]: number
        for number, fields in (*state.lines.items(), *state.groups.items())
        if number not in told and fields["extension"]
    }
    return [
        mistake("extension_kept", where, language, at, extension=name, number=kept[name])
        for where, at, name in (
            *(("extension", entry.at, entry.extension) for entry in file.entries),
            *(("code", code.at, code.code) for code in file.short_codes),
        )
        if name in kept
    ]


async def _fax_conflicts(
    connection: Connection, file: CompanyFile, state: State, language: str, *, delete_missing: bool
) -> list[Mistake]:
    """A fax number that is another line's, and one that is the number of a line (or the other way round)."""
    country = file.company.country
    own_numbers = {**state.lines, **state.groups}
    told = [entry.number for entry in file.entries if entry.number in own_numbers]
    gone = list(own_numbers) if delete_missing else told
    fax = {line.fax_number: line.at for line in file.lines if line.fax_number}
    rows = await connection.fetch(
        """SELECT fax_number FROM lines WHERE fax_number = ANY($1) AND number <> ALL($2)
           UNION SELECT f.canonical FROM unnest($1::text[], $3::text[]) AS f (canonical, login)
             JOIN numbers ON numbers.number = f.login WHERE numbers.number <> ALL($2)""",
        list(fax),
        gone,
        [numbers.national(number, country) for number in fax],
        timeout=60,
    )
    found = [
        mistake("fax_elsewhere", "fax_number", language, fax[number], number=number) for (number,) in rows
    ]
    own = {numbers.canonical(entry.number, country): entry for entry in file.entries}
    rows = await connection.fetch(
        "SELECT fax_number FROM lines WHERE fax_number = ANY($1) AND number <> ALL($2)",
        [number for number in own if number],
        gone,
        timeout=60,
    )
    for (number,) in rows:
        at = own[number].at
        found.append(mistake("fax_elsewhere", "number", language, at, number=own[number].number))
    return found
