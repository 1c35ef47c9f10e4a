"""``docs/voice-menu.md`` is the table of the voice menu, exactly. After a change:
``python -m tests.unit.ivr.test_menu_page``."""

from __future__ import annotations

from pathlib import Path

import yaml

from callcontrol.ivr.menu_table import MENUS, Key, Menu, Node
from callcontrol.media.prompts import shipped_sounds

PAGE = Path(__file__).parents[3] / "docs" / "voice-menu.md"
HEAD = """# The voice menu

What each key does at each place of `*318`, as `ivr/menu_table.py` says it: the walk, this page and the tests
read the same table. A key pressed during a prompt stops it at once; keys typed ahead are obeyed. Three wrong keys,
or three silences of 6 s, are a goodbye. Prompts in brackets are not offered by the menu: the help says them.
"""


def page() -> str:
    texts = yaml.safe_load((shipped_sounds() / "catalogue.yaml").read_text(encoding="utf-8"))
    return HEAD + "".join(_section(node, menu, texts) for node, menu in MENUS.items())


def _section(node: Node, menu: Menu, texts: dict[str, dict[str, str]]) -> str:
    help_ = " ".join(texts[menu.help]["fr"].split())
    rows = "".join(_row(node, key, texts) for key in menu.keys)
    return (
        f"\n## {node.value}\n\n`0`: « {help_} »\n\n"
        f"| key | prompt | said | does | leads to |\n|---|---|---|---|---|\n{rows}"
    )


def _row(node: Node, key: Key, texts: dict[str, dict[str, str]]) -> str:
    said = " ".join(texts[key.prompt]["fr"].split())
    prompt, said = f"`{key.prompt}`", said if key.said else f"({said})"
    leads = "" if key.then is node else key.then.value
    return f"| `{key.key}` | {prompt} | {said} | {key.does.value} | {leads} |\n"


def test_the_page_of_the_menu_is_the_table_of_the_menu() -> None:
    assert PAGE.read_text("utf-8") == page()


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
