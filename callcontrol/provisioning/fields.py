"""Reads the fields of one mapping of the tree, and notes every mistake with its line instead of stopping. Pure.

A field that is wrong reads as None; whoever reads goes on, so that all mistakes are told at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from callcontrol import numbers
from callcontrol.documents.tree import ListNode, MappingNode, Node, Scalar
from callcontrol.errors import Mistake
from callcontrol.sentences.table import mistake

LONGEST_TEXT = 100
MOST_MISTAKES = 100
"""A file with more mistakes than these is not made better by the rest of the list."""
MOST_COUNTED = 5000
"""And with more than these it is no company file: nobody reads on."""

_MAIL = re.compile(r"[^@\s<>\"',;:\\()\[\]]{1,64}@(?:[0-9A-Za-z-]{1,63}\.)+[0-9A-Za-z-]{2,63}")
_TRUE = frozenset(("true", "True", "TRUE"))
_FALSE = frozenset(("false", "False", "FALSE"))


class EnoughMistakes(Exception):
    """There are MOST_COUNTED."""


class Notes:
    """The mistakes found so far."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.found: list[Mistake] = []
        self._more = 0

    def add(self, code: str, where: str, line: int, /, **parameters: object) -> None:
        """Note a mistake of ``sentences.py``."""
        self.say(mistake(code, where, self.language, line, **parameters))

    def say(self, found: Mistake) -> None:
        """Note a mistake that has its sentence already. Raises EnoughMistakes."""
        if len(self.found) < MOST_MISTAKES:
            self.found.append(found)
            return
        self._more += 1
        if self._more >= MOST_COUNTED:
            raise EnoughMistakes

    def all(self) -> list[Mistake]:
        """Every mistake, in the order of the file."""
        found = sorted(self.found, key=lambda each: each.line or 0)
        if self._more:
            found.append(
                mistake("too_many_mistakes", "", self.language, found[-1].line or 1, more=self._more)
            )
        return found


class Fields:
    """The fields of one mapping. ``where`` is its dotted path."""

    def __init__(self, node: Node, where: str, known: Iterable[str], notes: Notes) -> None:
        self.line = node.line
        self.where = where
        self.notes = notes
        self._values: dict[str, Node] = {}
        self._lines: dict[str, int] = {}
        self._unread = not isinstance(node, MappingNode)
        if not isinstance(node, MappingNode):
            notes.add("not_mapping", where, node.line)
            return
        names = tuple(known)
        for line, name, value in node.entries:
            if name not in names:
                notes.add("unknown_key", self.path(name), line, name=name, known=", ".join(names))
            elif name in self._lines:
                notes.add("repeated_key", self.path(name), line, name=name)
            else:
                self._values[name] = value
                self._lines[name] = line

    def path(self, name: str) -> str:
        """The dotted path of a field."""
        short = name if len(name) <= 40 else f"{name[:37]}…"
        return f"{self.where}.{short}" if self.where else short

    def at(self, name: str) -> int:
        """The line of the file where a field stands, or else the one where its mapping begins."""
        return self._lines.get(name, self.line)

    def refuse(self, code: str, name: str, /, **parameters: object) -> None:
        """Note that a field is wrong."""
        self.notes.add(code, self.path(name), self.at(name), **parameters)

    def node(self, name: str) -> Node | None:
        """The node of a field; None when it is not there or says null."""
        value = self._values.get(name)
        return None if isinstance(value, Scalar) and value.null else value

    def text(self, name: str, *, required: bool = False, longest: int = LONGEST_TEXT) -> str | None:
        """A text of one line, trimmed."""
        node = self.node(name)
        if node is None:
            if required and not self._unread:
                self.refuse("field_missing", name, name=name)
            return None
        if not isinstance(node, Scalar):
            self.refuse("not_scalar", name)
            return None
        text = node.text.strip()
        if not text:
            self.refuse("text_empty", name)
        elif len(text) > longest:
            self.refuse("string_too_long", name, max_length=longest)
        elif not all(c.isprintable() for c in text):
            self.refuse("text_control", name)
        else:
            return text
        return None

    def integer(self, name: str, low: int, high: int) -> int | None:
        """A whole number within bounds."""
        text = self.text(name)
        if text is None:
            return None
        if not re.fullmatch(r"-?[0-9]{1,18}", text, re.ASCII) or not low <= int(text) <= high:
            self.refuse("not_integer", name, low=low, high=high)
            return None
        return int(text)

    def flag(self, name: str) -> bool:
        """true or false, as YAML writes them; false when it is not there."""
        node = self.node(name)
        if node is None:
            return False
        if not isinstance(node, Scalar) or not node.plain or node.text not in _TRUE | _FALSE:
            self.refuse("not_bool", name)
            return False
        return node.text in _TRUE

    def choice(self, name: str, choices: Iterable[str]) -> str | None:
        """One of some words."""
        text = self.text(name)
        known = tuple(choices)
        if text is not None and text not in known:
            self.refuse("enum", name, choices=", ".join(known))
            return None
        return text

    def mail(self, name: str) -> str | None:
        """An e-mail address."""
        text = self.text(name, longest=254)
        if text is not None and not _MAIL.fullmatch(text):
            self.refuse("mail_impossible", name)
            return None
        return text

    def number(self, name: str, country: str, *, required: bool = False, short: bool = False) -> str | None:
        """A canonical number that is no emergency number. ``short``: a short number will do too."""
        text = self.text(name, required=required)
        if text is None:
            return None
        if numbers.is_emergency(text):
            self.refuse("emergency", name, number=text)
            return None
        canonical = numbers.canonical(text, country)
        if canonical is None or not (short or canonical.startswith("+")):
            self.refuse("number_target" if short else "number", name, number=text)
            return None
        return canonical

    def items(self, name: str) -> list[tuple[str, Node]]:
        """The items of a list with their paths."""
        node = self.node(name)
        if node is None:
            return []
        if not isinstance(node, ListNode):
            self.refuse("not_list", name)
            return []
        return [(f"{self.path(name)}[{index}]", item) for index, item in enumerate(node.items)]
