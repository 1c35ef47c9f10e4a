"""The import rules of ARCHITECTURE.md, read from the source itself.

import-linter cannot see the folders that are linked into the package (they have no ``__init__.py``, see
design), so the rules are checked here; ``make check`` runs this file.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "callcontrol"

LAYERS = (
    ("app",),
    ("frontdoor",),
    ("outgoing",),
    ("incoming",),
    ("flows",),
    ("mailbox",),
    ("exchange",),
    ("call",),
    ("journal",),
    ("call_records",),
    ("story",),
    ("entries",),
    ("dress",),
    ("routing",),
    ("settings",),
    ("facts", "because", "telephony", "errors", "numbers"),
)
"""Top to bottom: a module imports from its own layer or below, never from above."""

PURE = [
    "routing",
    "settings",
    "facts",
    "because",
    "numbers",
    "dialled",
    "directory",
    "documents",
    "contacts",
    "story",
    "entries",
    "call_records",
    "leg",
    "codec",
    "history",
    "message",
    "telephony",
    "dress",
    "arrival",
    "dialogue",
    "resync",
]
WIRES = {"asyncio", "structlog", "logging", "aiohttp", "asyncpg", "callcontrol.asterisk", "callcontrol.store"}

CALL_SIDE = ["call", "flows", "mailbox", "incoming", "outgoing", "frontdoor", "switchboard", "outbox"]
ADAPTERS = {"callcontrol.asterisk", "callcontrol.store", "aiohttp", "asyncpg"}

BRIDGE_MUST_NOT = {
    f"callcontrol.{name}" for name in ["flows", "asterisk", "call", "frontdoor", "incoming", "outgoing"]
}


def _files(module: str) -> list[Path]:
    folder = PACKAGE / module
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [PACKAGE / f"{module}.py"]


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
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


def test_nobody_imports_a_linked_folder_by_its_top_level_name() -> None:
    """``import mailbox`` is the standard library's; ours is ``callcontrol.mailbox``."""
    everywhere = [path.stem for path in PACKAGE.glob("*.py")] + [
        "flows",
        "mailbox",
        "ivr",
        "portal_bridge",
        "store",
    ]
    assert _offences(everywhere, {"portal_bridge", "ivr", "asterisk_conf"}) == []
