"""The import rules of ARCHITECTURE.md, read from the source itself.

import-linter cannot see the folders that are linked into the package (they have no ``__init__.py``, see
design), so the rules are checked here; ``make check`` runs this file.
"""

from __future__ import annotations

import ast
import graphlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "callcontrol"

LAYERS = (
    ("__main__", "cli", "app", "web_app", "commands"),
    ("app_services",),
    ("process",),
    ("lifecycle", "mailer", "portal_bridge", "runtime"),
    ("link",),
    ("outgoing",),
    ("incoming",),
    ("flows",),
    ("codes", "ivr"),
    ("mailbox",),
    ("dialogue",),
    ("call",),
    ("journal",),
    ("sip",),
    ("routing",),
    ("media",),
    ("asterisk", "store"),
    ("changes", "alarms"),
    ("asterisk_conf", "provisioning"),
    ("mails",),
    ("directory",),
    ("settings",),
    ("config",),
    ("documents",),
    (
        "alarm", "answers", "because", "changed_by", "clock", "dialled", "errors", "facts", "gaps", "heartbeat",
        "history", "ids", "lamp", "live", "logs", "message", "number_format", "numbers", "passwords", "pins", "ports",
        "priority", "public_holidays", "redaction", "reminders", "routes", "security_event", "sentences", "sip_account",
        "star_codes", "telephony", "voice_recording",
    ),
)  # fmt: skip
"""Top to bottom: a module imports from its own layer or below, never from above. Every module is named."""

PURE = [
    "documents", "routing", "sentences", "settings", "sip", "mails", "dialogue/say", "directory",
    "journal/story", "journal/fold", "journal/entries", "journal/records", "journal/reminded", "journal/codec",
    "ivr/menu_table", "ivr/words", "ivr/lockout",
    "call/interrupts", "changes/addressing", "changes/check", "changes/forms", "changes/ports", "lifecycle/resync",
    "mailer/retries", "commands/explain_asked", "commands/explain_told",
    "alarm", "answers", "because", "changed_by", "dialled", "errors", "facts", "gaps", "history", "lamp", "live",
    "message", "number_format", "numbers", "pins", "ports", "public_holidays", "redaction", "routes", "security_event",
    "sip_account", "star_codes", "telephony", "voice_recording", "changes/named_recordings", "changes/owners_word",
    "codes/switches", "codes/targets", "codes/spoken_reminders", "lifecycle/guessers", "reminders",
    "changes/reminder_form", "changes/listed_callers",
    "portal_bridge/pages/moments", "portal_bridge/pages/mailbox_rows", "portal_bridge/pages/people_shown",
    "portal_bridge/call_manager/form", "portal_bridge/call_manager/state", "portal_bridge/call_manager/picker",
    "portal_bridge/call_manager/chooser", "portal_bridge/pages/csrf",
]  # fmt: skip
WIRES = {"asyncio", "structlog", "logging", "aiohttp", "asyncpg", "callcontrol.asterisk", "callcontrol.store"}

CALL_SIDE = [
    "call", "changes", "codes", "flows", "ivr", "mailbox", "incoming", "outgoing", "journal",
    "lifecycle/live_calls", "lifecycle/entrance", "lifecycle/dispatch", "lifecycle/closing",
    "lifecycle/adoption", "lifecycle/resync",
]  # fmt: skip
ADAPTERS = {"callcontrol.asterisk", "callcontrol.store", "aiohttp", "asyncpg"}

BRIDGE_MUST_NOT = {
    f"callcontrol.{name}"
    for name in ["flows", "asterisk", "call", "lifecycle", "link", "incoming", "outgoing", "runtime"]
}


def _files(module: str) -> list[Path]:
    folder = PACKAGE / module
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [PACKAGE / f"{module}.py"]


@cache
def _imports(path: Path) -> tuple[str, ...]:
    return tuple(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(node)
        for branch in tree.body
        if isinstance(branch, ast.If) and ast.unparse(branch.test) == "TYPE_CHECKING"
        for node in ast.walk(branch)
    }
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _offences(modules: list[str], forbidden: set[str]) -> list[str]:
    return [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for module in modules
        for path in _files(module)
        for name in _imports(path)
        if any(name == bad or name.startswith(f"{bad}.") for bad in forbidden)
    ]


@pytest.mark.parametrize("row", range(1, len(LAYERS)), ids=lambda row: LAYERS[row][0])
def test_a_layer_imports_nothing_from_above(row: int) -> None:
    above = {f"callcontrol.{name}" for layer in LAYERS[:row] for name in layer}
    assert _offences(list(LAYERS[row]), above) == []


def test_pure_modules_know_no_wire_no_loop_and_no_log() -> None:
    assert _offences(PURE, WIRES) == []


def test_calls_know_asterisk_and_the_database_only_through_ports() -> None:
    assert _offences(CALL_SIDE, ADAPTERS) == []


def test_the_bridge_holds_no_call_logic() -> None:
    assert _offences(["portal_bridge"], BRIDGE_MUST_NOT) == []


@pytest.mark.parametrize(
    ("root", "strange"),
    [
        ("app", "callcontrol.portal_bridge"),
        ("web_app", "callcontrol.lifecycle"),
        ("web_app", "callcontrol.asterisk"),
    ],
)
def test_neither_process_holds_what_is_the_others(root: str, strange: str) -> None:
    """Whatever a composition root imports, however far away."""
    files = {_name(path): path for layer in LAYERS for module in layer for path in _files(module)}
    reached, new = set(), {f"callcontrol.{root}"}
    while new:
        reached |= new
        new = {other for name in new for other in _imports(files[name]) if other in files} - reached
    assert [name for name in sorted(reached) if name == strange or name.startswith(f"{strange}.")] == []


def test_every_module_has_its_layer() -> None:
    there = {path.stem for path in PACKAGE.glob("*.py")} | {
        path.parent.name for path in PACKAGE.glob("*/*.py") if not path.parent.name.startswith("_")
    }
    assert there - {"__init__"} == {name for layer in LAYERS for name in layer}


def test_no_module_imports_itself_round_a_corner() -> None:
    """No import circle, however long, between files; what only a type checker imports ties nothing."""
    files = {_name(path): path for layer in LAYERS for module in layer for path in _files(module)}
    graph = {name: {other for other in _imports(path) if other in files} for name, path in files.items()}
    assert len(list(graphlib.TopologicalSorter(graph).static_order())) == len(
        files
    )  # CycleError names a circle


def _name(path: Path) -> str:
    parts = ("callcontrol", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_nobody_imports_a_linked_folder_by_its_top_level_name() -> None:
    """``import mailbox`` is the standard library's; ours is ``callcontrol.mailbox``."""
    everywhere = sorted(name for layer in LAYERS for name in layer)
    assert _offences(everywhere, {"portal_bridge", "ivr", "asterisk_conf"}) == []
