"""What an account changes of its own log-in: password, PIN and security e-mail (spec §6, §10.1), the same for page and
API: the rules, who may, the audit entry and the mail that tells of it.

A field that is wrong is named like the field of the API. Nothing is changed unless all is right.
"""

from __future__ import annotations

from callcontrol import passwords, pins
from callcontrol.changed_by import ChangedBy
from callcontrol.documents.fields import mail
from callcontrol.errors import Mistake, SettingsInvalid
from callcontrol.facts import Line
from callcontrol.portal_bridge import auth
from callcontrol.portal_bridge.auth import Asker, Gate, Login
from callcontrol.portal_bridge.services import Repositories
from callcontrol.sentences.table import mistake


async def change_password(
    gate: Gate,
    asker: Asker,
    login: Login,
    *,
    current: str,
    new: str,
    by: ChangedBy,
) -> None:
    """Every other session of the account ends. Raises SettingsInvalid, Problem ``too-many-tries``."""
    found = password_mistakes(login.line, new, asker.language)
    if not await auth.proves(gate, asker, login.line, password=current):
        found.insert(0, mistake("password_wrong", "current", asker.language))
    if found:
        raise SettingsInvalid(found)
    await set_password(gate.repositories, login.line, new, by=by, but=login.token)


async def set_password(
    repositories: Repositories, line: Line, new: str, *, by: ChangedBy, but: str | None = None
) -> None:
    """The account's new password, which has been judged. Sessions end, save that of the token ``but``."""
    await repositories.lines.set_portal_password(line.number, await passwords.hashed(new), by)
    await repositories.sessions.end_all(line.number, but=but)


async def change_pin(
    gate: Gate,
    asker: Asker,
    line: Line,
    *,
    current: str | None,
    password: str | None,
    new: str,
    by: ChangedBy,
) -> None:
    """``current`` is the PIN; or ``password`` that of the portal, for who has forgotten it. Raises SettingsInvalid,
    Problem ``too-many-tries``."""
    found = pin_mistakes(line, new, asker.language)
    if current is not None:
        right = bool(current) and await auth.proves(gate, asker, line, pin=current)
        wrong = mistake("pin_wrong", "current", asker.language)
    else:
        right = await auth.proves(gate, asker, line, password=password or "")
        wrong = mistake("password_wrong", "password", asker.language)
    if not right:
        found.insert(0, wrong)
    if found:
        raise SettingsInvalid(found)
    await gate.repositories.lines.set_pin(line.number, await passwords.hashed(new), by)


async def change_email(
    repositories: Repositories, line: Line, address: str, *, by: ChangedBy, language: str
) -> None:
    """The security e-mail; it is told at the old address and at the new one. Raises SettingsInvalid."""
    try:
        mail(address.strip())
    except ValueError:
        raise SettingsInvalid([mistake("mail_impossible", "address", language)]) from None
    await repositories.lines.set_email(line.number, address.strip(), by)


def password_mistakes(line: Line, new: str, language: str) -> list[Mistake]:
    """Every rule that a new password breaks, as one sentence of the field ``new``."""
    return _as_one(pins.password_mistakes(new, own_numbers(line), language))


def pin_mistakes(line: Line, new: str, language: str) -> list[Mistake]:
    """The same of a PIN."""
    return _as_one(pins.pin_mistakes(new, own_numbers(line), language))


def own_numbers(line: Line) -> list[str]:
    """What a secret must not contain."""
    return [number for number in (line.number, line.extension, line.fax_number) if number]


def _as_one(sentences: list[str]) -> list[Mistake]:
    return [Mistake("new", " ".join(sentences))] if sentences else []
