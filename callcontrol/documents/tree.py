"""YAML as a tree of texts with their line numbers. Pure.

Scalars stay texts: ``number: 0222765432`` is ten digits, not an octal integer. Nothing is ever constructed from a
tag. Built from parser events without recursion, with bounds on depth and size, so that no file can eat the stack
or the memory; anchors and aliases, with which a small file can become a huge one, are refused.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Union

import yaml

from callcontrol.errors import Mistake, SettingsInvalid
from callcontrol.sentences.table import mistake

LARGEST_FILE = 32 * 1024 * 1024
"""Bytes of a file at most: 100,000 lines are about 30 MB."""
MOST_VALUES = 4_000_000
"""Keys, values and lists of it at most: 100,000 lines have 2.7 million, and each costs some 80 bytes of memory."""
LONGEST_LIST = 100_000
"""Entries of one list at most: the lines of the largest company."""
MOST_KEYS = 1000
"""Keys of one mapping at most, wrong ones among them."""
DEEPEST = 12
_AHEAD = 4096
"""Characters: a key has 1024 at most (YAML 1.2.2 §7.4), so no parser looks further ahead than a few of them."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BAD = re.compile(r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))


class Scalar(str):
    """A single value. ``plain``: written without quotes, so that ``true``, ``5`` and ``null`` mean themselves."""

    __slots__ = ("line", "plain")
    line: int
    plain: bool

    def __new__(cls, text: str, line: int, plain: bool) -> Scalar:
        scalar = super().__new__(cls, text)
        scalar.line, scalar.plain = line, plain
        return scalar

    @property
    def null(self) -> bool:
        """Whether nothing was written."""
        return self.plain and self in _NULLS


class ListNode(list["Node"]):
    """A list."""

    __slots__ = ("line",)

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


class MappingNode(dict[str, "Node"]):
    """Values by key, in the order of the file; ``nulls`` are keys that say null. ``repeated``: keys that stood
    there once more, with their line."""

    __slots__ = ("line", "lines", "nulls", "repeated")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}
        """Of the keys that do not stand where the mapping begins: a line of a company is often one line of the file."""
        self.nulls: dict[str, int] = {}
        self.repeated: list[tuple[int, str]] = []

    def add(self, key: Scalar, node: Node) -> None:
        """One more key."""
        name = sys.intern(str(key))
        if name in self or name in self.nulls:
            self.repeated.append((key.line, name))
            return
        if key.line != self.line:
            self.lines[name] = key.line
        if isinstance(node, Scalar) and node.null:
            self.nulls[name] = key.line
        else:
            self[name] = node


Node = Union[Scalar, ListNode, MappingNode]  # noqa: UP007 - the lists and mappings above name it


Enough = Callable[[MappingNode, str, MappingNode], bool]
"""Told of each mapping in a list of the document as soon as it is read: the document as far as it is there, the key of
that list, the mapping. True: the file cannot be right, and nothing more of it is read."""


def read(raw: bytes | str, language: str, enough: Enough | None = None) -> Node:
    """The tree of one YAML document, as far as it was read; an empty one is a mapping of nothing. Raises
    SettingsInvalid."""
    text = _text(raw, language)
    builder = _Builder(language, enough)
    try:
        root = builder.build(text)
    except yaml.MarkedYAMLError as error:
        if (deep := builder.too_deep_ahead(text)) is not None:
            raise _refuse("too_deep", deep, language) from None
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        raise _refuse("yaml_invalid", line, language, problem=error.problem) from None
    except yaml.YAMLError as error:
        raise _refuse("yaml_invalid", 1, language, problem=str(error).splitlines()[0]) from None
    return MappingNode(1) if root is None or (isinstance(root, Scalar) and root.null) else root


