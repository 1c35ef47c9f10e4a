"""The program ``callcontrol``: its subcommands and their options. Each imports what it needs only when it
runs.

Every refusal is one sentence on standard error and exit code 1 (2 for a wrong command line), never a
traceback.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from callcontrol import __version__
from callcontrol.errors import CallControlError
from callcontrol.runtime.ending import tidily

_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit code."""
    options = _parser().parse_args(arguments)
    return tidily(lambda: _carried_out(options))


def _carried_out(options: argparse.Namespace) -> int:
    try:
        code: int = options.run(options)
    except CallControlError as error:
        print(f"callcontrol: {error}", file=sys.stderr)
        return 1
    except PermissionError as error:
        print(f"callcontrol: this user may not use {error.filename}: run this as its owner", file=sys.stderr)
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "callcontrol", description="A hosted-Centrex telephony service on Asterisk."
    )
    parser.add_argument("--version", action="version", version=f"callcontrol {__version__}")
    parser.add_argument(
        "--config", type=Path, help="the configuration file (default: callcontrol.yaml here, if any)"
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    _add_run(commands)
    _add_provision(commands)
    _add_import_prompts(commands)
    _add_explain(commands)
    _add_show(commands)
    for name, text, what in (
        ("backup", "everything of this system in one file, while it runs or not", _backup),
        ("restore", "make this system what a backup says (it must not run)", _restore),
    ):
        keep = commands.add_parser(name, help=text)
        keep.add_argument("file", type=Path, metavar="FILE")
        keep.set_defaults(run=what)
    again = commands.add_parser(
        "reload", help="the changed configuration, without a restart where that is possible"
    )
    again.set_defaults(run=_reload)
    doctor = commands.add_parser("doctor", help="check what a system needs on this machine")
    doctor.add_argument("--codes", action="store_true", help="print the table of star codes first")
    doctor.set_defaults(run=_doctor)
    return parser


def _add_run(commands: _Commands) -> None:
    run = commands.add_parser("run", help="start a whole system and keep it up until Ctrl-C")
    run.add_argument("--demo", action="store_true", help="with the demo company and its trunk")
    run.add_argument("--only", metavar="PARTS", help="only these parts: postgres,mail,asterisk,calls,web")
    run.add_argument("--no-app", action="store_true", help="everything but our own processes, calls and web")
    for name in ("calls", "web"):  # what stands in for it in tests
        run.add_argument(f"--{name}-module", help=argparse.SUPPRESS)
    run.set_defaults(run=_run)


def _add_provision(commands: _Commands) -> None:
    provision = commands.add_parser("provision", help="make a company and its lines what a YAML file says")
    what = provision.add_mutually_exclusive_group(required=True)
    what.add_argument("file", type=Path, nargs="?", help="the company file")
    what.add_argument(
        "--delete-company",
        metavar="NAME",
        help="instead: delete a company, its lines and all of theirs, at once",
    )
    provision.add_argument(
        "--delete-missing",
        action="store_true",
        help="delete the lines and groups that the file leaves out, and all of theirs",
    )
    provision.set_defaults(run=_provision)


def _add_import_prompts(commands: _Commands) -> None:
    prompts = commands.add_parser("import-prompts", help="replace the voice by recordings of your own")
    prompts.add_argument("directory", type=Path, nargs="?", help="a folder of WAV files named by prompt")
    prompts.add_argument("--language", default="fr", choices=("fr", "en"))
    prompts.add_argument(
        "--script", action="store_true", help="print the list of texts to read instead, as CSV"
    )
    prompts.set_defaults(run=_import_prompts)


def _add_explain(commands: _Commands) -> None:
    explain = commands.add_parser("explain", help="what would happen if CALLER called NUMBER now, and why")
    explain.add_argument("number", metavar="NUMBER")
    explain.add_argument(
        "--from", dest="caller", metavar="CALLER", required=True, help="a number, or anonymous"
    )
    explain.add_argument("--at", metavar="TIME", help="an instant: 2026-11-22T09:00 (the company's time)")
    explain.set_defaults(run=_explain)


def _add_show(commands: _Commands) -> None:
    for name, text in (
        ("status", "the running system on one screen: health, calls, phones, trunks"),
        ("lines", "the lines, who has a phone registered, who is on the phone"),
        ("calls", "the calls under way"),
        ("trunks", "the trunks and what is known of each"),
    ):
        show = commands.add_parser(name, help=text)
        show.add_argument("--json", action="store_true", help="for programs")
        show.set_defaults(run=_show, what=name)


def _show(options: argparse.Namespace) -> int:
    from callcontrol.commands import show
    from callcontrol.runtime.located import located

    return show.run(options.what, located(options.config, os.environ), json=options.json)


def _backup(options: argparse.Namespace) -> int:
    from callcontrol.commands import backup
    from callcontrol.runtime.located import located

    return backup.back_up(located(options.config, os.environ, must_run=False), options.file)


def _restore(options: argparse.Namespace) -> int:
    from callcontrol.commands import backup
    from callcontrol.config import load

    return backup.restore(load.load(options.config, os.environ, make_secrets=False), options.file)


def _reload(options: argparse.Namespace) -> int:
    from callcontrol.commands import reload
    from callcontrol.runtime.located import located

    return reload.run(located(options.config, os.environ))


def _run(options: argparse.Namespace) -> int:
    from callcontrol.commands import run
    from callcontrol.runtime.app_process import MODULES

    stand_ins = {"calls": options.calls_module, "web": options.web_module}
    return run.run(
        options.config,
        demo=options.demo,
        only=options.only.split(",") if options.only else None,
        with_app=not options.no_app,
        modules={name: stand_ins[name] or module for name, module in MODULES.items()},
    )


def _doctor(options: argparse.Namespace) -> int:
    from callcontrol.runtime import doctor

    if options.codes:
        doctor.codes(print)
        print()
    return asyncio.run(doctor.run(options.config, os.environ, print))


def _provision(options: argparse.Namespace) -> int:
    from callcontrol.commands import delete_company, provision
    from callcontrol.runtime.located import located

    loaded = located(options.config, os.environ, must_run=False)
    if options.delete_company is not None:
        return delete_company.run(options.delete_company, loaded)
    return provision.run(options.file, loaded, delete_missing=options.delete_missing)


def _import_prompts(options: argparse.Namespace) -> int:
    from callcontrol.commands import import_prompts
    from callcontrol.config import load

    if options.script:
        return import_prompts.script(options.language, print)
    if options.directory is None:
        print("callcontrol: import-prompts needs a folder of recordings, or --script.", file=sys.stderr)
        return 2
    custom = load.load(options.config, os.environ).sounds_dir
    return import_prompts.run(options.directory, custom, options.language, print)


def _explain(options: argparse.Namespace) -> int:
    from callcontrol.commands import explain
    from callcontrol.runtime.located import located

    config = located(options.config, os.environ, must_run=False)
    return explain.run(options.number, options.caller, options.at, config)
