"""``docs/rules.md`` is the list of rules, exactly. After a change: ``python tests/unit/routing/test_rules_page.py``."""

from __future__ import annotations

from pathlib import Path

from callcontrol.routing.rules import RULES

PAGE = Path(__file__).parents[3] / "docs" / "rules.md"
HEAD = """# Rules

Every rule that can decide a call, as kept in the history (`rule.id`) and told by *Montrer la règle*, `explain` and the
API. An id never changes once released. Names in braces are the rule's parameters.

| id | français | English |
|---|---|---|
"""


def page() -> str:
    return HEAD + "".join(f"| `{rule.id}` | {rule.fr} | {rule.en} |\n" for rule in RULES.values())


def test_the_page_of_the_rules_is_the_list_of_the_rules() -> None:
    assert PAGE.read_text("utf-8") == page()


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
