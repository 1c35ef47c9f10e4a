"""Passwords that everybody knows: those of the demo company. With them and a way to a real telephone network anybody
who reaches this machine could call at its owner's cost, so no SIP account that has one is ever given to Asterisk
beside such a trunk, and ``callcontrol run`` does not start.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache

import asyncpg
import structlog
import yaml

from callcontrol.asterisk_conf.accounts import Accounts, OwnNumber, password_hash
from callcontrol.asterisk_conf.render import render_lines
from callcontrol.asterisk_conf.trunks import is_loopback
from callcontrol.config.load import Config, TrunkConfig
from callcontrol.errors import CallControlError
from callcontrol.passwords import MARK_OF_PUBLIC, verified
from callcontrol.runtime.files import write_private
from callcontrol.runtime.layout import Layout, data_dir

log = structlog.get_logger()

_USER = re.compile(r"^username = (\d+)$", re.MULTILINE)

AllAccounts = Callable[[], Awaitable[Accounts]]


class PublicPasswords(CallControlError):
    """Lines with passwords that everybody knows would be reachable beside a way to a real telephone network."""


@cache
def demo_passwords() -> frozenset[str]:
    """The SIP passwords of the demo company."""
    text = (data_dir("demo") / "company.yaml").read_text(encoding="utf-8")
    return frozenset(line["sip_password"] for line in yaml.safe_load(text)["lines"])


@cache
def demo_secrets() -> Mapping[str, tuple[str | None, str | None]]:
    """Portal password and PIN of each line and group of the demo company, by its number."""
    file = yaml.safe_load((data_dir("demo") / "company.yaml").read_text(encoding="utf-8"))
    accounts = [*file["lines"], *file["groups"]]
    return {each["number"]: (each.get("portal_password"), each.get("pin")) for each in accounts}


@cache
def known_secrets() -> frozenset[str]:
    """Every portal password and PIN of the demo company."""
    return frozenset(secret for known in demo_secrets().values() for secret in known if secret is not None)


def is_public(secret: str | None) -> bool:
    """Whether a portal password or PIN is one of the demo company's."""
    return secret in known_secrets()


def refused_secrets(config: Config) -> frozenset[str]:
    """The portal passwords and PINs that open nothing: beside a trunk that leads out of this machine those of the demo
    company, so that also one whose hash does not show what it is (an earlier release stored it) is of no use."""
    return known_secrets() if trunk_outside(config) is not None else frozenset()


def trunk_outside(config: Config) -> TrunkConfig | None:
    """The first trunk that leads out of this machine."""
    return next((trunk for trunk in config.trunks if not is_loopback(trunk.host)), None)


def sentence(numbers: Sequence[str], trunk: TrunkConfig) -> str:
    """What is to be told, and what to do."""
    shown = ", ".join(numbers[:10]) + (f" and {len(numbers) - 10} more" if len(numbers) > 10 else "")
    return (
        f"lines {shown} have the demo's public passwords or PINs beside trunk {trunk.name}, which leads to"
        f" {trunk.host}: anybody could call at your cost. Start `callcontrol run --only postgres`, and beside it give"
        " them passwords of their own (`callcontrol provision FILE`), or delete the demo company (`callcontrol"
        " provision --delete-company 'Démo'`)."
    )


def in_asterisk(config: Config) -> list[str]:
    """Numbers of the SIP accounts in Asterisk's own file that have one of these passwords."""
    lines = Layout(config.runtime_dir).asterisk_etc / "lines.conf"
    if not lines.exists():
        return []
    live = lines.read_text(encoding="utf-8")
    return [
        number
        for number in _USER.findall(live)
        if any(password_hash(number, password) in live for password in demo_passwords())
    ]


def take_from_asterisk(config: Config) -> None:
    """Before Asterisk starts beside a real trunk: its file of an earlier time has no such account; the calls process
    writes it anew."""
    if trunk_outside(config) is not None and in_asterisk(config):
        write_private(Layout(config.runtime_dir).asterisk_etc / "lines.conf", render_lines([]))


async def refuse_in_database(config: Config) -> None:
    """Raises PublicPasswords when lines of the database have one of these passwords beside a real trunk, whatever their
    numbers; portal passwords and PINs, of which only slow hashes are kept, by the mark in them (``passwords``). Those
    that an earlier release wrote have none: of them the demo's own numbers are tried, and any others open nothing
    (``refused_secrets``). A database that does not answer,
    or is new, is no reason: ``only_own`` stands behind this."""
    trunk = trunk_outside(config)
    if trunk is None:
        return
    try:
        connection = await asyncpg.connect(config.database.url, timeout=5)
        try:
            rows = await connection.fetch(
                """SELECT line FROM credentials WHERE sip_password = ANY($1)
                   OR strpos(portal_password_hash, $2) > 0 OR strpos(pin_hash, $2) > 0 ORDER BY line""",
                sorted(demo_passwords()),
                MARK_OF_PUBLIC,
            )
            secrets = await connection.fetch(
                "SELECT line, portal_password_hash, pin_hash FROM credentials WHERE line = ANY($1) ORDER BY line",
                sorted(demo_secrets()),
            )
        finally:
            await connection.close(timeout=5)
    except (OSError, ValueError, asyncpg.PostgresError, TimeoutError):
        return
    known = dict.fromkeys(row["line"] for row in rows)
    for line, *hashes in secrets:
        for stored, secret in zip(hashes, demo_secrets()[line], strict=True):
            if stored is not None and secret is not None and await verified(stored, secret):
                known[line] = None
    if known:
        raise PublicPasswords(sentence(list(known), trunk))


def only_own(accounts: AllAccounts, config: Config) -> AllAccounts:
    """``accounts`` without those that have such a password beside a real trunk; their numbers stay ours."""
    if trunk_outside(config) is None:
        return accounts

    async def given() -> Accounts:
        found = await accounts()
        public = [line for line in found.lines if line.sip_password in demo_passwords()]
        if not public:
            return found
        log.error("alarm.public_passwords", lines=len(public))
        return found._replace(
            lines=[line for line in found.lines if line not in public],
            others=[
                *found.others,
                *(
                    OwnNumber(each.number, each.language, True, each.company, each.extension)
                    for each in public
                ),
            ],
        )

    return given
