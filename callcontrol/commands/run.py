"""``callcontrol run``: the whole system in the foreground, with what a person needs to use it printed once it
is up."""

from __future__ import annotations

import asyncio
import functools
import importlib.util
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from callcontrol.commands import provision, reload
from callcontrol.config import load as configuration
from callcontrol.config.load import Config
from callcontrol.config.model import DEFAULT_FROM
from callcontrol.errors import CallControlError
from callcontrol.runtime import findings, ports, public_passwords, rootfs, sandbox, supervisor
from callcontrol.runtime.app_process import MODULES
from callcontrol.runtime.child import ServiceFailed
from callcontrol.runtime.layout import data_dir
from callcontrol.runtime.postgres_setup import as_root, settle_port
from callcontrol.runtime.public_passwords import PublicPasswords
from callcontrol.runtime.running import only_one


class BadParts(CallControlError):
    """``--only`` names something that is no part of a system."""


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
    if demo and only is None and with_app and demo_outside():
        parts, modules = [*parts, "outside"], {**modules, "outside": "demo.outside"}
    asyncio.run(_run(config, path, parts, company, modules))
    return 0


def demo_outside() -> bool:
    """Whether the demo's phones are here (a clone has them, a wheel has not): they play the world outside."""
    try:
        return importlib.util.find_spec("demo.outside") is not None
    except ModuleNotFoundError:
        return False


def configured(path: Path | None, *, demo: bool) -> Path | None:
    """The configuration file meant: the demo brings its own where none is named and none is in this folder."""
    named = path is not None or os.environ.get("CALLCONTROL_CONFIG") or Path("callcontrol.yaml").exists()
    return data_dir("demo") / "callcontrol.yaml" if demo and not named else path


def refuse_real_trunks(config: Config) -> None:
    """Every password of the demo is public: whoever reaches this machine could register with one and call through a
    real trunk, at its owner's cost. Raises PublicPasswords."""
    if (trunk := public_passwords.trunk_outside(config)) is not None:
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
    with only_one(config.runtime_dir):
        await ports.until_free(config, parts)
        await _sandbox_may_be_made(config, parts)
        if "asterisk" in parts and (remark := ports.sound_remark(config)):
            _say(remark)
        if "postgres" in parts and config.database.embedded and settle_port(config):
            config = configuration.load(path, os.environ)
        if "asterisk" in parts:
            public_passwords.take_from_asterisk(config)
        check = functools.partial(public_passwords.refuse_in_database, config) if "calls" in parts else None
        write = None if company is None else functools.partial(provision.run, company, config, _say)
        system = supervisor.Supervisor(
            config, _say, only=parts, check=check, provision=write, modules=modules
        )
        reload.note(config)
        try:
            await system.run(lambda: _say("\n".join(banner(config, company, parts))))
        except BaseExceptionGroup as failures:
            raise _of_parts(failures) from None


async def _sandbox_may_be_made(config: Config, parts: Sequence[str]) -> None:
    """A container that may make none would fail later, in the words of a tool. Raises ServiceFailed."""
    as_another = "postgres" in parts and config.database.embedded and as_root()
    if as_another or ("asterisk" in parts and rootfs.native() is None):
        found = findings.sandbox_tried(*await sandbox.tried(as_another))
        if not found.good:
            raise ServiceFailed(found.text)


def _of_parts(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    """One error with the sentence of every part that failed; a fault of ours stays what it is."""
    told, ours = failures.split(CallControlError)
    if told is None or ours is not None:
        return failures
    return ServiceFailed("\n".join(dict.fromkeys(str(error) for error in _leaves(told))))


def _leaves(group: BaseExceptionGroup[CallControlError]) -> Iterator[CallControlError]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error


def banner(config: Config, company: Path | None, parts: Sequence[str]) -> Iterator[str]:
    """What to type into a phone and a browser, as far as the parts that run offer it."""
    host = "127.0.0.1" if config.sip.bind in ("0.0.0.0", "::") else config.sip.bind  # noqa: S104 - compared
    yield "ready"
    yield ""
    if "asterisk" in parts:
        yield f"  SIP server   {host}:{config.sip.port}   (UDP or TCP; from another machine: this machine's address)"
    if "web" in parts:
        yield f"  portal       {config.web.public_url}/"
        yield f"  mails        {mails(config)}"
    if company is not None and "asterisk" in parts:
        yield ""
        yield from _accounts(company)
        yield ""
        yield from _by_hand(config, company, host)
    yield ""
    yield "  Ctrl-C stops everything."


def _by_hand(config: Config, company: Path, host: str) -> Iterator[str]:
    """How a call from outside and one to outside are made, with nothing but this terminal and a phone."""
    number = yaml.safe_load(company.read_text(encoding="utf-8"))["lines"][1]["number"]
    if demo_outside():
        yield f"  a call from outside, in another terminal:   make call TO={number}   (FROM=0612345678)"
        yield "  a call to outside: dial any number, 0612345678 say, on one of these phones; an echo answers after 3 s"
    else:
        server = f"{host}:{config.sip.port}"
        yield f"  a call from outside, with Debian's sip-tester:   sipp -sn uac -m 1 -d 30000 -s {number} {server}"


def mails(config: Config) -> str:
    """What becomes of mails, and where they are seen."""
    smtp = config.smtp
    if smtp.catch_all:
        return f"{config.web.public_url}/dev/mail   (none goes out)"
    sender = f"from {smtp.from_address}"
    if smtp.from_address == DEFAULT_FROM:
        sender += " (smtp.from is not set: many servers refuse that)"
    return (
        f"go out through {urlsplit(smtp.url).hostname}, {sender}; /dev/mail is off, since smtp.url is set"
        " (smtp.catch_all: true keeps them here)"
    )


def _accounts(company: Path) -> Iterator[str]:
    file = yaml.safe_load(company.read_text(encoding="utf-8"))
    rows: list[tuple[str, ...]] = [
        ("number = SIP user", "extension", "name", "SIP password", "portal password", "PIN")
    ]
    rows += [
        tuple(
            str(line.get(key, ""))
            for key in ("number", "extension", "name", "sip_password", "portal_password", "pin")
        )
        for line in (*file["lines"], *file.get("groups", ()))
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _say(text: str) -> None:
    """Where nobody can be told (a full disk behind the output), everything goes on."""
    with suppress(OSError):
        print(text, file=sys.stdout, flush=True)
