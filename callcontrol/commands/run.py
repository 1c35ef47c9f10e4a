"""``callcontrol run``: the whole system in the foreground, with what a person needs to use it printed once it
is up."""

from __future__ import annotations

import asyncio
import functools
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import yaml

from callcontrol.asterisk_conf.trunks import is_loopback
from callcontrol.commands import provision
from callcontrol.config import load as configuration
from callcontrol.config.load import Config
from callcontrol.errors import CallControlError
from callcontrol.runtime import supervisor
from callcontrol.runtime.app_process import MODULES
from callcontrol.runtime.layout import data_dir
from callcontrol.runtime.postgres_setup import settle_port


class BadParts(CallControlError):
    """``--only`` names something that is no part of a system."""


class PublicPasswords(CallControlError):
    """The demo company would be reachable beside a way to a real telephone network."""


def run(
    path: Path | None,
    *,
    demo: bool,
    only: Sequence[str] | None,
    with_app: bool,
    modules: Mapping[str, str] = MODULES,
) -> int:
    """Run until SIGINT or SIGTERM; 0 when everything was stopped cleanly. Raises CallControlError."""
    parts = [part for part in only or supervisor.PARTS if with_app or part not in MODULES]
    if unknown := sorted(set(parts) - set(supervisor.PARTS)):
        raise BadParts(f"there is no part named {unknown[0]}; parts are {', '.join(supervisor.PARTS)}")
    os.umask(0o077)  # recordings, mails and journals are this user's alone, whoever else has an account here
    path = configured(path, demo=demo)
    config = configuration.load(path, os.environ)
    if demo:
        refuse_real_trunks(config)
    company = data_dir("demo") / "company.yaml" if demo else None
    asyncio.run(_run(config, path, parts, company, modules))
    return 0


def configured(path: Path | None, *, demo: bool) -> Path | None:
    """The configuration file meant: the demo brings its own where none is named and none is in this folder."""
    named = path is not None or os.environ.get("CALLCONTROL_CONFIG") or Path("callcontrol.yaml").exists()
    return data_dir("demo") / "callcontrol.yaml" if demo and not named else path


def refuse_real_trunks(config: Config) -> None:
    """Every password of the demo is public: whoever reaches this machine could register with one and call through a
    real trunk, at its owner's cost. Raises PublicPasswords."""
    for trunk in config.trunks:
        if not is_loopback(trunk.host):
            raise PublicPasswords(
                f"the demo's passwords are public, and trunk {trunk.name} leads to {trunk.host}: anybody could call at"
                " your cost; run without --demo, or without this trunk."
            )


async def _run(
    config: Config,
    path: Path | None,
    parts: Sequence[str],
    company: Path | None,
    modules: Mapping[str, str],
) -> None:
    with supervisor.only_one(config.runtime_dir):
        if "postgres" in parts and config.database.embedded and settle_port(config):
            config = configuration.load(path, os.environ)
        write = None if company is None else functools.partial(provision.run, company, config, _say)
        system = supervisor.Supervisor(config, _say, only=parts, provision=write, modules=modules)
        try:
            await system.run(lambda: _say("\n".join(banner(config, company, parts))))
        except* CallControlError as failures:
            raise failures.exceptions[0] from None


def banner(config: Config, company: Path | None, parts: Sequence[str]) -> Iterator[str]:
    """What to type into a phone and a browser, as far as the parts that run offer it."""
    host = "127.0.0.1" if config.sip.bind in ("0.0.0.0", "::") else config.sip.bind  # noqa: S104 - compared
    yield "ready"
    yield ""
    if "asterisk" in parts:
        yield f"  SIP server   {host}:{config.sip.port}   (UDP or TCP; from another machine: this machine's address)"
    if "web" in parts:
        yield f"  portal       {config.web.public_url}/"
        if config.smtp.catch_all:
            yield f"  mails        {config.web.public_url}/dev/mail"
    if company is not None and "asterisk" in parts:
        yield ""
        yield from _accounts(company)
    yield ""
    yield "  Ctrl-C stops everything."


def _accounts(company: Path) -> Iterator[str]:
    lines = yaml.safe_load(company.read_text(encoding="utf-8"))["lines"]
    rows: list[tuple[str, ...]] = [
        ("number = SIP user", "extension", "name", "SIP password", "portal password", "PIN")
    ]
    rows += [
        tuple(
            str(line.get(key, ""))
            for key in ("number", "extension", "name", "sip_password", "portal_password", "pin")
        )
        for line in lines
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _say(text: str) -> None:
    """Where nobody can be told (a full disk behind the output), everything goes on."""
    with suppress(OSError):
        print(text, file=sys.stdout, flush=True)