def _text(raw: bytes | str, language: str) -> str:
    if len(raw) > LARGEST_FILE:
        raise _refuse("file_too_big", 1, language, most=LARGEST_FILE // 1024 // 1024)
    try:
        text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
    except UnicodeDecodeError as error:
        raise _refuse("encoding", error.object.count(b"\n", 0, error.start) + 1, language) from None
    if bad := _BAD.search(text):
        line = text.count("\n", 0, bad.start()) + 1
        raise _refuse("control_character", line, language, character=f"U+{ord(bad[0]):04X}")
    return text.removeprefix("\ufeff")


class _Builder:
    """Folds parser events into a tree with a stack of its own."""

    def __init__(self, language: str, enough: Enough | None = None) -> None:
        self._language, self._enough = language, enough
        self._open: list[ListNode | MappingNode] = []
        self._keys: list[Scalar | None] = []
        """For each open collection: the key that waits for its value."""
        self._root: Node | None = None
        self._values = 0
        self._reached = self._line = 0
        """Where the last event ended: its character and its line, counted from 0."""

    def build(self, text: str) -> Node | None:
        documents = 0
        for event in yaml.parse(text, Loader=_LOADER):
            assert event.start_mark is not None
            line = event.start_mark.line + 1
            end = event.end_mark or event.start_mark
            self._reached, self._line = end.index, end.line
            match event:
                case yaml.DocumentStartEvent():
                    documents += 1
                    if documents > 1:
                        raise _refuse("several_documents", line, self._language)
                case yaml.AliasEvent():
                    raise _refuse("alias", line, self._language, name=event.anchor)
                case yaml.NodeEvent():
                    self._node(event, line)
                case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                    done = self._open.pop()
                    self._keys.pop()
                    if self._is_enough(done):
                        return self._root
                case _:
                    pass  # the starts and ends of the stream and the document hold nothing
        return self._root

    def _is_enough(self, done: ListNode | MappingNode) -> bool:
        """``done`` is whole. An entry of a list of the document has three collections open around it with itself."""
        if self._enough is None or len(self._open) != 2 or not isinstance(done, MappingNode):
            return False
        root, inside = self._open
        if not isinstance(root, MappingNode) or not isinstance(inside, ListNode):
            return False
        name = next(reversed(root), "")  # the list is the last that was begun
        return root.get(name) is inside and self._enough(root, name, done)

    def too_deep_ahead(self, text: str) -> int | None:
        """The line at which brackets that are not events yet nest too deeply, if they do. libyaml looks ahead of its
        events, since a bracket can begin a key, and has a limit of its own, of which it tells in its own words."""
        depth = len(self._open)
        ahead = text[self._reached : self._reached + _AHEAD]
        try:
            for token in yaml.scan(ahead, Loader=yaml.SafeLoader):
                match token:
                    case yaml.FlowSequenceStartToken() | yaml.FlowMappingStartToken():
                        depth += 1
                    case yaml.FlowSequenceEndToken() | yaml.FlowMappingEndToken():
                        depth -= 1
                if depth > DEEPEST:
                    return self._line + int(token.start_mark.line) + 1
        except yaml.YAMLError:
            pass  # the mistake that libyaml has found as well, and tells of
        return None

    def _node(self, event: yaml.NodeEvent, line: int) -> None:
        self._values += 1
        if self._values > MOST_VALUES:
            raise _refuse("too_many_values", line, self._language, most=MOST_VALUES)
        if event.anchor is not None:
            raise _refuse("alias", line, self._language, name=event.anchor)
        tag = getattr(event, "tag", None)
        if tag is not None and tag != "!":
            raise _refuse("tag", line, self._language, tag=tag)
        match event:
            case yaml.ScalarEvent():
                self._add(Scalar(event.value, line, event.style in (None, "")))
            case yaml.SequenceStartEvent():
                self._descend(ListNode(line))
            case _:
                self._descend(MappingNode(line))

    def _descend(self, node: ListNode | MappingNode) -> None:
        self._add(node)
        if len(self._open) >= DEEPEST:
            raise _refuse("too_deep", node.line, self._language)
        self._open.append(node)
        self._keys.append(None)

    def _add(self, node: Node) -> None:
        if not self._open:
            self._root = node
            return
        inside, key = self._open[-1], self._keys[-1]
        if isinstance(inside, ListNode):
            if len(inside) >= LONGEST_LIST:
                raise _refuse("list_too_long", node.line, self._language, most=LONGEST_LIST)
            inside.append(node)
        elif key is None:
            if not isinstance(node, Scalar):
                raise _refuse("key_not_text", node.line, self._language)
            self._keys[-1] = node
        else:
            self._keys[-1] = None
            inside.add(key, node)
            if len(inside) + len(inside.nulls) + len(inside.repeated) > MOST_KEYS:
                raise _refuse("too_many_keys", node.line, self._language, most=MOST_KEYS)


def _refuse(code: str, line: int, language: str, **parameters: object) -> SettingsInvalid:
    found: Mistake = mistake(code, "", language, line, **parameters)
    return SettingsInvalid([found])
